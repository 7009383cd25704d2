"""What somebody sees when a page cannot be shown: what happened in plain words, and the numbers."""

from aiohttp import web

from models.errors import ServiceError
from web.keys import SENTENCES
from web.pages.render import PAGES

MACHINE_PATHS = ("/api/", "/socket.io/", "/static/", "/open-referral", "/healthz", "/readyz")


def wants_page(request: web.Request) -> bool:
    """Whether a person in a browser is looking, rather than a program."""
    return not request.path.startswith(MACHINE_PATHS) and "text/html" in request.headers.get(
        "Accept", ""
    )


def told_as_page(request: web.Request, error: ServiceError) -> web.Response:
    told = request.app[SENTENCES].told(error)
    return request.app[PAGES].answer("failure.html", status=error.status, message=told["message"])
