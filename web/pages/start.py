"""The start page, what we do with what people say, how the pages can be used. Holds no state."""

from aiohttp import web

from web.pages.render import PAGES


def add_routes(app: web.Application) -> None:
    app.add_routes(
        [
            web.get("/", start),
            web.get("/privacy", privacy),
            web.get("/accessibility", accessibility),
        ]
    )


async def start(request: web.Request) -> web.Response:
    return request.app[PAGES].answer("start.html")


async def privacy(request: web.Request) -> web.Response:
    return request.app[PAGES].answer("privacy.html")


async def accessibility(request: web.Request) -> web.Response:
    return request.app[PAGES].answer("accessibility.html")
