"""Rows that say what must happen when.

Set and taken inside a use case's transaction; nothing waits in memory.
"""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from models.facts import TimersChanged
from models.store import Transaction
from models.tables import queue_entries, timers
from models.vocabulary import ConversationId, EntryState

BATCH = 50


def set_timer(
    tx: Transaction,
    conversation: ConversationId,
    *,
    kind: str,
    subject: str,
    due_at: datetime,
    version: int = 0,
) -> None:
    tx.execute(
        insert(timers),
        {
            "id": uuid.uuid4().hex,
            "kind": kind,
            "conversation_id": conversation,
            "subject": subject,
            "version": version,
            "due_at": due_at,
            "done_at": None,
        },
    )
    tx.tell(TimersChanged())


def cancel_timers(
    tx: Transaction, conversation: ConversationId, *, kinds: tuple[str, ...], now: datetime
) -> None:
    tx.execute(
        update(timers)
        .where(
            timers.c.conversation_id == conversation,
            timers.c.kind.in_(kinds),
            timers.c.done_at.is_(None),
        )
        .values(done_at=now)
    )


def due_timers(
    connection: Connection, now: datetime, *, without: Collection[str] = ()
) -> list[RowMapping]:
    """Timers due by `now`, earliest first, at most BATCH; `without` those of these ids."""
    statement = (
        select(timers)
        .where(timers.c.done_at.is_(None), timers.c.due_at <= now, timers.c.id.not_in(without))
        .order_by(timers.c.due_at)
        .limit(BATCH)
    )
    return list(connection.execute(statement).mappings())


def take_timer(tx: Transaction, timer_id: str, *, now: datetime) -> bool:
    """True for exactly one of all who try: the guarded update settles it."""
    statement = (
        update(timers)
        .where(timers.c.id == timer_id, timers.c.done_at.is_(None))
        .values(done_at=now)
    )
    return tx.execute(statement).rowcount == 1


def next_due(connection: Connection) -> datetime | None:
    """When the loop must wake: the earliest open timer or lease end."""
    first_timer = connection.execute(
        select(timers.c.due_at).where(timers.c.done_at.is_(None)).order_by(timers.c.due_at).limit(1)
    ).scalar()
    first_lease = connection.execute(
        select(func.min(queue_entries.c.lease_until)).where(
            queue_entries.c.state == EntryState.CLAIMED.value
        )
    ).scalar()
    times: list[datetime] = [at for at in (first_timer, first_lease) if at is not None]
    return min(times, default=None)
