"""Promises as rows: started, met, missed or stopped once.

Arithmetic is in targets; what to do about it is chat's.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, update

from handoff.targets import ClockPlan
from handoff.timers import set_timer
from models.errors import NotFoundError
from models.store import Transaction
from models.tables import clock_explanations, clocks
from models.vocabulary import ConversationId, EnquiryId, TaskId

STEP = "clock_step"


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
    mine = clocks.c.task_id == task if task else _of_whole(enquiry)
    running = set(tx.execute(select(clocks.c.kind).where(mine, _is_running())).scalars())
    for plan in plans:
        if plan.kind.value in running:
            continue
        clock_id = uuid.uuid4().hex
        tx.execute(
            insert(clocks),
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


def _is_running() -> ColumnElement[bool]:
    return clocks.c.met_at.is_(None) & clocks.c.stopped_at.is_(None)


def _of_whole(enquiry: EnquiryId | None) -> ColumnElement[bool]:
    """The clocks of the enquiry itself, not those of one of its tasks."""
    return (clocks.c.enquiry_id == enquiry) & clocks.c.task_id.is_(None)


def ever_ran(reader: Connection | Transaction, enquiry: EnquiryId, kind: str) -> bool:
    """Whether the enquiry had this clock before, running or not."""
    statement = select(clocks.c.id).where(_of_whole(enquiry), clocks.c.kind == kind)
    return reader.execute(statement).first() is not None


def keep_clocks(tx: Transaction, task: RowMapping, *, kinds: Iterable[str], now: datetime) -> None:
    """What was done for this task keeps these promises, the task's own and the enquiry's."""
    enquiry = EnquiryId(task["enquiry_id"]) if task["enquiry_id"] else None
    mine = (clocks.c.task_id == task["id"]) | _of_whole(enquiry)
    tx.execute(
        update(clocks).where(mine, clocks.c.kind.in_(list(kinds)), _is_running()).values(met_at=now)
    )


def stop_task_clocks(tx: Transaction, task: TaskId, *, now: datetime) -> None:
    """The task has ended: what still ran for it no longer applies."""
    tx.execute(update(clocks).where(clocks.c.task_id == task, _is_running()).values(stopped_at=now))


def stop_unwatched(
    tx: Transaction, enquiry: EnquiryId, *, watched: Iterable[str], now: datetime
) -> None:
    """Clocks of the enquiry that no open task watches have nobody left to keep them: they stop."""
    tx.execute(
        update(clocks)
        .where(_of_whole(enquiry), clocks.c.kind.not_in(list(watched)), _is_running())
        .values(stopped_at=now)
    )


def stop_all(tx: Transaction, enquiry: EnquiryId, *, now: datetime) -> None:
    """The enquiry has ended, and with it every promise about it."""
    tx.execute(
        update(clocks).where(clocks.c.enquiry_id == enquiry, _is_running()).values(stopped_at=now)
    )


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


def meet_clocks(tx: Transaction, enquiry: EnquiryId, *, prefix: str, now: datetime) -> None:
    """The promise is kept, even if late: `met_at` is written once."""
    tx.execute(
        update(clocks)
        .where(
            clocks.c.enquiry_id == enquiry,
            clocks.c.kind.startswith(prefix, autoescape=True),
            _is_running(),
        )
        .values(met_at=now)
    )


def stop_clocks(tx: Transaction, enquiry: EnquiryId, *, prefix: str, now: datetime) -> None:
    """The promise no longer applies (a higher one took its place, or the outcome ends it)."""
    tx.execute(
        update(clocks)
        .where(
            clocks.c.enquiry_id == enquiry,
            clocks.c.kind.startswith(prefix, autoescape=True),
            _is_running(),
        )
        .values(stopped_at=now)
    )


def miss_clock(tx: Transaction, clock_id: str, *, now: datetime) -> RowMapping | None:
    """Mark a running clock missed, once; yields its row only to the one who did."""
    statement = (
        update(clocks)
        .where(clocks.c.id == clock_id, _is_running(), clocks.c.missed_at.is_(None))
        .values(missed_at=now)
        .returning(*clocks.c)
    )
    return tx.execute(statement).mappings().first()


def running_clock(tx: Transaction, clock_id: str) -> RowMapping | None:
    statement = select(clocks).where(clocks.c.id == clock_id, _is_running())
    return tx.execute(statement).mappings().first()


def running_of(tx: Transaction, enquiry: EnquiryId, *, prefix: str) -> list[RowMapping]:
    """The enquiry's running clocks whose kind begins so."""
    statement = select(clocks).where(
        clocks.c.enquiry_id == enquiry,
        clocks.c.kind.startswith(prefix, autoescape=True),
        _is_running(),
    )
    return list(tx.execute(statement).mappings())


def clocks_of(connection: Connection, enquiry: EnquiryId) -> list[RowMapping]:
    statement = select(clocks).where(clocks.c.enquiry_id == enquiry).order_by(clocks.c.due_at)
    return list(connection.execute(statement).mappings())
