"""A message arrives: numbered, screened by the rules, stored with its reading, and put to be
attended — one transaction.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, insert, select

from chat.access import digest
from chat.enquiries import change_enquiry, enquiry_of, open_enquiry
from chat.passing import QUIET, Need, bring_person, reasons_from
from chat.references import new_reference, plain_resume_code
from chat.service import Service
from chat.speaking import say
from chat.states import Act, next_state
from chat.transcript import Saying, append, hold, record, seq_of, tell_state
from handoff.timers import set_timer
from models.facts import WorkAdded
from models.readings import FirstReading, Signal
from models.store import Transaction
from models.tables import conversations, enquiries, outbox, participants, readings
from models.vocabulary import (
    AuthorType,
    ClientRef,
    ConversationId,
    ConversationState,
    EnquiryId,
    EnquiryStatus,
    OwnerKind,
    Priority,
    Reference,
    Speaker,
    highest,
)

ATTEND = "attend"
URGENT_BUTTON = "urgent"
LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Inbound:
    """A readable text with what the rules found.

    `refused` is the finding on a longer text it was cut from.
    """

    text: str
    client_ref: ClientRef
    first: FirstReading
    choice: str | None = None
    refused: FirstReading | None = None


def begin(
    service: Service,
    tx: Transaction,
    *,
    author: AuthorType | None,
    client_ref: ClientRef | None,
    now: datetime,
) -> RowMapping:
    """A new conversation with its enquiry and greeting; the one already begun with this
    `client_ref`, if any.
    """
    if client_ref is not None:
        known = tx.execute(
            select(conversations.c.id).where(conversations.c.start_ref == client_ref)
        ).scalar()
        if known is not None:
            return hold(tx, ConversationId(known))
    conversation = ConversationId(uuid.uuid4().hex)
    enquiry = EnquiryId(uuid.uuid4().hex)
    reference = _free_reference(tx, now)
    _insert_conversation(
        service, tx, conversation, enquiry, reference, author=author, start_ref=client_ref, now=now
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
    set_timer(
        tx, conversation, kind=QUIET, subject=conversation, due_at=now + service.policy.quiet_plain
    )
    row = record(tx, hold(tx, conversation), kind="opened", by="enquirer", now=now)
    return say(service, tx, row, wording_id="greet.first", now=now)


def _insert_conversation(
    service: Service,
    tx: Transaction,
    conversation: ConversationId,
    enquiry: EnquiryId,
    reference: Reference,
    *,
    author: AuthorType | None,
    start_ref: str | None,
    now: datetime,
) -> None:
    tx.execute(
        insert(conversations),
        {
            "id": conversation,
            "reference": reference,
            "start_ref": start_ref,
            "token_hash": digest(service.keys.token(conversation)),
            "resume_hash": digest(plain_resume_code(service.keys.resume_code(conversation))),
            "state": ConversationState.WITH_BOT.value,
            "priority": Priority.NONE.value,
            "author": author.value if author else None,
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
) -> RowMapping:
    """Somebody came back to a closed conversation.

    After a clinical one within the window: straight to the queue.
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
        asks=None,
        form=None,
        form_asks=None,
        holder=None,
        holder_name=None,
    )
    set_timer(
        tx,
        ConversationId(row["id"]),
        kind=QUIET,
        subject=row["id"],
        due_at=now + service.policy.quiet_plain,
    )
    closed_at = held["closed_at"]
    recent = closed_at is not None and now - closed_at <= service.policy.return_window
    if before["clinical"] and recent:
        need = Need(highest(priority, Priority.URGENT), wording_id="greet.return.clinical")
        return bring_person(service, tx, row, need=need, now=now)
    tell_state(tx, row)
    return row


