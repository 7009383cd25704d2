"""The work lists as pages: a list, one task with what may come of it. Every act is a plain form, so
it works from the keyboard and without a script.
"""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from chat import clock_explaining, records, task_asking, task_ending, task_reading, task_work
from chat.staff import SignedIn
from chat.task_fields import as_typed
from handoff.targets import labels
from handoff.work_lists import Field, FieldKind
from models.errors import BadCommandError, NotAllowedError, NotFoundError, ServiceError
from models.vocabulary import TaskId
from web.guard import signed_in
from web.keys import SENTENCES, SERVICE
from web.pages.render import PAGES, see_other
from web.pages.typed import Form, moment_of, text_of, typed

LISTS = "/staff/tasks"
SCRIPT_WORDS = ("tasks.",)


def add_routes(app: web.Application) -> None:
    app.add_routes(
        [
            web.get(LISTS, lists),
            web.get(f"{LISTS}/{{task}}", task),
            web.post(f"{LISTS}/{{task}}/{{act}}", act),
        ]
    )


async def lists(request: web.Request) -> web.Response:
    staff = await signed_in(request)
    service = request.app[SERVICE]
    found = await task_reading.work_list(service, staff, name=request.query.get("list"))
    return request.app[PAGES].answer(
        "staff/tasks.html",
        staff=staff,
        shown=request.query.get("list", ""),
        names=_names(request),
        asks=task_asking.asking_lists(service, staff),
        bootstrap={"lists": [row["list"] for row in found["lists"]]},
        script_words=request.app[PAGES].for_script(*SCRIPT_WORDS),
        **found,
    )


async def task(request: web.Request) -> web.Response:
    return await _task_page(request, await signed_in(request))


async def _task_page(
    request: web.Request,
    staff: SignedIn,
    *,
    trouble: Mapping[str, str] | None = None,
    form: Mapping[str, Any] | None = None,
    status: int = 200,
) -> web.Response:
    service = request.app[SERVICE]
    wanted = TaskId(request.match_info["task"])
    found = await task_reading.one_task(service, staff, task=wanted)
    chosen = (form or {}).get("result") or request.query.get("result")
    result = next((row for row in found["results"] if row["result"] == chosen), None)
    fields = service.work_lists.fields
    listed = service.work_lists.work_list(found["list"])
    return request.app[PAGES].answer(
        "staff/task.html",
        status=status,
        staff=staff,
        task=found,
        listed=listed,
        chosen=result,
        fields=[fields[name] for name in (*result["needs"], *result["may"])] if result else [],
        labels={name: field.label for name, field in fields.items()},
        choices=_choices(fields),
        trouble=trouble or {},
        form=form or {},
        names=_names(request),
        clock_names=labels(),
        asks=task_asking.asking_lists(service, staff),
        **await _record(request, staff, found["reference"]),
    )


async def _record(request: web.Request, staff: SignedIn, reference: str | None) -> dict[str, Any]:
    """The enquiry and the words behind a task, for those who may open the record."""
    if reference is None:
        return {}
    service = request.app[SERVICE]
    try:
        enquiry = await records.enquiry(service, staff, reference=reference)
        said = await records.messages_of(service, staff, reference=reference)
    except (NotFoundError, NotAllowedError):
        return {}
    named = service.capture.labels()
    known = {named.get(name, name): value for name, value in enquiry["captured"].items()}
    return {"enquiry": enquiry, "said": said, "known": known}


def _names(request: web.Request) -> dict[str, str]:
    """What staff read for why a task is there, and for the state it is in."""
    service, say = request.app[SERVICE], request.app[PAGES].say
    named = {outcome.code: outcome.label for outcome in service.outcomes.all()}
    for kind in ("asked", "welfare_check", "nothing_left"):
        named[kind] = say(f"tasks.kind.{kind}")
    for listed in service.work_lists.lists.values():
        for result in listed.results.values():
            named.setdefault(result.id, result.label)
    for state in ("open", "accepted", "agreed", "at_hub", "ended"):
        named[state] = say(f"tasks.state.{state}")
    return named


def _choices(fields: Mapping[str, Field]) -> dict[str, str]:
    return {value: said for field in fields.values() for value, said in field.choices.items()}


async def act(request: web.Request) -> web.Response:
    """Accept, chase, complete or explain, by form; what is wrong is said beside the words typed."""
    staff = await signed_in(request)
    form = await request.post()
    try:
        await _do(request, staff, form)
    except BadCommandError as error:
        trouble = _trouble(request, error)
        return await _task_page(request, staff, trouble=trouble, form=typed(form), status=400)
    except ServiceError as error:
        told = {"": str(request.app[SENTENCES].told(error)["message"])}
        return await _task_page(request, staff, trouble=told, form=typed(form), status=error.status)
    return see_other(f"{LISTS}?list={form.get('list', '')}")


async def _do(request: web.Request, staff: SignedIn, form: Form) -> None:
    service, wanted = request.app[SERVICE], TaskId(request.match_info["task"])
    match request.match_info["act"]:
        case "accept":
            by = task_work.Acceptance(text_of(form, "person") or None)
            await task_work.accept(service, staff, task=wanted, by=by)
        case "chase":
            await task_work.chase(service, staff, task=wanted, note=text_of(form, "chase_note"))
        case "explain":
            await clock_explaining.explain(
                service, staff, clock=text_of(form, "clock"), reason=text_of(form, "clock_reason")
            )
        case "complete":
            said = as_typed(service.work_lists, said_in(service.work_lists.fields, form))
            await task_ending.complete(
                service, staff, task=wanted, result=text_of(form, "result"), said=said
            )
        case _:
            raise BadCommandError(hint="act")


def said_in(fields: Mapping[str, Field], form: Form) -> dict[str, Any]:
    """The form's answers by their kinds; a local time becomes the moment it names."""
    said: dict[str, Any] = {}
    for name in fields:
        if name not in form:
            continue
        match fields[name].kind:
            case FieldKind.MANY_OF:
                said[name] = [str(value) for value in form.getall(name)]
            case FieldKind.YES:
                said[name] = True
            case FieldKind.TIME:
                said[name] = moment_of(form, name)
            case _:
                said[name] = text_of(form, name)
    return said


def _trouble(request: web.Request, error: BadCommandError) -> dict[str, str]:
    """Which fields lack something, in the words of their labels."""
    pages, fields = request.app[PAGES], request.app[SERVICE].work_lists.fields
    own = {"note": "chase_note", "reason": "clock_reason"}
    act = request.match_info["act"]
    names = [own.get(name, name) if act != "complete" else name for name in error.hint.split(",")]
    label = {name: field.label for name, field in fields.items()}
    label |= {"chase_note": pages.say("tasks.chase.note")}
    label |= {"clock_reason": pages.say("tasks.explain.reason")}
    return {
        name: pages.say("tasks.needed", label=label.get(name, pages.say("tasks.results")))
        for name in names
    }
