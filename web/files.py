"""Files of the pages: served from one folder, with a version in the address so that browsers may
keep them.
"""

from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent / "static"


def add_routes(app: web.Application) -> None:
    app.router.add_static("/static/", FOLDER, append_version=True)
