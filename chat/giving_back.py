"""A claim ends before the conversation does: back to the front of its priority, the person told."""

from datetime import datetime

from sqlalchemy import RowMapping, select

from chat.enquiries import hand_to_queue
from chat.service import Service
from chat.speaking import say as speak
from chat.staff import SignedIn
from chat.states import Act, next_state
from chat.telling import tell_entry
from chat.transcript import hold, record, tell_state
from handoff import claims
from models.errors import BadCommandError, NotFoundError, NotYoursError
from models.store import Transaction
from models.tables import queue_entries
from models.vocabulary import (
    ClaimVersion,
    ConversationId,
    ConversationState,
    EnquiryId,
    EntryId,
    Speaker,
)


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
    """Not locked: the conversation is locked first, and the guarded update settles a race."""
    statement = select(queue_entries).where(queue_entries.c.id == entry)
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
    held = hold(tx, ConversationId(entry["conversation_id"]))
    returned = claims.give_back(tx, entry, how=how, now=now)
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
    hand_to_queue(tx, EnquiryId(row["enquiry_id"]), due_at=returned["due_at"])
    tell_entry(tx, returned, name="released")
    tell_state(tx, row)
