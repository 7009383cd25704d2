"""The supervisor's pages: the board, which its script keeps up to date, and the reports."""

from datetime import datetime
from typing import Any

from aiohttp import web
from markupsafe import Markup

from chat import board as boards
from chat import reports
from chat.references import LONDON
from web.guard import signed_in
from web.keys import SERVICE
from web.pages.plots import Bars, bars
from web.pages.render import PAGES

EVERY_REPORT = (*reports.names(), "unmet_need")


def add_routes(app: web.Application) -> None:
    app.add_routes([web.get("/staff/board", board), web.get("/staff/reports", report_page)])


async def board(request: web.Request) -> web.Response:
    """Whole without a script; the script asks for the part again when something has happened."""
    pages = request.app[PAGES]
    found = await boards.board(request.app[SERVICE])
    template = "staff/board_now.html" if "now" in request.query else "staff/board.html"
    return pages.answer(
        template,
        staff=await signed_in(request),
        board=found,
        plot=_plot(pages, found["hours"]),
    )


def _plot(pages: Any, hours: list[dict[str, Any]]) -> Markup:  # noqa: ANN401 - the page's renderer
    from_hour = [f"{datetime.fromisoformat(row['hour']).astimezone(LONDON):%H}" for row in hours]
    series = [
        Bars("plot__bar--came", [row["came"] for row in hours]),
        Bars("plot__bar--taken", [row["taken"] for row in hours]),
        Bars("plot__bar--missed", [row["missed"] for row in hours]),
    ]
    return bars(pages.say("board.hours"), from_hour, series)


async def report_page(request: web.Request) -> web.Response:
    """Every report as a table, each with its sheet; waits by hour as a plot too."""
    service = request.app[SERVICE]
    found = [await reports.report(service, name=name) for name in reports.names()]
    pages = request.app[PAGES]
    return pages.answer(
        "staff/reports.html",
        staff=await signed_in(request),
        reports=found,
        names=EVERY_REPORT,
        plot=_waits(pages, found),
        at=service.now().astimezone(LONDON),
    )


def _waits(pages: Any, found: list[reports.Report]) -> Markup:  # noqa: ANN401 - as above
    rows = next(one.rows for one in found if one.name == "waits")
    by_hour = [
        max((row["slowest_tenth_minutes"] for row in rows if row["hour"] == hour), default=0)
        for hour in range(24)
    ]
    title = pages.say("reports.waits.plot")
    return bars(title, [f"{hour:02}" for hour in range(24)], [Bars("plot__bar--came", by_hour)])
