"""The person's own copy of the conversation, as a text file. Holds no notes of staff."""

from aiohttp import web

from web.keys import SERVICE
from web.pages import showing
from web.pages.render import PAGES, see_other
from web.pages.visit import visit

SPEAKERS = ("enquirer", "bot", "practitioner", "system")


def add_routes(app: web.Application) -> None:
    app.add_routes([web.get("/chat/copy", copy)])


async def copy(request: web.Request) -> web.Response:
    """A file to save; back to the page when there is nothing to save."""
    seen = await visit(request)
    if seen.conversation is None:
        return see_other("/chat")
    pages = request.app[PAGES]
    saved = request.app[SERVICE].now()
    heading = [
        pages.say("copy.heading"),
        pages.say("copy.reference", reference=seen.state["reference"]),
        pages.say("copy.saved", day=showing.day(saved), time=showing.clock(saved)),
        pages.say("copy.numbers"),
    ]
    senders = {speaker: pages.say(f"sender.{speaker}") for speaker in SPEAKERS}
    return web.Response(
        text=showing.plain_copy(seen.messages, senders, heading=heading),
        content_type="text/plain",
        charset="utf-8",
        headers={"Content-Disposition": 'attachment; filename="conversation.txt"'},
    )
