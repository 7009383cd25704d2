"""Break-glass, and the audit log that shows it to the auditor."""

from aiohttp import web

from chat import audit_reading, rights
from web import commands as c
from web.api.body import body_as
from web.guard import signed_in
from web.keys import SERVICE

SHOWN = ("number", "at", "actor", "name", "role", "action", "subject", "detail")


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
    """`?reference=`, `?staff=`, `?day=` and `?action=` narrow it (`record:break_glass` for the
    openings without a right); `?before=N` for older rows.
    """
    asked = audit_reading.Asked.typed(request.query)
    found = await audit_reading.page(request.app[SERVICE], await signed_in(request), asked)
    rows = [{name: row[name] for name in SHOWN} for row in found.rows]
    return web.json_response({"rows": rows, "older": found.older})
