"""Development only: moves the clock. These routes do not exist in production."""

from datetime import timedelta

from aiohttp import web

from chat import staff as staff_cases
from web import commands as c
from web.api.body import body_as
from web.keys import CONSOLE, SERVICE, TICKER, WATCH, WORKER


def add_routes(app: web.Application) -> None:
    app.add_routes([web.post("/api/dev/clock", advance)])


async def advance(request: web.Request) -> web.Response:
    """Move the service's clock and do all that is due by then before answering.

    Consoles that are connected would have renewed their leases meanwhile, so theirs move along.
    """
    command: c.AdvanceClock = await body_as(request, c.AdvanceClock)
    by = timedelta(seconds=command.advance_seconds)
    service, watch = request.app[SERVICE], request.app[WATCH]
    await request.app[WORKER].drain()
    connected = request.app[CONSOLE].connected()
    watch.advance(by)
    await staff_cases.move_along(service, connected, by=by, offset=watch.offset)
    await request.app[TICKER].run_due()
    await request.app[WORKER].drain()
    return web.json_response({"ok": True, "now": service.now().isoformat()})
