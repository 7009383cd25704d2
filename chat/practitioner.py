"""What a practitioner does with the queue and a conversation: say, note, catch up, acknowledge.

Every write is fenced by the claim: who no longer holds the conversation writes nothing.
"""

from typing import Any

from sqlalchemy import Connection, RowMapping

from chat import audit, transcript
from chat.enquirer import Transcript
from chat.giving_back import _entry
from chat.need import FIRST_HUMAN
from chat.participants import colleagues_of, may_speak
from chat.rights import check_may_open
from chat.service import Service
from chat.staff import SignedIn
from chat.telling import tell_entry
from chat.transcript import Saying, append, hold, record, seq_of
from chat.views import stamp, state_view
from handoff import queue
from handoff.clocks import meet_clocks
from models.errors import BadCommandError, NotYoursError, TooLongError
from models.facts import NoteAdded
from models.store import Transaction
from models.vocabulary import (
    ClaimVersion,
    ClientRef,
    ConversationId,
    ConversationState,
    EnquiryId,
    EntryId,
    Speaker,
)

NOTE_LENGTH = 4000


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


def holds_or_beside(tx: Transaction, staff: SignedIn, conversation: ConversationId) -> RowMapping:
    """The conversation, locked, for its owner or a colleague who speaks in it.

    Raises NotYoursError.
    """
    row = hold(tx, conversation)
    if row["holder"] != staff.id and not may_speak(tx, conversation, staff.id):
        raise NotYoursError
    return row


def _speaking(
    tx: Transaction, staff: SignedIn, conversation: ConversationId, *, version: ClaimVersion
) -> RowMapping:
    """As fenced, or for a colleague who joined and an owner who is there. Raises NotYoursError."""
    row = hold(tx, conversation)
    if row["holder"] in {None, staff.id} or not may_speak(tx, conversation, staff.id):
        return fenced(tx, staff, conversation, version=version)
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
        row = _speaking(tx, staff, conversation, version=version)
        saying = Saying(Speaker.PRACTITIONER, text, name=staff.name, client_ref=client_ref)
        row = append(tx, row, saying=saying, now=now)
        meet_clocks(tx, EnquiryId(row["enquiry_id"]), prefix=FIRST_HUMAN, now=now)
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


async def since(
    service: Service, staff: SignedIn, *, conversation: ConversationId, seq: int
) -> Transcript:
    """Catch up by number, as the person does. Reading a person's words is audited.

    Raises NotFoundError, also when it is not theirs to see.
    """

    now = service.now()

    def look(db: Connection) -> Transcript:
        row = transcript.read(db, conversation)
        check_may_open(db, staff, row, now=now)
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


async def holds(service: Service, staff: SignedIn, *, conversation: ConversationId) -> bool:
    """Whether this practitioner has the conversation now, or speaks in it beside its owner."""

    def look(db: Connection) -> bool:
        if transcript.read(db, conversation)["holder"] == staff.id:
            return True
        beside = colleagues_of(db, conversation)
        return any(one["speaks"] and one["staff"] == staff.id for one in beside)

    return await service.store.read(look)


async def acknowledge(service: Service, staff: SignedIn, *, entry: EntryId) -> None:
    """An alarm was heard: it is not repeated to everybody. Raises NotFoundError."""

    def work(tx: Transaction) -> None:
        row = _entry(tx, entry)
        changed = queue.acknowledge(tx, row, by=staff.id)
        tell_entry(tx, changed, name="changed")

    await service.store.write(work)
