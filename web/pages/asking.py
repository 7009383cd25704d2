"""A question put on a work list, by a plain form: about an enquiry, or about nobody."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from chat import task_asking, task_work
from chat.task_fields import as_typed
from handoff.work_lists import WorkList
from models.errors import BadCommandError, NotFoundError
from web import task_commands as c
from web.commands import parsed
from web.guard import signed_in
from web.keys import SERVICE
from web.pages.render import PAGES, see_other
from web.pages.tasks import LISTS, said_in
from web.pages.typed import Form, text_of, typed

ASK = f"{LISTS}/ask"


def add_routes(app: web.Application) -> None:
    app.add_routes([web.get(ASK, form_page), web.post(ASK, ask)])


async def form_page(request: web.Request) -> web.Response:
    """`?list=`: on which; `?reference=`: about which enquiry."""
    return await _form_page(request, form=dict(request.query))


async def _form_page(
    request: web.Request,
    *,
    form: Mapping[str, Any],
    trouble: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    staff = await signed_in(request)
    service = request.app[SERVICE]
    asking = task_asking.asking_lists(service, staff)
    chosen = _chosen(asking, str(form.get("list", "")))
    return request.app[PAGES].answer(
        "staff/ask.html",
        status=status,
        staff=staff,
        asking=asking,
        chosen=chosen,
        fields=[service.work_lists.fields[name] for name in chosen.asks] if chosen else [],
        form=form,
        trouble=trouble or {},
        sent="sent" in request.query,
    )


def _chosen(asking: list[WorkList], name: str) -> WorkList | None:
    """The list named, or the only one there is. Raises NotFoundError for one that takes nothing."""
    if not name:
        return asking[0] if len(asking) == 1 else None
    found = next((listed for listed in asking if listed.id == name), None)
    if found is None:
        raise NotFoundError
    return found


async def ask(request: web.Request) -> web.Response:
    staff, form = await signed_in(request), await request.post()
    service = request.app[SERVICE]
    listed = _chosen(task_asking.asking_lists(service, staff), text_of(form, "list"))
    if listed is None:
        raise NotFoundError
    try:
        command = _command(request, form, listed)
        said = as_typed(service.work_lists, command.fields)
        await task_work.ask(
            service, staff, work_list=listed.id, said=said, reference=command.reference
        )
    except BadCommandError as error:
        return await _again(request, form, names=error.hint.split(","), status=error.status)
    except NotFoundError as error:
        return await _again(request, form, names=["reference"], status=error.status)
    return see_other(f"{ASK}?list={listed.id}&sent=1")


def _command(request: web.Request, form: Form, listed: WorkList) -> c.AskTask:
    fields = request.app[SERVICE].work_lists.fields
    asked = {name: fields[name] for name in listed.asks}
    reference = text_of(form, "reference").upper() or None
    command: c.AskTask = parsed(
        c.AskTask, {"list": listed.id, "fields": said_in(asked, form), "reference": reference}
    )
    return command


async def _again(
    request: web.Request, form: Form, *, names: list[str], status: int
) -> web.Response:
    """What is wrong, beside the field, and every word that was typed."""
    pages, fields = request.app[PAGES], request.app[SERVICE].work_lists.fields
    told = {
        name: pages.say("tasks.wrong", label=fields[name].label)
        if name in fields and text_of(form, name)
        else pages.say("tasks.needed", label=fields[name].label)
        if name in fields
        else pages.say("tasks.ask.reference.unknown")
        for name in names
    }
    return await _form_page(request, form=typed(form), trouble=told, status=status)
