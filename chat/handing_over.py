"""The end of a shift: one signed action offers all of a person's conversations to a colleague.

Accepted, all change hands; refused or run out, each goes to the front of its queue.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from chat import audit
from chat.giving_back import put_back
from chat.presence import on_shift
from chat.service import Service
from chat.staff import SignedIn
from chat.taking import Taken, taken_view
from chat.transcript import hold
from chat.transferring import change_hands
from chat.views import stamp
from handoff import claims
from handoff.timers import set_timer
from models.errors import AtCapacityError, BadCommandError, NotFoundError
from models.facts import ConsoleTold
from models.store import Transaction
from models.tables import hand_overs, queue_entries, staff_members
from models.vocabulary import ClaimVersion, ConversationId, EntryId, EntryState, StaffId

HAND_OVER = "hand_over"
NO_CONVERSATION = ConversationId("")


@dataclass(frozen=True, slots=True)
class Wish:
    """To whom, what they must know, and the sender's own name as a signature."""

    to: StaffId
    summary: str
    signed: str


async def offer(service: Service, staff: SignedIn, wish: Wish) -> dict[str, Any]:
    """Raises BadCommandError when the signature is not theirs, they hold nothing or the colleague
    is not on shift, AtCapacityError when the colleague could not hold them all.
    """
    if wish.signed.strip().casefold() != staff.name.casefold():
        raise BadCommandError(hint="signed")
    now = service.now()

    def work(tx: Transaction) -> dict[str, Any]:
        entries = _held_by(tx.connection, staff.id)
        if not entries:
            raise BadCommandError(hint="nothing_held")
        _check_could(service, tx, staff, wish.to, count=len(entries), now=now)
        _end_open(tx, staff.id, now=now)
        row = _write(service, tx, staff, wish, entries=entries, now=now)
        set_timer(tx, NO_CONVERSATION, kind=HAND_OVER, subject=row["id"], due_at=row["expires_at"])
        audit.note(
            tx,
            actor=staff.id,
            action="shift:hand_over",
            subject=wish.to,
            now=now,
            detail={"references": [entry["reference"] for entry in entries]},
        )
        view = offered_view(row, staff.name)
        tx.tell(ConsoleTold("hand_over:offered", view, staff=(wish.to,)))
        return view

    return await service.store.write(work)


def _held_by(db: Connection, staff: StaffId) -> list[RowMapping]:
    """Most pressing first."""
    statement = (
        select(queue_entries)
        .where(
            queue_entries.c.claimed_by == staff, queue_entries.c.state == EntryState.CLAIMED.value
        )
        .order_by(queue_entries.c.rank, queue_entries.c.sort_at)
    )
    return list(db.execute(statement).mappings())


def _check_could(
    service: Service, tx: Transaction, staff: SignedIn, to: StaffId, *, count: int, now: datetime
) -> None:
    if to == staff.id or to not in {row["staff_id"] for row in on_shift(service, tx, now)}:
        raise BadCommandError(hint="to.id")
    if len(_held_by(tx.connection, to)) + count > service.policy.capacity:
        raise AtCapacityError


def _end_open(tx: Transaction, staff: StaffId, *, now: datetime) -> None:
    """One offer at a time: a new one withdraws the one before."""
    tx.execute(
        update(hand_overs)
        .where(hand_overs.c.from_staff == staff, hand_overs.c.ended_at.is_(None))
        .values(ended_at=now, ended_how="withdrawn")
    )


def _write(
    service: Service,
    tx: Transaction,
    staff: SignedIn,
    wish: Wish,
    *,
    entries: list[RowMapping],
    now: datetime,
) -> RowMapping:
    row = {
        "id": uuid.uuid4().hex,
        "from_staff": staff.id,
        "to_staff": wish.to,
        "signed": staff.name,
        "summary": wish.summary,
        "entries": [_item(entry) for entry in entries],
        "offered_at": now,
        "expires_at": now + service.policy.transfer_wait,
        "ended_at": None,
        "ended_how": None,
        "answer_reason": None,
    }
    return tx.execute(insert(hand_overs).returning(*hand_overs.c), row).mappings().one()


def _item(entry: RowMapping) -> dict[str, Any]:
    return {
        "entry": entry["id"],
        "claim_version": entry["claim_version"],
        "reference": entry["reference"],
        "priority": entry["priority"],
    }


