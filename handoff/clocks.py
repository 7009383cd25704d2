"""Promises as rows: started, met, missed or stopped once.

Arithmetic is in targets; what to do about it is chat's.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Update,
    bindparam,
    insert,
    select,
    update,
)

from handoff.targets import ClockPlan
from handoff.timers import set_timer
from models.errors import NotFoundError
from models.statements import KEY, adding, changing, where
from models.store import Transaction
from models.tables import clock_explanations, clocks
from models.vocabulary import ConversationId, EnquiryId, TaskId

STEP = "clock_step"
_RUNS = clocks.c.met_at.is_(None) & clocks.c.stopped_at.is_(None)
# The clocks of the enquiry itself, not those of one of its tasks.
_OF_WHOLE = (clocks.c.enquiry_id == bindparam("whole")) & clocks.c.task_id.is_(None)
_OF_TASK = clocks.c.task_id == bindparam(KEY)
_IS_LISTED = clocks.c.kind.in_(bindparam("kinds", expanding=True))
_KINDS_OF_TASK = select(clocks.c.kind).where(_OF_TASK, _RUNS)
_KINDS_OF_WHOLE = select(clocks.c.kind).where(_OF_WHOLE, _RUNS)
_EVER = select(clocks.c.id).where(_OF_WHOLE, clocks.c.kind == bindparam("of_kind"))
_KEEP = update(clocks).where(_OF_TASK | _OF_WHOLE, _IS_LISTED, _RUNS)
_STOP_UNWATCHED = update(clocks).where(_OF_WHOLE, ~_IS_LISTED, _RUNS)
_STOP_TASK = changing(clocks.c.task_id).where(_RUNS)
_STOP_ALL = changing(clocks.c.enquiry_id).where(_RUNS)
_MISS = changing(clocks.c.id).where(_RUNS, clocks.c.missed_at.is_(None)).returning(*clocks.c)
_RUNNING = where(clocks.c.id).where(_RUNS)
_OF_ENQUIRY = where(clocks.c.enquiry_id).order_by(clocks.c.due_at)


def start_clocks(
    tx: Transaction,
    conversation: ConversationId,
    *,
    enquiry: EnquiryId | None,
    plans: Iterable[ClockPlan],
    task: TaskId | None = None,
) -> None:
    """Start each planned clock that this enquiry, or this task, does not already run; an earlier
    start is never moved.
    """
    mine = (_KINDS_OF_TASK, {KEY: task}) if task else (_KINDS_OF_WHOLE, {"whole": enquiry})
    running = set(tx.execute(*mine).scalars())
    for plan in plans:
        if plan.kind.value in running:
            continue
        clock_id = uuid.uuid4().hex
        tx.execute(
            adding(clocks),
            {
                "id": clock_id,
                "enquiry_id": enquiry,
                "conversation_id": conversation,
                "task_id": task,
                "kind": plan.kind.value,
                "started_at": plan.started_at,
                "due_at": plan.due_at,
                "met_at": None,
                "missed_at": None,
                "stopped_at": None,
            },
        )
        for step, at in enumerate((*plan.alarms, plan.due_at)):
            set_timer(tx, conversation, kind=STEP, subject=clock_id, due_at=at, version=step)


def ever_ran(reader: Connection | Transaction, enquiry: EnquiryId, kind: str) -> bool:
    """Whether the enquiry had this clock before, running or not."""
    return reader.execute(_EVER, {"whole": enquiry, "of_kind": kind}).first() is not None


def keep_clocks(tx: Transaction, task: RowMapping, *, kinds: Iterable[str], now: datetime) -> None:
    """What was done for this task keeps these promises, the task's own and the enquiry's."""
    mine = {KEY: task["id"], "whole": task["enquiry_id"], "kinds": list(kinds)}
    tx.execute(_KEEP, {**mine, "met_at": now})


def stop_task_clocks(tx: Transaction, task: TaskId, *, now: datetime) -> None:
    """The task has ended: what still ran for it no longer applies."""
    tx.execute(_STOP_TASK, {KEY: task, "stopped_at": now})


def stop_unwatched(
    tx: Transaction, enquiry: EnquiryId, *, watched: Iterable[str], now: datetime
) -> None:
    """Clocks of the enquiry that no open task watches have nobody left to keep them: they stop."""
    given = {"whole": enquiry, "kinds": list(watched), "stopped_at": now}
    tx.execute(_STOP_UNWATCHED, given)


def stop_all(tx: Transaction, enquiry: EnquiryId, *, now: datetime) -> None:
    """The enquiry has ended, and with it every promise about it."""
    tx.execute(_STOP_ALL, {KEY: enquiry, "stopped_at": now})


def explain(tx: Transaction, clock: str, *, by: str, reason: str, now: datetime) -> None:
    """Say why a clock was missed, beside what others said. The miss itself stays.

    Raises NotFoundError for a clock that was not missed.
    """
    known = tx.execute(
        select(clocks.c.id).where(clocks.c.id == clock, clocks.c.missed_at.is_not(None))
    ).first()
    if known is None:
        raise NotFoundError
    row = {"id": uuid.uuid4().hex, "clock_id": clock, "at": now, "by": by, "reason": reason}
    tx.execute(insert(clock_explanations), row)


def explanations_of(connection: Connection, enquiry: EnquiryId) -> list[RowMapping]:
    """What was said about this enquiry's missed clocks, oldest first."""
    statement = (
        select(clock_explanations)
        .join(clocks, clocks.c.id == clock_explanations.c.clock_id)
        .where(clocks.c.enquiry_id == enquiry)
        .order_by(clock_explanations.c.at)
    )
    return list(connection.execute(statement).mappings())


@cache
def _ending(prefix: str) -> Update:
    return changing(clocks.c.enquiry_id).where(_is_of(prefix), _RUNS)


@cache
def _running(prefix: str) -> Select[Any]:
    return where(clocks.c.enquiry_id).where(_is_of(prefix), _RUNS)


def _is_of(prefix: str) -> ColumnElement[bool]:
    return clocks.c.kind.startswith(prefix, autoescape=True)


def meet_clocks(tx: Transaction, enquiry: EnquiryId, *, prefix: str, now: datetime) -> None:
    """The promise is kept, even if late: `met_at` is written once."""
    tx.execute(_ending(prefix), {KEY: enquiry, "met_at": now})


def stop_clocks(tx: Transaction, enquiry: EnquiryId, *, prefix: str, now: datetime) -> None:
    """The promise no longer applies (a higher one took its place, or the outcome ends it)."""
    tx.execute(_ending(prefix), {KEY: enquiry, "stopped_at": now})


def miss_clock(tx: Transaction, clock_id: str, *, now: datetime) -> RowMapping | None:
    """Mark a running clock missed, once; yields its row only to the one who did."""
    return tx.execute(_MISS, {KEY: clock_id, "missed_at": now}).mappings().first()


def running_clock(tx: Transaction, clock_id: str) -> RowMapping | None:
    return tx.execute(_RUNNING, {KEY: clock_id}).mappings().first()


def running_of(tx: Transaction, enquiry: EnquiryId, *, prefix: str) -> list[RowMapping]:
    """The enquiry's running clocks whose kind begins so."""
    return list(tx.execute(_running(prefix), {KEY: enquiry}).mappings())


def clocks_of(connection: Connection, enquiry: EnquiryId) -> list[RowMapping]:
    return list(connection.execute(_OF_ENQUIRY, {KEY: enquiry}).mappings())
