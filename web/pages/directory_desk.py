"""The knowledge officer's pages: the directory kept true. Forms that need no script."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.directory_csv import MANY
from bot.directory_form import FIELDS
from chat import curating, directory_desk
from chat.curating import Edit
from chat.directory_desk import Asked, Show
from chat.references import LONDON
from models.errors import AlreadyClaimedError, BadCommandError, NotFoundError
from web.guard import signed_in
from web.keys import SERVICE
from web.pages.render import PAGES, see_other

ROOT = "/staff/directory"
NEW = f"{ROOT}/new"
ENTRY = ROOT + "/entry/{id}"
LONGEST_WORDS = 200
MANY_FIELDS = frozenset({"terms", "days"})
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_PAGES = 10_000


def add_routes(app: web.Application) -> None:
    app.add_routes(
        [
            web.get(ROOT, listing),
            web.get(NEW, new_page),
            web.post(NEW, add),
            web.get(ENTRY, entry_page),
            web.post(ENTRY, save),
            web.post(f"{ENTRY}/check", check),
            web.post(f"{ENTRY}/retire", retire),
            web.post(f"{ENTRY}/restore", restore),
        ]
    )


async def listing(request: web.Request) -> web.Response:
    """`?show=`, `?q=`, `?page=`; what is none of them shows everything."""
    staff = await signed_in(request)
    asked = _asked(request.query)
    found = await directory_desk.entries(request.app[SERVICE], staff, asked)
    return request.app[PAGES].answer(
        "staff/directory.html", staff=staff, asked=asked, filters=list(Show), **found
    )


def _asked(query: Mapping[str, str]) -> Asked:
    named, page = query.get("show", ""), query.get("page", "")
    return Asked(
        show=Show(named) if named in set(Show) else Show.ALL,
        words=query.get("q", "").strip()[:LONGEST_WORDS],
        page=min(max(1, int(page)), MOST_PAGES) if page.isdecimal() else 1,
    )


async def new_page(request: web.Request) -> web.Response:
    return await _form_page(request, form={}, entry=None)


async def add(request: web.Request) -> web.Response:
    staff = await signed_in(request)
    edit = await _edit(request)
    try:
        made = await curating.add(request.app[SERVICE], staff, edit)
    except BadCommandError as error:
        wrong = error.hint.split(",")
        return await _form_page(request, form=edit.row, entry=None, wrong=wrong, status=400)
    return _to_entry(made, told="added")


async def entry_page(request: web.Request) -> web.Response:
    found = await _entry(request)
    return await _form_page(request, form=found["form"], entry=found)


async def save(request: web.Request) -> web.Response:
    staff = await signed_in(request)
    edit, service_id = await _edit(request), request.match_info["id"]
    try:
        await curating.change(request.app[SERVICE], staff, service_id, edit=edit)
    except BadCommandError as error:
        wrong, status = error.hint.split(","), error.status
    except AlreadyClaimedError as error:
        wrong, status = ["meanwhile"], error.status
    else:
        return _to_entry(service_id, told="saved")
    return await _form_page(
        request, form=edit.row, entry=await _entry(request), wrong=wrong, status=status
    )


async def check(request: web.Request) -> web.Response:
    staff = await signed_in(request)
    await curating.check(request.app[SERVICE], staff, request.match_info["id"])
    return _to_entry(request.match_info["id"], told="checked")


async def retire(request: web.Request) -> web.Response:
    staff = await signed_in(request)
    form, service_id = await request.post(), request.match_info["id"]
    try:
        reason = str(form.get("reason", ""))
        await curating.retire(request.app[SERVICE], staff, service_id, reason=reason)
    except BadCommandError as error:
        found = await _entry(request)
        return await _form_page(
            request, form=found["form"], entry=found, wrong=["reason"], status=error.status
        )
    return _to_entry(service_id, told="retired")


async def restore(request: web.Request) -> web.Response:
    staff = await signed_in(request)
    await curating.restore(request.app[SERVICE], staff, request.match_info["id"])
    return _to_entry(request.match_info["id"], told="restored")


async def _entry(request: web.Request) -> dict[str, Any]:
    staff = await signed_in(request)
    return await directory_desk.entry(request.app[SERVICE], staff, request.match_info["id"])


async def _edit(request: web.Request) -> Edit:
    form = await request.post()
    typed = {name: str(form.get(name, "")).replace("\r\n", "\n") for name in FIELDS}
    row = {name: text.strip() for name, text in typed.items() if name not in MANY_FIELDS}
    row |= {name: MANY.join(str(value) for value in form.getall(name, ())) for name in MANY_FIELDS}
    seen = str(form.get("version", ""))
    return Edit(row, seen=int(seen) if seen.isdecimal() else None, checked="checked" in form)


async def _form_page(
    request: web.Request,
    *,
    form: Mapping[str, str],
    entry: Mapping[str, Any] | None,
    wrong: list[str] | None = None,
    status: int = 200,
) -> web.Response:
    service = request.app[SERVICE]
    told = request.query.get("told", "")
    return request.app[PAGES].answer(
        "staff/directory_entry.html",
        status=status,
        staff=await signed_in(request),
        form=form,
        entry=entry,
        wrong=wrong or [],
        told=told if told in {"added", "saved", "checked", "retired", "restored"} else "",
        terms=await directory_desk.terms(service),
        chosen={name: form.get(name, "").split(MANY) for name in MANY_FIELDS},
        days=DAYS,
        today=service.now().astimezone(LONDON).date(),
    )


def _to_entry(service_id: str, *, told: str) -> web.Response:
    """Raise NotFoundError for what is no entry's id."""
    if "/" in service_id:
        raise NotFoundError
    return see_other(f"{ROOT}/entry/{service_id}?told={told}")
