"""A conversation begins, or begins again when somebody comes back to a closed one."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, insert, select

from chat.access import digest
from chat.enquiries import enquiry_of, open_enquiry
from chat.need import QUIET, Need
from chat.references import new_reference, plain_resume_code
from chat.service import Service
from chat.speaking import say
from chat.states import Act, next_state
from chat.transcript import NOTHING_ASKED, hold, record, tell_state
from handoff.timers import set_timer
from models.store import Transaction
from models.tables import conversations, participants
from models.vocabulary import (
    AuthorType,
    ClientRef,
    ConversationId,
    ConversationState,
    EnquiryId,
    Priority,
    Reference,
    Speaker,
    highest,
)


@dataclass(frozen=True, slots=True)
class Opening:
    """Who writes, under which reference of their page, and the keyed hash of where from."""

    author: AuthorType | None
    client_ref: ClientRef | None
    address_hash: str | None = None


def begin(service: Service, tx: Transaction, opening: Opening, *, now: datetime) -> RowMapping:
    """A new conversation with its enquiry and greeting; the one already begun with this
    `client_ref`, if any.
    """
    if opening.client_ref is not None:
        known = tx.execute(
            select(conversations.c.id).where(conversations.c.start_ref == opening.client_ref)
        ).scalar()
        if known is not None:
            return hold(tx, ConversationId(known))
    row = open_unspoken(service, tx, opening, by="enquirer", now=now)
    _expect_words(service, tx, ConversationId(row["id"]), now=now)
    return say(service, tx, row, wording_id="greet.first", now=now)


def open_unspoken(
    service: Service, tx: Transaction, opening: Opening, *, by: str, now: datetime
) -> RowMapping:
    """A new conversation with its enquiry, in which nothing is said and no words are awaited."""
    conversation = ConversationId(uuid.uuid4().hex)
    enquiry = EnquiryId(uuid.uuid4().hex)
    reference = _free_reference(tx, now)
    _insert_conversation(
        service,
        tx,
        conversation,
        enquiry=enquiry,
        reference=reference,
        opening=opening,
        now=now,
    )
    open_enquiry(
        tx,
        conversation,
        enquiry=enquiry,
        reference=reference,
        priority=Priority.NONE,
        due_at=now + service.policy.quiet_plain_close,
        now=now,
    )
    _insert_enquirer(tx, conversation, now=now)
    return record(tx, hold(tx, conversation), kind="opened", by=by, now=now)


def _insert_conversation(
    service: Service,
    tx: Transaction,
    conversation: ConversationId,
    *,
    enquiry: EnquiryId,
    reference: Reference,
    opening: Opening,
    now: datetime,
) -> None:
    tx.execute(
        insert(conversations),
        {
            "id": conversation,
            "reference": reference,
            "start_ref": opening.client_ref,
            "address_hash": opening.address_hash,
            "token_hash": digest(service.keys.token(conversation)),
            "resume_hash": digest(plain_resume_code(service.keys.resume_code(conversation))),
            "state": ConversationState.WITH_BOT.value,
            "priority": Priority.NONE.value,
            "author": opening.author.value if opening.author else None,
            "enquiry_id": enquiry,
            "last_seq": 0,
            "last_event": 0,
            "claim_version": 0,
            "doubts": 0,
            "ambers": 0,
            "misses": 0,
            "episode": 1,
            "timers_version": 0,
            "opened_at": now,
        },
    )


def _insert_enquirer(tx: Transaction, conversation: ConversationId, *, now: datetime) -> None:
    tx.execute(
        insert(participants),
        {
            "conversation_id": conversation,
            "who": "enquirer",
            "speaker": Speaker.ENQUIRER.value,
            "name": None,
            "joined_at": now,
            "left_at": None,
        },
    )


def _expect_words(
    service: Service, tx: Transaction, conversation: ConversationId, *, now: datetime
) -> None:
    """Silence is noticed from here on."""
    due_at = now + service.policy.quiet_plain
    set_timer(tx, conversation, kind=QUIET, subject=conversation, due_at=due_at)


def _free_reference(tx: Transaction, now: datetime) -> Reference:
    """References are short: look before taking. The unique constraint settles the rest."""
    while True:
        reference = new_reference(now)
        taken = tx.execute(
            select(conversations.c.id).where(conversations.c.reference == reference)
        ).first()
        if taken is None:
            return reference


def begin_again(
    service: Service, tx: Transaction, held: RowMapping, *, now: datetime
) -> tuple[RowMapping, Need | None]:
    """Somebody came back to a closed conversation: a new enquiry, with the bot.

    After a clinical one within the window it is the queue at once: the need that says so.
    """
    before = enquiry_of(tx, EnquiryId(held["enquiry_id"]))
    enquiry = EnquiryId(uuid.uuid4().hex)
    priority = Priority(held["priority"])
    open_enquiry(
        tx,
        ConversationId(held["id"]),
        enquiry=enquiry,
        reference=Reference(held["reference"]),
        priority=priority,
        due_at=now + service.policy.quiet_plain_close,
        now=now,
    )
    row = record(
        tx,
        held,
        kind="came_back",
        by="enquirer",
        now=now,
        state=next_state(ConversationState.CLOSED, Act.CAME_BACK).value,
        enquiry_id=enquiry,
        episode=held["episode"] + 1,
        closed_at=None,
        left_at=None,
        crisis_step=None,
        **NOTHING_ASKED,
        holder=None,
        holder_name=None,
    )
    _expect_words(service, tx, ConversationId(row["id"]), now=now)
    if before["clinical"] and _is_recent(service, held["closed_at"], now=now):
        return row, Need(highest(priority, Priority.URGENT), clinical=True, comes_back=True)
    tell_state(tx, row)
    return row, None


def _is_recent(service: Service, closed_at: datetime | None, *, now: datetime) -> bool:
    return closed_at is not None and now - closed_at <= service.policy.return_window
