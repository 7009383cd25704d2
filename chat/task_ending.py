"""A task comes to a result: what was said is kept, the next work is left, the enquiry follows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from chat import curating
from chat.follow_up import Work, leave_work_for, put_on_list
from chat.service import Service
from chat.staff import SignedIn
from chat.task_access import may_give
from chat.task_asking import Standing, closes, needs, standing
from chat.task_settling import close_enquiry, go_on, subject_behind
from chat.task_work import ON_COMPLETING, accepted_view, held_task, log_work
from chat.views import stamp
from handoff.clocks import keep_clocks, start_clocks, stop_task_clocks
from handoff.streams import StreamChoice, load, missing_for_stream
from handoff.targets import plan
from handoff.tasks import change_task, finish_all
from handoff.work_lists import BACK, OWNER, REVIEW, Result, WorkList
from models.errors import BadCommandError, NotAllowedError
from models.store import Transaction
from models.vocabulary import ConversationId, EnquiryId, TaskId

ANSWERS, FROM = "answers", "from"


async def complete(
    service: Service,
    staff: SignedIn,
    *,
    task: TaskId,
    result: str,
    said: Mapping[str, Any],
) -> dict[str, Any]:
    """Record what came of a task.

    Raises NotFoundError, ClosedError, NotYoursError, NotAllowedError when the outcome is not this
    role's to set, BadCommandError naming what is missing.
    """
    now = service.now()

    def work(tx: Transaction) -> dict[str, Any]:
        row = held_task(tx, staff, task)
        work_list = service.work_lists.work_list(row["work_list"])
        chosen = work_list.result(result)
        stands = standing(tx, row)
        told = _checked(service, staff, chosen, stands=stands, said=said)
        entry = _held_entry(tx, row) if chosen.checks_entry else None
        done = _write(service, tx, row, work_list, result=chosen, said=told, now=now)
        _run_clocks(service, tx, done, work_list, result=chosen, now=now)
        if entry is not None:
            curating.mark_checked(tx, staff, entry, now=now)
        if stands is not None:
            _next(service, tx, done, stands, result=chosen, said=told, now=now)
        log_work(tx, staff, done, kind="task_completed", now=now, result=chosen.id)
        return accepted_view(done)

    return await service.store.write(work)


def _held_entry(tx: Transaction, row: RowMapping) -> str:
    """The directory's entry behind the task, locked before the task as the desk's page does."""
    entry = str(row["detail"]["service"])
    curating.hold_entry(tx, entry)
    return entry


def _checked(
    service: Service,
    staff: SignedIn,
    result: Result,
    *,
    stands: Standing | None,
    said: Mapping[str, Any],
) -> Mapping[str, Any]:
    """What was said, whole; raises for what may not be recorded, is missing or fits nothing."""
    if not may_give(service, staff, result):
        raise NotAllowedError
    lists = service.work_lists
    missing = lists.missing_of(needs(service, result, stands), said, may=result.may)
    told = {**result.sets, **said}
    if "stream" in told and not missing:
        choice = StreamChoice(told["stream"], told.get("specialties") or (), told.get("sub"))
        missing = missing_for_stream(choice, streams=load())
    if missing:
        raise BadCommandError(hint=",".join(missing))
    return told


def _write(
    service: Service,
    tx: Transaction,
    row: RowMapping,
    work_list: WorkList,
    *,
    result: Result,
    said: Mapping[str, Any],
    now: datetime,
) -> RowMapping:
    step = {"result": result.id, "at": stamp(now), **_plain(said)}
    detail = {**row["detail"], ANSWERS: [*row["detail"].get(ANSWERS, ()), step]}
    task = TaskId(row["id"])
    if result.goes_on is None:
        return change_task(tx, task, state=result.id, done_at=now, detail=detail)
    due = said.get(result.due_from or "") or service.calendar.after_working_days(
        now, work_list.then_due
    )
    return change_task(tx, task, state=result.goes_on, due_at=due, detail=detail)


def _plain(said: Mapping[str, Any]) -> dict[str, Any]:
    """As it can be kept and shown: times as text."""
    return {
        name: stamp(value) if isinstance(value, datetime) else value for name, value in said.items()
    }


def _run_clocks(
    service: Service,
    tx: Transaction,
    row: RowMapping,
    work_list: WorkList,
    *,
    result: Result,
    now: datetime,
) -> None:
    ended = result.goes_on is None
    kept = [kind.value for kind in result.keeps]
    if ended and work_list.clock is not None and work_list.kept_by == ON_COMPLETING:
        kept.append(work_list.clock.value)
    keep_clocks(tx, row, kinds=kept, now=now)
    if ended:
        stop_task_clocks(tx, TaskId(row["id"]), now=now)
    plans = [
        plan(kind, now, policy=service.policy, calendar=service.calendar) for kind in result.starts
    ]
    start_clocks(
        tx,
        ConversationId(row["conversation_id"]),
        enquiry=EnquiryId(row["enquiry_id"]) if row["enquiry_id"] else None,
        plans=plans,
        task=TaskId(row["id"]),
    )


def _next(
    service: Service,
    tx: Transaction,
    row: RowMapping,
    stands: Standing,
    *,
    result: Result,
    said: Mapping[str, Any],
    now: datetime,
) -> None:
    """The work that is left, then the enquiry: closed, or owned by what is due next."""
    subject = subject_behind(stands)
    detail = {FROM: row["work_list"], **_plain(said)}
    due = said.get(result.due_from or "") if result.goes_on is None else None
    leave_work_for(service, tx, subject, codes=result.outcomes, due_at=due, now=now, detail=detail)
    opened = _opened(row, result)
    if opened is not None:
        clock = service.work_lists.work_list(opened).clock
        put_on_list(
            service, tx, subject, work=Work(opened, result.id, clock, detail=detail), now=now
        )
    if closes(service, result, stands):
        enquiry = EnquiryId(stands.enquiry["id"])
        finish_all(tx, enquiry, how="ended", now=now)
        close_enquiry(tx, enquiry, codes=result.outcomes, said=said, now=now)
    else:
        go_on(service, tx, stands, codes=result.outcomes, now=now)


def _opened(row: RowMapping, result: Result) -> str | None:
    """The list that is next, if the result names one."""
    if result.opens in {None, OWNER}:
        return None
    if result.opens == BACK:
        before = row["detail"].get(FROM)
        return before if before in {"scheduling", "huddle"} else REVIEW
    return result.opens
