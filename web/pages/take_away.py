"""The person's summary to keep: a page to read or print, and the same as a text file.

Works without a script. Holds nothing that they have not said or been told.
"""

from aiohttp import web

from chat.taking_away import TakeAway, take_away
from web.keys import SERVICE
from web.pages import showing
from web.pages.render import PAGES, see_other
from web.pages.visit import Visit, visit

SUMMARY = "/chat/summary"


def add_routes(app: web.Application) -> None:
    app.add_routes([web.get(SUMMARY, summary)])


async def summary(request: web.Request) -> web.Response:
    """`?as=text` for a file to save; back to the chat when there is nothing to take away."""
    seen = await visit(request)
    if seen.conversation is None:
        return see_other("/chat")
    service = request.app[SERVICE]
    taken = await take_away(service, seen.conversation)
    if request.query.get("as") == "text":
        return _as_text(request, seen, taken)
    return request.app[PAGES].answer(
        "summary.html", taken=taken, visit=seen, saved=service.now().isoformat()
    )


def _as_text(request: web.Request, seen: Visit, taken: TakeAway) -> web.Response:
    pages = request.app[PAGES]
    saved = request.app[SERVICE].now()
    told = [f"- {label}: {value}" for label, value in taken.told]
    lines = [
        pages.say("takeaway.title"),
        pages.say("copy.reference", reference=seen.state["reference"]),
        pages.say("copy.saved", day=showing.day(saved), time=showing.clock(saved)),
        "",
        pages.say("takeaway.told"),
        *(told or [pages.say("takeaway.told.none")]),
        "",
        pages.say("takeaway.next"),
        pages.say(f"takeaway.next.{taken.comes_next}"),
        *([taken.plan] if taken.plan else []),
        "",
        pages.say("copy.numbers"),
        "",
        pages.say("takeaway.code", code=seen.resume_code),
        pages.say("takeaway.code.how"),
    ]
    return web.Response(
        text="\r\n".join(lines),
        content_type="text/plain",
        charset="utf-8",
        headers={"Content-Disposition": 'attachment; filename="summary.txt"'},
    )
