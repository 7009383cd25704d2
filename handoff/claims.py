"""Who holds which entry: taken atomically, kept by a lease, fenced by the claim's version, never
held by the gone.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from handoff.policy import Policy
from handoff.queue_order import Candidate, most_pressing
from models.errors import AlreadyClaimedError, AtCapacityError, NotFoundError, NotYoursError
from models.statements import KEY, adding, changed
from models.store import Transaction
from models.tables import claims, conversations, queue_entries
from models.vocabulary import ClaimVersion, EntryId, EntryState, Priority, StaffId

LOOKED_AT = 60
FRONT = timedelta(microseconds=1)
_IS_CLAIMED = queue_entries.c.state == EntryState.CLAIMED.value
_IS_WAITING = queue_entries.c.state == EntryState.WAITING.value
_ANEW = {"claim_version": queue_entries.c.claim_version + 1}
_WAITING = (
    select(
        queue_entries.c.id,
        queue_entries.c.priority,
        queue_entries.c.queued_at,
        queue_entries.c.sort_at,
        queue_entries.c.specialties,
    )
    .where(_IS_WAITING, queue_entries.c.id.not_in(bindparam("without", expanding=True)))
    .order_by(queue_entries.c.rank, queue_entries.c.sort_at, queue_entries.c.id)
    .limit(LOOKED_AT)
)
_OF_ENTRY = (
    select(conversations.c.id)
    .join(queue_entries, queue_entries.c.conversation_id == conversations.c.id)
    .where(queue_entries.c.id == bindparam(KEY))
)
_LOCK = _OF_ENTRY.with_for_update(of=conversations)
_LOCK_IF_FREE = _OF_ENTRY.with_for_update(of=conversations, skip_locked=True)
_CLAIM = changed(queue_entries.c.id).where(_IS_WAITING).values(_ANEW)
_HOLDING = (
    select(func.count())
    .select_from(queue_entries)
    .where(queue_entries.c.claimed_by == bindparam(KEY), _IS_CLAIMED)
)
_OWN = changed(queue_entries.c.id).where(
    queue_entries.c.claimed_by == bindparam("holder"),
    queue_entries.c.claim_version == bindparam("held_version"),
    _IS_CLAIMED,
)
_PASS_ON = _OWN.values(_ANEW)
_EXPIRED = select(queue_entries).where(_IS_CLAIMED, queue_entries.c.lease_until <= bindparam("now"))


def take_next(
    tx: Transaction,
    staff: StaffId,
    *,
    specialties: Sequence[str],
    on_shift: Collection[str],
    policy: Policy,
    now: datetime,
) -> RowMapping | None:
    """Claim the most pressing waiting entry; None when nobody waits. Raises AtCapacityError.

    One that another node is writing to right now is passed over while others wait, and waited for
    when it is the only one.
    """
    check_capacity(tx, staff, policy.capacity)
    lease_until = now + policy.lease
    passed_over: list[str] = []
    while True:
        chosen = most_pressing(
            _waiting(tx, without=passed_over),
            specialties=specialties,
            on_shift=on_shift,
            within=policy.specialty_window,
        )
        if chosen is None:
            break
        entry = EntryId(chosen.id)
        if _lock(tx, entry, skip_locked=True):
            claimed = _claim(tx, entry, staff, reason=None, lease_until=lease_until, now=now)
            if claimed is not None:
                return claimed
        passed_over.append(chosen.id)
    for busy in passed_over:
        _lock(tx, EntryId(busy), skip_locked=False)
        claimed = _claim(tx, EntryId(busy), staff, reason=None, lease_until=lease_until, now=now)
        if claimed is not None:
            return claimed
    return None


def _waiting(tx: Transaction, *, without: Sequence[str]) -> list[Candidate]:
    """Not locked: a lock on all of them would tell the other nodes that nobody waits."""
    found = tx.execute(_WAITING, {"without": list(without)}).mappings()
    return [_candidate(row) for row in found]


def _lock(tx: Transaction, entry: EntryId, *, skip_locked: bool) -> bool:
    """Lock the entry's conversation, as every use case does before it touches the entry: taking
    them in one order, no two nodes wait for each other. False when it was skipped.
    """
    return tx.execute(_LOCK_IF_FREE if skip_locked else _LOCK, {KEY: entry}).first() is not None


def take(
    tx: Transaction,
    entry: EntryId,
    staff: StaffId,
    *,
    reason: str | None,
    policy: Policy,
    now: datetime,
) -> RowMapping:
    """Claim one picked entry. Raises AlreadyClaimedError, NotFoundError or AtCapacityError."""
    check_capacity(tx, staff, policy.capacity)
    lease_until = now + policy.lease
    _lock(tx, entry, skip_locked=False)
    claimed = _claim(tx, entry, staff, reason=reason, lease_until=lease_until, now=now)
    if claimed is not None:
        return claimed
    known = tx.execute(select(queue_entries.c.id).where(queue_entries.c.id == entry)).first()
    raise AlreadyClaimedError if known else NotFoundError


def _candidate(row: RowMapping) -> Candidate:
    return Candidate(
        id=row["id"],
        priority=Priority(row["priority"]),
        queued_at=row["queued_at"],
        sort_at=row["sort_at"],
        specialties=tuple(row["specialties"]),
    )


def _claim(
    tx: Transaction,
    entry: EntryId,
    staff: StaffId,
    *,
    reason: str | None,
    lease_until: datetime,
    now: datetime,
) -> RowMapping | None:
    written = {
        KEY: entry,
        "state": EntryState.CLAIMED.value,
        "claimed_by": staff,
        "lease_until": lease_until,
    }
    claimed = tx.execute(_CLAIM, written).mappings().first()
    if claimed is None:
        return None
    _write_claim(tx, claimed, staff=staff, reason=reason, now=now)
    return claimed


def _write_claim(
    tx: Transaction, entry: RowMapping, *, staff: StaffId, reason: str | None, now: datetime
) -> None:
    tx.execute(
        adding(claims),
        {
            "entry_id": entry["id"],
            "version": entry["claim_version"],
            "staff_id": staff,
            "conversation_id": entry["conversation_id"],
            "taken_at": now,
            "reason": reason,
            "ended_at": None,
            "ended_how": None,
        },
    )


def check_capacity(tx: Transaction, staff: StaffId, capacity: int) -> None:
    if tx.execute(_HOLDING, {KEY: staff}).scalar_one() >= capacity:
        raise AtCapacityError


def renew(
    tx: Transaction,
    entry: EntryId,
    staff: StaffId,
    *,
    version: ClaimVersion,
    lease_until: datetime,
) -> RowMapping:
    """Raises NotYoursError when the claim has passed to somebody else or back to the queue."""
    values = {"lease_until": lease_until}
    return _held_update(tx, _OWN, entry, staff=staff, version=version, values=values)


def give_back(tx: Transaction, entry: RowMapping, *, how: str, now: datetime) -> RowMapping:
    """Back to the front of its priority, waiting time unbroken.

    The caller has checked whose it is. Raises NotYoursError when the claim has passed on, or was
    renewed, since `entry` was read.
    """
    front = tx.execute(
        select(func.min(queue_entries.c.sort_at)).where(
            _IS_WAITING,
            queue_entries.c.priority == entry["priority"],
        )
    ).scalar()
    ahead = min(entry["sort_at"], front - FRONT) if front else entry["sort_at"]
    values = {
        "state": EntryState.WAITING.value,
        "claimed_by": None,
        "lease_until": None,
        "sort_at": ahead,
        "acknowledged_by": None,
    }
    statement = (
        update(queue_entries)
        .where(
            queue_entries.c.id == entry["id"],
            _IS_CLAIMED,
            queue_entries.c.claim_version == entry["claim_version"],
            queue_entries.c.lease_until == entry["lease_until"],
        )
        .values(**values)
        .returning(*queue_entries.c)
    )
    returned = tx.execute(statement).mappings().first()
    if returned is None:
        raise NotYoursError
    end_claim(tx, returned, how=how, now=now)
    return returned


def pass_on(
    tx: Transaction,
    entry: EntryId,
    staff: StaffId,
    *,
    to: StaffId,
    version: ClaimVersion,
    policy: Policy,
    now: datetime,
) -> RowMapping:
    """From one holder straight to another: never in the queue between, due time unbroken.

    Raises NotYoursError when the sender's claim is over, AtCapacityError for the receiver.
    """
    check_capacity(tx, to, policy.capacity)
    values = {"claimed_by": to, "lease_until": now + policy.lease}
    passed = _held_update(tx, _PASS_ON, entry, staff=staff, version=version, values=values)
    tx.execute(
        update(claims)
        .where(claims.c.entry_id == entry, claims.c.version == version)
        .values(ended_at=now, ended_how="transferred")
    )
    _write_claim(tx, passed, staff=to, reason="transfer", now=now)
    return passed


def end_claim(tx: Transaction, entry: RowMapping, *, how: str, now: datetime) -> None:
    tx.execute(
        update(claims)
        .where(
            claims.c.entry_id == entry["id"],
            claims.c.version == entry["claim_version"],
            claims.c.ended_at.is_(None),
        )
        .values(ended_at=now, ended_how=how)
    )


def _held_update(
    tx: Transaction,
    statement: ReturningUpdate[Any],
    entry: EntryId,
    *,
    staff: StaffId,
    version: ClaimVersion,
    values: dict[str, Any],
) -> RowMapping:
    given = {KEY: entry, "holder": staff, "held_version": version, **values}
    held = tx.execute(statement, given).mappings().first()
    if held is None:
        raise NotYoursError
    return held


def expired(connection: Connection, now: datetime) -> list[RowMapping]:
    """Claims whose lease has run out by `now`."""
    return list(connection.execute(_EXPIRED, {"now": now}).mappings())
