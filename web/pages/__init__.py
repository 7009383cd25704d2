"""The pages that people look at: the person's side and the console. They call use cases only."""

from aiohttp import web

from web.keys import SETTINGS
from web.pages import (
    asking,
    audit_log,
    conversation,
    copy,
    directory,
    directory_desk,
    knowledge,
    organisation,
    oversight,
    referring,
    sign_in,
    staff,
    start,
    take_away,
    tasks,
)
from web.pages.help_numbers import HelpNumbers
from web.pages.render import PAGES, Pages
from web.pages.words import Words


def add_pages(app: web.Application) -> None:
    """Add every page. The settings must be there already."""
    settings = app[SETTINGS]
    numbers = HelpNumbers.load(cap_phone=settings.cap_phone)
    app[PAGES] = Pages(settings, words=Words.load(), numbers=numbers)
    for module in (
        start,
        conversation,
        copy,
        take_away,
        directory,
        organisation,
        sign_in,
        staff,
        oversight,
        audit_log,
        asking,
        referring,
        tasks,
        directory_desk,
        knowledge,
    ):
        module.add_routes(app)
    app.on_response_prepare.append(_ask_again)


async def _ask_again(request: web.Request, response: web.StreamResponse) -> None:
    """Scripts name each other without a version: a browser asks whether they changed, each time."""
    if request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-cache")
