"""Who waits and who is next: writes queue entries.

The order itself is decided in queue_order; claims stand in claims.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, bindparam, func, or_, select, tuple_, update

from handoff.policy import Policy
from handoff.queue_order import RecentWait, due_at, rank_of, sort_at
from models.statements import KEY, added, changed, locked
from models.store import Transaction
from models.tables import claims, queue_entries, tallies
from models.vocabulary import ConversationId, EntryState, Priority, highest

REASONS_KEPT = 12
WAITS_LOOKED_AT = 20
FIRST_CLAIM = 1
FACT_NUMBER = "queue_fact"
OPEN = (EntryState.WAITING.value, EntryState.CLAIMED.value)
_IS_AHEAD = or_(
    queue_entries.c.rank < bindparam("of_rank"),
    and_(
        queue_entries.c.rank == bindparam("of_rank"),
        queue_entries.c.sort_at <= bindparam("sorted_at"),
    ),
)
_AHEAD = (
    select(func.count())
    .select_from(queue_entries)
    .where(queue_entries.c.state == EntryState.WAITING.value, _IS_AHEAD)
)
_OPEN_ENTRY = locked(queue_entries.c.conversation_id).where(queue_entries.c.state.in_(OPEN))
_PLACE = (queue_entries.c.rank, queue_entries.c.sort_at, queue_entries.c.id)
_IN_ORDER = (
    select(queue_entries)
    .where(queue_entries.c.state.in_(bindparam("states", expanding=True)))
    .order_by(*_PLACE)
)
_OWN_PLACE = select(*_PLACE).where(
    queue_entries.c.conversation_id == bindparam(KEY),
    queue_entries.c.state == EntryState.WAITING.value,
)
_BEFORE = (
    select(func.count())
    .select_from(queue_entries)
    .where(
        queue_entries.c.state == EntryState.WAITING.value,
        tuple_(*_PLACE) < tuple_(*(bindparam(one.name, type_=one.type) for one in _PLACE)),
    )
)
_NEXT_FACT = (
    update(tallies)
    .where(tallies.c.name == FACT_NUMBER)
    .values(value=tallies.c.value + 1)
    .returning(tallies.c.value)
)
_RECENT_WAITS = (
    select(queue_entries.c.queued_at, queue_entries.c.ahead, claims.c.taken_at)
    .join(claims, (claims.c.entry_id == queue_entries.c.id) & (claims.c.version == FIRST_CLAIM))
    .order_by(queue_entries.c.queued_at.desc())
    .limit(WAITS_LOOKED_AT)
)


def enter(
    tx: Transaction,
    conversation: ConversationId,
    *,
    reference: str,
    priority: Priority,
    reasons: Sequence[dict[str, Any]],
    specialties: Iterable[str],
    now: datetime,
    policy: Policy,
) -> tuple[RowMapping, bool]:
    """Put the conversation in the queue, or raise the entry it already has.

    Yields (entry, is new).
    """
    held = open_entry(tx, conversation)
    if held is not None:
        return strengthen(tx, held, priority=priority, reasons=reasons, policy=policy), False
    written = {
        "id": uuid.uuid4().hex,
        "conversation_id": conversation,
        "reference": reference,
        "priority": priority.value,
        "rank": rank_of(priority),
        "queued_at": now,
        "due_at": due_at(priority, now, policy=policy),
        "sort_at": sort_at(priority, now, policy=policy),
        "ahead": _ahead(tx, priority, sort_at(priority, now, policy=policy)),
        "state": EntryState.WAITING.value,
        "reasons": list(reasons)[:REASONS_KEPT],
        "specialties": sorted(set(specialties)),
        "claimed_by": None,
        "claim_version": 0,
        "lease_until": None,
        "acknowledged_by": None,
    }
    return tx.execute(added(queue_entries), written).mappings().one(), True


def _ahead(tx: Transaction, priority: Priority, sorted_at: datetime) -> int:
    """How many will be served before somebody who joins now."""
    given = {"of_rank": rank_of(priority), "sorted_at": sorted_at}
    return int(tx.execute(_AHEAD, given).scalar_one())


def strengthen(
    tx: Transaction,
    entry: RowMapping,
    *,
    priority: Priority,
    reasons: Sequence[dict[str, Any]],
    policy: Policy,
) -> RowMapping:
    """Raise an open entry, never lower it, and add the words that raised it.

    Its waiting time goes on.
    """
    raised = highest(Priority(entry["priority"]), priority)
    kept = list(entry["reasons"]) + [r for r in reasons if r not in entry["reasons"]]
    values: dict[str, Any] = {"reasons": kept[-REASONS_KEPT:]}
    if raised != entry["priority"]:
        values.update(
            priority=raised.value,
            rank=rank_of(raised),
            due_at=due_at(raised, entry["queued_at"], policy=policy),
            sort_at=sort_at(raised, entry["queued_at"], policy=policy),
            acknowledged_by=None,
        )
    return _update(tx, entry["id"], values)


def lower(tx: Transaction, entry: RowMapping, *, priority: Priority, policy: Policy) -> RowMapping:
    """A named practitioner set this priority; only the practitioner's use case calls this."""
    return _update(
        tx,
        entry["id"],
        {
            "priority": priority.value,
            "rank": rank_of(priority),
            "due_at": due_at(priority, entry["queued_at"], policy=policy),
            "sort_at": sort_at(priority, entry["queued_at"], policy=policy),
        },
    )


def finish(tx: Transaction, entry_id: str) -> RowMapping:
    return _update(tx, entry_id, {"state": EntryState.DONE.value, "lease_until": None})


def acknowledge(tx: Transaction, entry: RowMapping, *, by: str) -> RowMapping:
    return _update(tx, entry["id"], {"acknowledged_by": by})


def open_entry(tx: Transaction, conversation: ConversationId) -> RowMapping | None:
    """The conversation's open entry, locked until the commit."""
    return tx.execute(_OPEN_ENTRY, {KEY: conversation}).mappings().first()


def _update(tx: Transaction, entry_id: str, values: dict[str, Any]) -> RowMapping:
    given = {KEY: entry_id, **values}
    return tx.execute(changed(queue_entries.c.id), given).mappings().one()


def in_order(connection: Connection, *, states: Sequence[str] = OPEN) -> list[RowMapping]:
    """Open entries as they will be served."""
    return list(connection.execute(_IN_ORDER, {"states": list(states)}).mappings())


def ahead_of(connection: Connection, conversation: ConversationId) -> int | None:
    """How many will be served before this one that waits; None when it does not wait."""
    own = connection.execute(_OWN_PLACE, {KEY: conversation}).mappings().first()
    if own is None:
        return None
    return int(connection.execute(_BEFORE, dict(own)).scalar_one())


def next_fact_number(tx: Transaction) -> int:
    """The queue's own gapless number: a console that misses one asks for a snapshot."""
    return int(tx.execute(_NEXT_FACT).scalar_one())


def fact_number(connection: Connection) -> int:
    found = connection.execute(select(tallies.c.value).where(tallies.c.name == FACT_NUMBER))
    return int(found.scalar_one())


def recent_waits(connection: Connection) -> list[RecentWait]:
    """How long the last people waited until somebody took them, and how many were ahead."""
    found = connection.execute(_RECENT_WAITS)
    return [RecentWait(taken - queued, ahead) for queued, ahead, taken in found]
