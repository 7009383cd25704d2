"""Entries of the directory that must be checked again: each a task in good time, with its clock.

Looks at dates alone; whether an entry is right only a person finds out.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from bot.service_record import CRISIS_CODES
from chat.follow_up import NO_CONVERSATION
from chat.references import LONDON
from chat.service import Service
from handoff.clocks import keep_clocks, start_clocks, stop_task_clocks
from handoff.targets import ClockCase, ClockKind, ClockPlan, plan
from handoff.tasks import add_task, change_task
from models.store import Transaction
from models.tables import directory_attributes, directory_services, tasks
from models.vocabulary import TaskId

LIST, REVIEW = "directory", "review_due"
CHECKED, LAPSED = "checked", "done"
AHEAD = timedelta(days=15)  # a day before its clock's first alarm
MOST_AT_ONCE = 20  # a sweep; an old directory is spread over several
AGAIN_AFTER = timedelta(days=1)


class Due(NamedTuple):
    """An entry to check; `plan` counts from when it was last checked."""

    service: str
    name: str
    plan: ClockPlan


async def put_on_list(service: Service) -> int:
    """A task for each entry whose time is fifteen days away or less, once; how many there were."""
    now = service.now()
    found = await service.store.read(lambda db: list(_due(service, db, now=now)))
    if not found:
        return 0

    def work(tx: Transaction) -> int:
        still = {one.service for one in _due(service, tx.connection, now=now)}
        for due in found:
            if due.service in still:
                _add(tx, due, now=now)
        return len(still)

    return await service.store.write(work)


def _add(tx: Transaction, due: Due, *, now: datetime) -> None:
    task = add_task(
        tx,
        NO_CONVERSATION,
        enquiry=None,
        work_list=LIST,
        kind=REVIEW,
        due_at=due.plan.due_at,
        now=now,
        detail={"service": due.service, "entry": due.name},
    )
    start_clocks(tx, NO_CONVERSATION, enquiry=None, plans=(due.plan,), task=task)


def _due(service: Service, db: Connection, *, now: datetime) -> Iterator[Due]:
    """In a sweep's number, those checked longest ago first. What was never checked has no time to
    count from, and what is long overdue had its task: the desk's page shows both as stale.
    """
    row = directory_services.c
    carrying = select(directory_attributes.c.service_id).where(
        directory_attributes.c.code.in_(CRISIS_CODES)
    )
    is_crisis = row.id.in_(carrying)
    near = or_(
        and_(is_crisis, _checked_so_long_ago(service, ClockCase.PRESSING, now=now)),
        and_(~is_crisis, _checked_so_long_ago(service, ClockCase.USUAL, now=now)),
    )
    statement = (
        select(row.id, row.name, row.assured_date, is_crisis.label("crisis"))
        .where(row.status == "active", row.is_demo.is_(False), near, ~_has_task(now))
        .order_by(row.assured_date, row.id)
        .limit(MOST_AT_ONCE)
    )
    for found in db.execute(statement):
        case = ClockCase.PRESSING if found.crisis else ClockCase.USUAL
        checked = datetime.combine(found.assured_date, time(), tzinfo=LONDON)
        yield Due(found.id, found.name, _plan(service, case, checked))


def _checked_so_long_ago(
    service: Service, case: ClockCase, *, now: datetime
) -> ColumnElement[bool]:
    """Its time is not more than fifteen days ahead, nor has been over for longer than that."""
    today = now.astimezone(LONDON).date()
    whole = _plan(service, case, now).due_at.astimezone(LONDON).date() - today
    return directory_services.c.assured_date.between(today - whole - AHEAD, today - whole + AHEAD)


def _plan(service: Service, case: ClockCase, start: datetime) -> ClockPlan:
    return plan(
        ClockKind.DIRECTORY_REVIEW,
        start,
        policy=service.policy,
        calendar=service.calendar,
        case=case,
    )


def _has_task(now: datetime) -> ColumnElement[bool]:
    """Open, or ended a moment ago without the entry's having been checked."""
    return (
        select(tasks.c.id)
        .where(
            tasks.c.work_list == LIST,
            _of_entry(directory_services.c.id),
            or_(tasks.c.done_at.is_(None), tasks.c.done_at > now - AGAIN_AFTER),
        )
        .exists()
    )


def _of_entry(service_id: ColumnElement[str] | str) -> ColumnElement[bool]:
    return func.coalesce(tasks.c.detail["service"].as_string(), "") == service_id


def settle(tx: Transaction, service_id: str, *, checked: bool, now: datetime) -> None:
    """Its review is done. `checked`: the promise was kept; else the entry is out, and it lapses."""
    open_ones = select(tasks).where(
        tasks.c.work_list == LIST, _of_entry(service_id), tasks.c.done_at.is_(None)
    )
    for task in list(tx.execute(open_ones).mappings()):
        if checked:
            keep_clocks(tx, task, kinds=(ClockKind.DIRECTORY_REVIEW,), now=now)
        stop_task_clocks(tx, TaskId(task["id"]), now=now)
        how = CHECKED if checked else LAPSED
        change_task(tx, TaskId(task["id"]), done_at=now, state=how)
