"""The auditor's page: who did what to which enquiry, by reference, member of staff and day, and
whether the log is whole. A form that asks by GET, so it works without a script.
"""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from chat import audit_reading
from chat.audit_reading import MOST_FAULTS, Asked, Page
from models.errors import BadCommandError
from web.guard import signed_in
from web.keys import SERVICE
from web.pages.render import PAGES

ROOT = "/staff/audit"
ACTS = "audit.did."


def add_routes(app: web.Application) -> None:
    app.add_routes([web.get(ROOT, audit_log)])


async def audit_log(request: web.Request) -> web.Response:
    staff = await signed_in(request)
    asked = Asked.typed(request.query)
    try:
        found = await audit_reading.page(request.app[SERVICE], staff, asked)
    except BadCommandError as error:
        return await _answer(request, asked, wrong=error.hint.split(","), status=error.status)
    return await _answer(request, asked, found=found)


async def _answer(
    request: web.Request,
    asked: Asked,
    *,
    found: Page | None = None,
    wrong: Sequence[str] = (),
    status: int = 200,
) -> web.Response:
    pages = request.app[PAGES]
    acts = {name.removeprefix(ACTS): said for name, said in pages.words.starting(ACTS).items()}
    context: dict[str, Any] = {
        "staff": await signed_in(request),
        "asked": asked,
        "acts": acts,
        "found": found,
        "wrong": wrong,
        "most_faults": MOST_FAULTS,
        "actors": audit_reading.WITHOUT_ACCOUNT,
        "subjects": ("all", "service"),
    }
    return pages.answer("staff/audit.html", status=status, **context)
