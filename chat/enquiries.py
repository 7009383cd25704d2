"""The enquiry behind a conversation: who owns it, what is next, by when, how it ended.

Writes rows, decides nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam

from chat.states import ImpossibleActError, statuses_before
from models.statements import KEY, adding, changed, where
from models.store import Transaction
from models.tables import enquiries
from models.vocabulary import (
    ConversationId,
    EnquiryId,
    EnquiryStatus,
    OwnerKind,
    Priority,
    Reference,
)

_CHANGE = changed(enquiries.c.id)
_LEAVING = _CHANGE.where(enquiries.c.status.in_(bindparam("before", expanding=True)))


def open_enquiry(
    tx: Transaction,
    conversation: ConversationId,
    *,
    enquiry: EnquiryId,
    reference: Reference,
    priority: Priority,
    due_at: datetime,
    now: datetime,
) -> None:
    tx.execute(
        adding(enquiries),
        {
            "id": enquiry,
            "reference": reference,
            "conversation_id": conversation,
            "kind": None,
            "status": EnquiryStatus.OPEN.value,
            "clinical": False,
            "priority": priority.value,
            "owner_kind": OwnerKind.BOT.value,
            "owner_id": "bot",
            "next_step": "answer",
            "due_at": due_at,
            "route": None,
            "captured": {},
            "kinds": [],
            "needs": [],
            "outcomes": [],
            "plan_for_person": None,
            "opened_at": now,
            "closed_at": None,
        },
    )


def enquiry_of(reader: Connection | Transaction, enquiry: EnquiryId) -> RowMapping:
    return reader.execute(where(enquiries.c.id), {KEY: enquiry}).mappings().one()


def change_enquiry(tx: Transaction, enquiry: EnquiryId, **values: Any) -> RowMapping:
    """Write the enquiry; yields the row as it now stands. A status is written only where the table
    of moves leads to it. Raises ImpossibleActError, which is a bug.
    """
    statement, given = _CHANGE, {KEY: enquiry, **values}
    if "status" in values:
        statement = _LEAVING
        given["before"] = sorted(statuses_before(EnquiryStatus(values["status"])))
    row = tx.execute(statement, given).mappings().first()
    if row is None:
        raise ImpossibleActError(f"{enquiry} to {values.get('status')}")
    return row


def hand_to(
    tx: Transaction,
    enquiry: EnquiryId,
    *,
    status: EnquiryStatus,
    owner: tuple[OwnerKind, str],
    next_step: str,
    due_at: datetime | None,
    **values: Any,
) -> RowMapping:
    """One owner, one next step, one due time: always written together."""
    return change_enquiry(
        tx,
        enquiry,
        status=status.value,
        owner_kind=owner[0].value,
        owner_id=owner[1],
        next_step=next_step,
        due_at=due_at,
        **values,
    )


def hand_to_queue(
    tx: Transaction, enquiry: EnquiryId, *, due_at: datetime, **values: Any
) -> RowMapping:
    """The practitioners' queue owns it, and the next step is that one of them joins."""
    return hand_to(
        tx,
        enquiry,
        status=EnquiryStatus.WAITING_PERSON,
        owner=(OwnerKind.QUEUE, "practitioners"),
        next_step="practitioner_joins",
        due_at=due_at,
        **values,
    )


def add_outcomes(
    tx: Transaction,
    enquiry: EnquiryId,
    *,
    codes: Iterable[str],
    status: EnquiryStatus,
    now: datetime,
    **values: Any,
) -> RowMapping:
    """Record outcomes; with status closed the enquiry has no next step and no due time any more."""
    known = enquiry_of(tx, enquiry)
    kept = [*known["outcomes"], *(code for code in codes if code not in known["outcomes"])]
    if status is EnquiryStatus.CLOSED:
        values.update(closed_at=now, due_at=None, next_step="none")
    return change_enquiry(tx, enquiry, outcomes=kept, status=status.value, **values)


def add_captured(tx: Transaction, enquiry: EnquiryId, *, found: Mapping[str, Any]) -> RowMapping:
    """Add what was captured; a value once given is only replaced by a new one, never by nothing."""
    known = enquiry_of(tx, enquiry)
    captured = {**known["captured"], **{k: v for k, v in found.items() if v is not None}}
    return change_enquiry(tx, enquiry, captured=captured)


def add_topics(
    tx: Transaction, enquiry: EnquiryId, *, kinds: Iterable[str], needs: Iterable[str]
) -> None:
    known = enquiry_of(tx, enquiry)
    merged_kinds = list(dict.fromkeys([*known["kinds"], *kinds]))
    merged_needs = list(dict.fromkeys([*known["needs"], *needs]))
    if merged_kinds != known["kinds"] or merged_needs != known["needs"]:
        change_enquiry(tx, enquiry, kinds=merged_kinds, needs=merged_needs)
