"""A message arrives: numbered, screened by the rules, stored with its reading, and put to be
attended — one transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from chat.beginning import begin_again
from chat.enquiries import change_enquiry, enquiry_of
from chat.need import Need, reasons_from
from chat.outbox import put_to_attend
from chat.passing import bring_person
from chat.service import Service
from chat.transcript import Saying, append, seq_of
from models.readings import FirstReading, Signal
from models.statements import adding
from models.store import Transaction
from models.tables import readings
from models.vocabulary import (
    ClientRef,
    ConversationId,
    ConversationState,
    EnquiryId,
    EnquiryStatus,
    OwnerKind,
    Priority,
    Speaker,
    highest,
)

URGENT_BUTTON = "urgent"


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
    row, back = held, None
    if ConversationState(row["state"]) is ConversationState.CLOSED:
        row, back = begin_again(service, tx, row, now=now)
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
    need = _danger(service, row, inbound) or back
    if need is not None:
        bring_person(service, tx, row, need=need, now=now)
    put_to_attend(tx, conversation, seq=seq, stood=stood, now=now)
    return {"seq": seq, "at": now}


def _keep_reading(tx: Transaction, row: RowMapping, *, inbound: Inbound, now: datetime) -> None:
    first = inbound.first
    found = highest(first.priority, inbound.refused.priority if inbound.refused else Priority.NONE)
    tx.execute(
        adding(readings),
        {
            "conversation_id": row["id"],
            "seq": row["last_seq"],
            "at": now,
            "first_priority": found.value,
            "first_failed": first.failed,
            "concern": first.concern.value,
            "signals": [signal_kept(signal) for signal in first.signals],
            "second_at": None,
            "second_priority": None,
            "second_unsure": False,
            "second_fault": None,
            "priority": found.value,
        },
    )


def signal_kept(signal: Signal) -> dict[str, Any]:
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
    if enquiry_of(tx, enquiry)["status"] == EnquiryStatus.CLOSED.value:
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


def _danger(service: Service, row: RowMapping, inbound: Inbound) -> Need | None:
    """Red by the rules or a button: the crisis path starts in the storing transaction."""
    found = highest(
        inbound.first.priority,
        inbound.refused.priority if inbound.refused else Priority.NONE,
        _pressed(service, inbound),
    )
    if not found.is_red:
        return None
    reasons = reasons_from(inbound.first.signals, seq=row["last_seq"], text=inbound.text)
    return Need(found, reasons=reasons, concern=inbound.first.concern)


def _pressed(service: Service, inbound: Inbound) -> Priority:
    """A button that asks for urgent help is a safety signal as words are (RT-02)."""
    meaning = service.choices.get(inbound.choice) if inbound.choice else None
    urgent = meaning is not None and meaning.action == URGENT_BUTTON
    return Priority.VERY_URGENT if urgent else Priority.NONE
