"""What a practitioner does with the queue and a conversation: take, say, note, raise or lower, give
back.

Every write is fenced by the claim: who no longer holds the conversation writes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from chat import audit, transcript
from chat.briefings import brief
from chat.enquirer import Transcript
from chat.enquiries import hand_to
from chat.passing import FIRST_HUMAN, tell_entry
from chat.presence import on_shift
from chat.service import Service
from chat.speaking import say as speak
from chat.staff import SignedIn
from chat.states import Act, next_state
from chat.transcript import Saying, append, hold, record, seq_of, tell_state
from chat.views import entry_view, stamp, state_view
from handoff import claims, queue
from handoff.clocks import meet_clocks
from handoff.ratchet import check_lowering
from models.errors import BadCommandError, NotFoundError, NotYoursError, TooLongError
from models.facts import NoteAdded
from models.store import Transaction
from models.tables import queue_entries
from models.vocabulary import (
    ClaimVersion,
    ClientRef,
    ConversationId,
    ConversationState,
    EnquiryId,
    EnquiryStatus,
    EntryId,
    OwnerKind,
    Priority,
    Speaker,
    StaffId,
)

NOTE_LENGTH = 4000


@dataclass(frozen=True, slots=True)
class Taken:
    """What a practitioner holds after taking: the entry, the fence and how long it lasts without
    renewal.
    """

    entry: dict[str, Any]
    conversation: ConversationId
    claim_version: ClaimVersion
    lease_until: str
    briefing: dict[str, Any]


async def snapshot(service: Service) -> dict[str, Any]:
    """The queue as it stands: snapshot + facts numbered after `event` = the next snapshot."""

    def work(db: Connection) -> dict[str, Any]:
        return {
            "entries": [entry_view(row) for row in queue.in_order(db)],
            "event": queue.fact_number(db),
        }

    return await service.store.read(work)


async def take_next(service: Service, staff: SignedIn) -> Taken | None:
    """The most pressing waiting entry, or None. Raises AtCapacityError."""
    now = service.now()

    def work(tx: Transaction) -> RowMapping | None:
        entry = claims.take_next(
            tx,
            staff.id,
            specialties=staff.specialties,
            on_shift=_others_specialties(service, tx, staff, now=now),
            policy=service.policy,
            now=now,
        )
        return None if entry is None else _join(service, tx, entry, staff, now=now)

    entry = await service.store.write(work)
    return None if entry is None else await _taken(service, entry)


def _others_specialties(
    service: Service, tx: Transaction, staff: SignedIn, *, now: datetime
) -> set[str]:
    return {
        specialty
        for row in on_shift(service, tx, now)
        if row["staff_id"] != staff.id
        for specialty in row["specialties"]
    }


async def take(service: Service, staff: SignedIn, *, entry: EntryId, reason: str | None) -> Taken:
    """Pick one. Raises AlreadyClaimedError, AtCapacityError or NotFoundError."""
    now = service.now()

    def work(tx: Transaction) -> RowMapping:
        claimed = claims.take(
            tx,
            entry,
            staff.id,
            reason=reason,
            policy=service.policy,
            now=now,
        )
        return _join(service, tx, claimed, staff, now=now)

    return await _taken(service, await service.store.write(work))


def _join(
    service: Service, tx: Transaction, entry: RowMapping, staff: SignedIn, *, now: datetime
) -> RowMapping:
    held = hold(tx, ConversationId(entry["conversation_id"]))
    row = record(
        tx,
        held,
        kind="entry_taken",
        by=staff.id,
        now=now,
        detail={"entry": entry["id"], "claim_version": entry["claim_version"]},
        state=next_state(ConversationState(held["state"]), Act.CLAIMED).value,
        holder=staff.id,
        holder_name=staff.name,
        claim_version=entry["claim_version"],
        asks=None,
        crisis_step=None,
    )
    audit.note(tx, actor=staff.id, action="entry:take", subject=row["reference"], now=now)
    row = speak(
        service,
        tx,
        row,
        wording_id="handoff.joined",
        now=now,
        speaker=Speaker.SYSTEM,
        params={"first_name": staff.name, "role": staff.title},
    )
    hand_to(
        tx,
        EnquiryId(row["enquiry_id"]),
        status=EnquiryStatus.WITH_PERSON,
        owner=(OwnerKind.STAFF, staff.id),
        next_step="practitioner_talks",
        due_at=entry["due_at"],
    )
    tell_entry(tx, entry, name="taken")
    tell_state(tx, row)
    return entry


async def _taken(service: Service, entry: RowMapping) -> Taken:
    conversation = ConversationId(entry["conversation_id"])
    briefing = await service.store.read(lambda db: brief(service, db, conversation, entry))
    return Taken(
        entry=entry_view(entry),
        conversation=conversation,
        claim_version=ClaimVersion(entry["claim_version"]),
        lease_until=stamp(entry["lease_until"]),
        briefing=briefing,
    )


async def renew(service: Service, staff: SignedIn, *, entry: EntryId, version: ClaimVersion) -> str:
    """Keep the claim alive; yields until when. Raises NotYoursError when it has passed on."""
    until = service.now() + service.policy.lease
    renewed = await service.store.write(
        lambda tx: claims.renew(tx, entry, staff.id, version=version, lease_until=until)
    )
    return stamp(renewed["lease_until"])


async def release(
    service: Service, staff: SignedIn, *, entry: EntryId, version: ClaimVersion, reason: str
) -> None:
    """Back to the front of its priority, the person told. Raises NotYoursError."""
    if not reason.strip():
        raise BadCommandError(hint="reason")
    now = service.now()

    def work(tx: Transaction) -> None:
        held = _entry(tx, entry)
        if held["claimed_by"] != staff.id or held["claim_version"] != version:
            raise NotYoursError
        put_back(service, tx, held, how="released", by=staff.id, reason=reason, now=now)

    await service.store.write(work)


def _entry(tx: Transaction, entry: EntryId) -> RowMapping:
    statement = select(queue_entries).where(queue_entries.c.id == entry).with_for_update()
    row = tx.execute(statement).mappings().first()
    if row is None:
        raise NotFoundError
    return row


def put_back(
    service: Service,
    tx: Transaction,
    entry: RowMapping,
    *,
    how: str,
    by: str,
    now: datetime,
    reason: str | None = None,
) -> None:
    """The entry returns to the front of its priority and the person is told why it is quiet."""
    returned = claims.give_back(tx, entry, how=how, now=now)
    held = hold(tx, ConversationId(entry["conversation_id"]))
    gone = held["holder_name"] or ""
    row = record(
        tx,
        held,
        kind="entry_released",
        by=by,
        now=now,
        detail={"entry": entry["id"], "how": how, "reason": reason},
        state=next_state(ConversationState(held["state"]), Act.GIVEN_BACK).value,
        holder=None,
        holder_name=None,
        waiting_since=now,
    )
    row = speak(
        service,
        tx,
        row,
        wording_id="handoff.away",
        now=now,
        speaker=Speaker.SYSTEM,
        params={"first_name": gone},
    )
    hand_to(
        tx,
        EnquiryId(row["enquiry_id"]),
        status=EnquiryStatus.WAITING_PERSON,
        owner=(OwnerKind.QUEUE, "practitioners"),
        next_step="practitioner_joins",
        due_at=returned["due_at"],
    )
    tell_entry(tx, returned, name="released")
    tell_state(tx, row)


def fenced(
    tx: Transaction,
    staff: SignedIn,
    conversation: ConversationId,
    *,
    version: ClaimVersion | None,
) -> RowMapping:
    """The conversation, locked, if this practitioner holds it by this claim.

    Raises NotYoursError.
    """
    row = hold(tx, conversation)
    stale = version is not None and row["claim_version"] != version
    talking = ConversationState(row["state"]) in {
        ConversationState.WITH_PRACTITIONER,
        ConversationState.ON_PHONE,
    }
    if row["holder"] != staff.id or stale or not talking:
        raise NotYoursError
    return row


async def say(
    service: Service,
    staff: SignedIn,
    *,
    conversation: ConversationId,
    client_ref: ClientRef,
    text: str,
    version: ClaimVersion,
) -> tuple[int, str]:
    """Write to the person.

    Sent twice it is kept once. Raises NotYoursError, TooLongError, BadCommandError.
    """
    if not text.strip():
        raise BadCommandError(hint="text is empty")
    if len(text) > service.policy.message_length:
        raise TooLongError
    now = service.now()

    def work(tx: Transaction) -> tuple[int, str]:
        kept = seq_of(tx, conversation, client_ref)
        if kept is not None:
            return kept["seq"], stamp(kept["at"])
        row = fenced(tx, staff, conversation, version=version)
        saying = Saying(Speaker.PRACTITIONER, text, name=staff.name, client_ref=client_ref)
        row = append(tx, row, saying=saying, now=now)
        meet_clocks(tx, conversation, prefixes=(FIRST_HUMAN,), now=now)
        return row["last_seq"], stamp(now)

    return await service.store.write(work)


async def note(
    service: Service, staff: SignedIn, *, conversation: ConversationId, text: str
) -> dict[str, Any]:
    """A private note: in the event log, never on the person's side."""
    if not text.strip() or len(text) > NOTE_LENGTH:
        raise BadCommandError(hint="text")
    now = service.now()

    def work(tx: Transaction) -> dict[str, Any]:
        row = record(
            tx,
            hold(tx, conversation),
            kind="note_added",
            by=staff.id,
            now=now,
            detail={"text": text, "name": staff.name},
        )
        added = {
            "event": row["last_event"],
            "at": stamp(now),
            "by": staff.id,
            "name": staff.name,
            "text": text,
        }
        tx.tell(NoteAdded(conversation, added))
        return added

    return await service.store.write(work)


