"""The supervisor's board and reports: JSON, and each report as a sheet too. Only reads."""

import csv
import io

from aiohttp import web

from chat import board, reports
from web.keys import SERVICE


def add_routes(app: web.Application) -> None:
    app.add_routes(
        [
            web.get("/api/staff/board", the_board),
            web.get("/api/staff/reports/{name}", report),
        ]
    )


async def the_board(request: web.Request) -> web.Response:
    return web.json_response(await board.board(request.app[SERVICE]))


async def report(request: web.Request) -> web.Response:
    """`?format=csv` for the sheet."""
    found = await reports.report(request.app[SERVICE], name=request.match_info["name"])
    if request.query.get("format") != "csv":
        return web.json_response(
            {"name": found.name, "columns": found.columns, "rows": list(found.rows)}
        )
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, found.columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(found.rows)
    return web.Response(text=sheet.getvalue(), content_type="text/csv", charset="utf-8")
