"""Promises as rows: started, met, missed or stopped once.

Arithmetic is in targets; what to do about it is chat's.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, update

from handoff.targets import ClockPlan
from handoff.timers import set_timer
from models.store import Transaction
from models.tables import clocks
from models.vocabulary import ConversationId, EnquiryId

STEP = "clock_step"


def start_clocks(
    tx: Transaction,
    conversation: ConversationId,
    *,
    enquiry: EnquiryId,
    plans: Iterable[ClockPlan],
) -> None:
    """Start each planned clock that this enquiry does not already run; an earlier start is never
    moved.
    """
    running = set(
        tx.execute(
            select(clocks.c.kind).where(clocks.c.enquiry_id == enquiry, _is_running())
        ).scalars()
    )
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


def meet_clocks(
    tx: Transaction, conversation: ConversationId, *, prefixes: tuple[str, ...], now: datetime
) -> None:
    """The promise is kept, even if late: `met_at` is written once."""
    _end(tx, conversation, prefixes=prefixes, values={"met_at": now})


def stop_clocks(
    tx: Transaction, conversation: ConversationId, *, prefixes: tuple[str, ...], now: datetime
) -> None:
    """The promise no longer applies (a higher one took its place, or the outcome ends it)."""
    _end(tx, conversation, prefixes=prefixes, values={"stopped_at": now})


def _end(
    tx: Transaction,
    conversation: ConversationId,
    *,
    prefixes: tuple[str, ...],
    values: dict[str, datetime],
) -> None:
    for prefix in prefixes:
        tx.execute(
            update(clocks)
            .where(
                clocks.c.conversation_id == conversation,
                clocks.c.kind.startswith(prefix, autoescape=True),
                _is_running(),
            )
            .values(**values)
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


def clocks_of(connection: Connection, enquiry: EnquiryId) -> list[RowMapping]:
    statement = select(clocks).where(clocks.c.enquiry_id == enquiry).order_by(clocks.c.due_at)
    return list(connection.execute(statement).mappings())