async def accept(service: Service, staff: SignedIn, *, hand_over: str) -> list[Taken]:
    """All that the sender still holds, or none. Raises NotFoundError, AtCapacityError."""
    now = service.now()

    def work(tx: Transaction) -> list[RowMapping]:
        row = _open_to(tx, hand_over, staff)
        passed = []
        for held in _still_held(tx, row):
            entry = claims.pass_on(
                tx,
                EntryId(held["id"]),
                StaffId(row["from_staff"]),
                to=staff.id,
                version=ClaimVersion(held["claim_version"]),
                policy=service.policy,
                now=now,
            )
            change_hands(service, tx, entry, staff, action="hand_over:accept", now=now)
            passed.append(entry)
        _end(tx, row, how="accepted", now=now)
        return passed

    return [await taken_view(service, entry) for entry in await service.store.write(work)]


async def refuse(service: Service, staff: SignedIn, *, hand_over: str, reason: str | None) -> None:
    """Each goes to the front of its queue. Raises NotFoundError, BadCommandError."""
    if not (reason or "").strip():
        raise BadCommandError(hint="reason")
    now = service.now()

    def work(tx: Transaction) -> None:
        row = _open_to(tx, hand_over, staff)
        _give_all_back(service, tx, row, how="refused", reason=reason, now=now)

    await service.store.write(work)


def expire(service: Service, tx: Transaction, hand_over: str, *, now: datetime) -> None:
    """Nobody answered in time."""
    statement = (
        select(hand_overs)
        .where(hand_overs.c.id == hand_over, hand_overs.c.ended_at.is_(None))
        .with_for_update()
    )
    row = tx.execute(statement).mappings().first()
    if row is not None:
        _give_all_back(service, tx, row, how="expired", reason=None, now=now)


def _give_all_back(
    service: Service,
    tx: Transaction,
    row: RowMapping,
    *,
    how: str,
    reason: str | None,
    now: datetime,
) -> None:
    """The last first, so that the most pressing of them is at the very front."""
    for held in reversed(_still_held(tx, row)):
        put_back(service, tx, held, how=f"hand_over_{how}", by=row["from_staff"], now=now)
    _end(tx, row, how=how, reason=reason, now=now)


def _open_to(tx: Transaction, hand_over: str, staff: SignedIn) -> RowMapping:
    statement = (
        select(hand_overs)
        .where(
            hand_overs.c.id == hand_over,
            hand_overs.c.to_staff == staff.id,
            hand_overs.c.ended_at.is_(None),
        )
        .with_for_update()
    )
    row = tx.execute(statement).mappings().first()
    if row is None:
        raise NotFoundError
    return row


def _still_held(tx: Transaction, row: RowMapping) -> list[RowMapping]:
    """What the sender offered and still holds by the same claim, all their conversations locked
    before anything else is: always in the same order, as another may want several of them too.
    """
    offered = {item["entry"]: item["claim_version"] for item in row["entries"]}
    held = _held_by(tx.connection, StaffId(row["from_staff"]))
    for conversation in sorted(one["conversation_id"] for one in held if one["id"] in offered):
        hold(tx, ConversationId(conversation))
    return [
        entry
        for entry in _held_by(tx.connection, StaffId(row["from_staff"]))
        if offered.get(entry["id"]) == entry["claim_version"]
    ]


def _end(
    tx: Transaction, row: RowMapping, *, how: str, now: datetime, reason: str | None = None
) -> None:
    tx.execute(
        update(hand_overs)
        .where(hand_overs.c.id == row["id"])
        .values(ended_at=now, ended_how=how, answer_reason=reason)
    )
    told = {"hand_over": row["id"], "how": how, "reason": reason}
    both = (row["from_staff"], row["to_staff"])
    tx.tell(ConsoleTold("hand_over:ended", told, staff=both))


def offered_to(db: Connection, staff: StaffId) -> list[dict[str, Any]]:
    """Open offers to this person: for a console that comes back."""
    statement = (
        select(hand_overs, staff_members.c.name)
        .join(staff_members, staff_members.c.id == hand_overs.c.from_staff)
        .where(hand_overs.c.to_staff == staff, hand_overs.c.ended_at.is_(None))
        .order_by(hand_overs.c.offered_at)
    )
    return [offered_view(row, row["name"]) for row in db.execute(statement).mappings()]


def offered_view(row: RowMapping, name: str) -> dict[str, Any]:
    return {
        "hand_over": row["id"],
        "from": {"id": row["from_staff"], "name": name},
        "to": row["to_staff"],
        "summary": row["summary"],
        "entries": [
            {"reference": item["reference"], "priority": item["priority"]}
            for item in row["entries"]
        ],
        "expires_at": stamp(row["expires_at"]),
    }