async def set_priority(
    service: Service,
    staff: SignedIn,
    *,
    conversation: ConversationId,
    priority: Priority,
    reason: str,
) -> None:
    """A named practitioner may lower, with a reason; anyone on the console may raise.

    Raises NotAllowedError.
    """
    now = service.now()

    def work(tx: Transaction) -> None:
        row = hold(tx, conversation)
        before = Priority(row["priority"])
        check_lowering(before, priority, role=staff.role, reason=reason)
        row = record(
            tx,
            row,
            kind="priority_set",
            by=staff.id,
            now=now,
            detail={"from": before.value, "to": priority.value, "reason": reason},
            priority=priority.value,
        )
        audit.note(
            tx,
            actor=staff.id,
            action="priority:set",
            subject=row["reference"],
            now=now,
            detail={"from": before.value, "to": priority.value},
        )
        entry = queue.open_entry(tx, conversation)
        if entry is not None:
            changed = queue.lower(tx, entry, priority=priority, policy=service.policy)
            tell_entry(tx, changed, name="changed")

    await service.store.write(work)


async def since(
    service: Service, staff: SignedIn, *, conversation: ConversationId, seq: int
) -> Transcript:
    """Catch up by number, as the person does. Reading a person's words is audited."""

    def look(db: Connection) -> Transcript:
        row = transcript.read(db, conversation)
        return Transcript(transcript.since(db, conversation, seq), state_view(row))

    found = await service.store.read(look)
    await note_reading(service, staff, reference=found.state["reference"])
    return found


