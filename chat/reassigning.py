"""A supervisor gives a waiting or held conversation to somebody on shift, with a reason."""

from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from chat import audit, participants
from chat.presence import on_shift
from chat.service import Service
from chat.staff import SignedIn, signed_in
from chat.taking import join_from_queue
from chat.transcript import hold
from chat.transferring import change_hands
from handoff import claims
from handoff.queue import open_entry
from models.errors import AlreadyClaimedError, BadCommandError, NotFoundError
from models.store import Transaction
from models.tables import queue_entries, staff_members
from models.vocabulary import ClaimVersion, ConversationId, EntryId, EntryState, StaffId


async def reassign(
    service: Service, staff: SignedIn, *, entry: EntryId, to: StaffId, reason: str
) -> None:
    """Waiting: taken by them. Held: straight from its owner to them. The person is told.

    Raises NotFoundError, AtCapacityError for the receiver, AlreadyClaimedError when they hold it,
    BadCommandError when they are not on shift.
    """
    now = service.now()

    def work(tx: Transaction) -> None:
        receiver = _receiver(service, tx, to, now=now)
        row = _entry(tx, entry)
        if row["claimed_by"] == to:
            raise AlreadyClaimedError
        detail = {"to": to, "from": row["claimed_by"], "reason": reason}
        audit.note(
            tx,
            actor=staff.id,
            action="entry:reassign",
            subject=row["reference"],
            now=now,
            detail=detail,
        )
        participants.part(tx, ConversationId(row["conversation_id"]), to, now=now)
        _give(service, tx, row, receiver, reason=reason, now=now)

    await service.store.write(work)


def _give(
    service: Service,
    tx: Transaction,
    row: RowMapping,
    receiver: SignedIn,
    *,
    reason: str,
    now: datetime,
) -> None:
    entry = EntryId(row["id"])
    if row["state"] == EntryState.WAITING.value:
        taken = claims.take(tx, entry, receiver.id, reason=reason, policy=service.policy, now=now)
        join_from_queue(service, tx, taken, receiver, now=now)
        return
    passed = claims.pass_on(
        tx,
        entry,
        StaffId(row["claimed_by"]),
        to=receiver.id,
        version=ClaimVersion(row["claim_version"]),
        policy=service.policy,
        now=now,
    )
    change_hands(service, tx, passed, receiver, action="entry:given", now=now)


def _entry(tx: Transaction, entry: EntryId) -> RowMapping:
    """The open entry, its conversation locked before it. Raises NotFoundError."""
    statement = select(queue_entries.c.conversation_id).where(queue_entries.c.id == entry)
    conversation = tx.execute(statement).scalar()
    if conversation is None:
        raise NotFoundError
    hold(tx, ConversationId(conversation))
    row = open_entry(tx, ConversationId(conversation))
    if row is None or row["id"] != entry:
        raise NotFoundError
    return row


def _receiver(service: Service, tx: Transaction, to: StaffId, *, now: datetime) -> SignedIn:
    if to not in {row["staff_id"] for row in on_shift(service, tx, now)}:
        raise BadCommandError(hint="to")
    return colleague(tx.connection, to)


def colleague(db: Connection, staff: StaffId) -> SignedIn:
    """Somebody else by id. Raises NotFoundError."""
    row = db.execute(select(staff_members).where(staff_members.c.id == staff)).mappings().first()
    if row is None:
        raise NotFoundError
    return signed_in(row)
