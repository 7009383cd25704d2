"""Break-glass, and the audit log that shows it to the auditor."""

from aiohttp import web

from chat import audit_reading, rights
from models.errors import BadCommandError
from web import commands as c
from web.api.body import body_as
from web.guard import signed_in
from web.keys import SERVICE

LONGEST_NUMBER = 18


def add_routes(app: web.Application) -> None:
    app.add_routes(
        [
            web.post("/api/staff/enquiries/{reference}/break-glass", break_glass),
            web.get("/api/staff/audit", audit_log),
        ]
    )


async def break_glass(request: web.Request) -> web.Response:
    staff = await signed_in(request)
    command: c.BreakGlass = await body_as(request, c.BreakGlass)
    opened = await rights.break_glass(
        request.app[SERVICE],
        staff,
        reference=request.match_info["reference"],
        reason=command.reason,
    )
    return web.json_response({"ok": True, **opened})


async def audit_log(request: web.Request) -> web.Response:
    """`?action=record:break_glass` for the openings without a right; `?before=N` for older rows."""
    rows = await audit_reading.newest(
        request.app[SERVICE],
        await signed_in(request),
        action=request.query.get("action"),
        before=_number(request.query.get("before")),
    )
    return web.json_response({"rows": rows})


def _number(given: str | None) -> int | None:
    if given is None:
        return None
    if not (given.isascii() and given.isdigit()) or len(given) > LONGEST_NUMBER:
        raise BadCommandError(hint="before")
    return int(given)