async def note_reading(service: Service, staff: SignedIn, *, reference: str) -> None:
    now = service.now()
    await service.store.write(
        lambda tx: audit.note(
            tx, actor=staff.id, action="conversation:read", subject=reference, now=now
        )
    )


async def holding(service: Service, staff: StaffId) -> list[Taken]:
    """What this practitioner holds now: for a console that comes back after a lost link."""

    def look(db: Connection) -> list[RowMapping]:
        statement = select(queue_entries).where(
            queue_entries.c.claimed_by == staff, queue_entries.c.state == "claimed"
        )
        return list(db.execute(statement).mappings())

    return [await _taken(service, entry) for entry in await service.store.read(look)]


async def holds(service: Service, staff: SignedIn, *, conversation: ConversationId) -> bool:
    """Whether this practitioner has the conversation now."""
    row = await service.store.read(lambda db: transcript.read(db, conversation))
    return bool(row["holder"] == staff.id)


async def acknowledge(service: Service, staff: SignedIn, *, entry: EntryId) -> None:
    """An alarm was heard: it is not repeated to everybody. Raises NotFoundError."""

    def work(tx: Transaction) -> None:
        row = _entry(tx, entry)
        changed = queue.acknowledge(tx, row, by=staff.id)
        tell_entry(tx, changed, name="changed")

    await service.store.write(work)