def arrive(
    service: Service, tx: Transaction, held: RowMapping, *, inbound: Inbound, now: datetime
) -> Mapping[str, Any]:
    """Keep the message.

    Yields its `seq` and `at`; those of the first keeping, when it came before.
    """
    conversation = ConversationId(held["id"])
    kept = seq_of(tx, conversation, inbound.client_ref)
    if kept is not None:
        return {"seq": kept["seq"], "at": kept["at"]}
    row = held
    if ConversationState(row["state"]) is ConversationState.CLOSED:
        row = begin_again(service, tx, row, now=now)
    stood = {"asks": row["asks"], "in_crisis_script": row["crisis_step"] is not None}
    row = append(
        tx,
        row,
        saying=Saying(
            Speaker.ENQUIRER, inbound.text, client_ref=inbound.client_ref, choice=inbound.choice
        ),
        now=now,
        first_message_at=row["first_message_at"] or now,
        last_enquirer_at=now,
        left_at=None,
    )
    seq = row["last_seq"]
    _keep_reading(tx, row, inbound=inbound, now=now)
    _reopen_enquiry(service, tx, row, now=now)
    _raise_if_red(service, tx, row, inbound=inbound, now=now)
    put_to_attend(tx, conversation, seq=seq, stood=stood, now=now)
    return {"seq": seq, "at": now}


def _keep_reading(tx: Transaction, row: RowMapping, *, inbound: Inbound, now: datetime) -> None:
    first = inbound.first
    found = highest(first.priority, inbound.refused.priority if inbound.refused else Priority.NONE)
    tx.execute(
        insert(readings),
        {
            "conversation_id": row["id"],
            "seq": row["last_seq"],
            "at": now,
            "first_priority": found.value,
            "first_failed": first.failed,
            "concern": first.concern.value,
            "signals": [_signal(signal) for signal in first.signals],
            "second_at": None,
            "second_priority": None,
            "second_unsure": False,
            "second_fault": None,
            "priority": found.value,
        },
    )


def _signal(signal: Signal) -> dict[str, Any]:
    return {
        "id": signal.id,
        "start": signal.start,
        "end": signal.end,
        "why": signal.reason,
        "priority": signal.priority.value,
    }


def _reopen_enquiry(service: Service, tx: Transaction, row: RowMapping, *, now: datetime) -> None:
    """Something further after an answer: the enquiry is open again until this too has ended."""
    if ConversationState(row["state"]) is not ConversationState.WITH_BOT:
        return
    enquiry = EnquiryId(row["enquiry_id"])
    status = tx.execute(select(enquiries.c.status).where(enquiries.c.id == enquiry)).scalar_one()
    if status == EnquiryStatus.CLOSED.value:
        change_enquiry(
            tx,
            enquiry,
            status=EnquiryStatus.OPEN.value,
            owner_kind=OwnerKind.BOT.value,
            owner_id="bot",
            next_step="answer",
            due_at=now + service.policy.quiet_plain_close,
            closed_at=None,
        )


def _raise_if_red(
    service: Service, tx: Transaction, row: RowMapping, *, inbound: Inbound, now: datetime
) -> None:
    """The crisis path starts in the storing transaction: priority, queue entry, clocks, then the
    fixed words.
    """
    found = highest(
        inbound.first.priority,
        inbound.refused.priority if inbound.refused else Priority.NONE,
        _pressed(service, inbound),
    )
    if not found.is_red:
        return
    signals = inbound.first.signals
    reasons = reasons_from(signals, seq=row["last_seq"], text=inbound.text)
    need = Need(found, reasons=reasons, concern=inbound.first.concern)
    bring_person(service, tx, row, need=need, now=now)


def _pressed(service: Service, inbound: Inbound) -> Priority:
    """A button that asks for urgent help is a safety signal as words are (RT-02)."""
    meaning = service.choices.get(inbound.choice) if inbound.choice else None
    urgent = meaning is not None and meaning.action == URGENT_BUTTON
    return Priority.VERY_URGENT if urgent else Priority.NONE


def put_to_attend(
    tx: Transaction, conversation: ConversationId, *, seq: int, stood: dict[str, Any], now: datetime
) -> None:
    """Promise, with the transaction, that this message will be read by the second reader and
    attended to.
    """
    work = {
        "kind": ATTEND,
        "conversation_id": conversation,
        "seq": seq,
        "detail": stood,
        "created_at": now,
        "lease_until": now + LEASE,
        "attempts": 0,
        "done_at": None,
    }
    number = tx.execute(insert(outbox).returning(outbox.c.id), work).scalar_one()
    tx.tell(WorkAdded(conversation, int(number)))
