"""Rows that say what must happen when.

Set and taken inside a use case's transaction; nothing waits in memory.
"""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, func, select

from models.facts import TimersChanged
from models.statements import KEY, adding, changing
from models.store import Transaction
from models.tables import queue_entries, timers
from models.vocabulary import ConversationId, EntryState

BATCH = 50
_IS_OPEN = timers.c.done_at.is_(None)
_TAKE = changing(timers.c.id).where(_IS_OPEN)
_CANCEL = changing(timers.c.conversation_id).where(
    timers.c.kind.in_(bindparam("kinds", expanding=True)), _IS_OPEN
)
_DUE = (
    select(timers)
    .where(
        _IS_OPEN,
        timers.c.due_at <= bindparam("now"),
        timers.c.id.not_in(bindparam("without", expanding=True)),
    )
    .order_by(timers.c.due_at)
    .limit(BATCH)
)
_FIRST = select(timers.c.due_at).where(_IS_OPEN).order_by(timers.c.due_at).limit(1)
_FIRST_LEASE = select(func.min(queue_entries.c.lease_until)).where(
    queue_entries.c.state == EntryState.CLAIMED.value
)


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
        adding(timers),
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
    tx.execute(_CANCEL, {KEY: conversation, "kinds": kinds, "done_at": now})


def due_timers(
    connection: Connection, now: datetime, *, without: Collection[str] = ()
) -> list[RowMapping]:
    """Timers due by `now`, earliest first, at most BATCH; `without` those of these ids."""
    given = {"now": now, "without": list(without)}
    return list(connection.execute(_DUE, given).mappings())


def take_timer(tx: Transaction, timer_id: str, *, now: datetime) -> bool:
    """True for exactly one of all who try: the guarded update settles it."""
    return tx.execute(_TAKE, {KEY: timer_id, "done_at": now}).rowcount == 1


def next_due(connection: Connection) -> datetime | None:
    """When the loop must wake: the earliest open timer or lease end."""
    found = (connection.execute(one).scalar() for one in (_FIRST, _FIRST_LEASE))
    times: list[datetime] = [at for at in found if at is not None]
    return min(times, default=None)
