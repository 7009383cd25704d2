"""The commissioner's report of unmet need, as JSON or as a sheet. Holds nothing of any person."""

from aiohttp import web

from chat import unmet_needs
from web.guard import signed_in
from web.keys import SERVICE


def add_routes(app: web.Application) -> None:
    app.add_routes([web.get("/api/staff/reports/unmet_need", report)])


async def report(request: web.Request) -> web.Response:
    """`?format=csv` for the sheet."""
    staff = await signed_in(request)
    rows = await unmet_needs.report(request.app[SERVICE], staff)
    if request.query.get("format") == "csv":
        return web.Response(text=unmet_needs.as_csv(rows), content_type="text/csv", charset="utf-8")
    return web.json_response({"name": unmet_needs.REPORT, "rows": rows})
