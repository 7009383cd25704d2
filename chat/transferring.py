"""A practitioner offers the conversation to a colleague, who accepts or refuses.

The sender owns it until somebody accepts: refused or run out, nothing has moved.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from chat import audit
from chat.enquiries import hand_to
from chat.practitioner import fenced
from chat.presence import on_shift
from chat.service import Service
from chat.speaking import say as speak
from chat.staff import SignedIn
from chat.states import Act, next_state
from chat.taking import Taken, taken_view
from chat.telling import raise_alarm, tell_entry
from chat.transcript import hold, record, tell_state
from chat.views import stamp
from handoff import claims, transfers
from handoff.hand_offs import hand_offs_of
from handoff.queue import open_entry
from handoff.timers import set_timer
from models.errors import BadCommandError, NotFoundError, NotYoursError
from models.facts import TransferTold
from models.store import Transaction
from models.vocabulary import (
    ClaimVersion,
    ConversationId,
    ConversationState,
    EnquiryId,
    EnquiryStatus,
    EntryId,
    OwnerKind,
    Speaker,
    StaffId,
)

TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Offer:
    """To whom (`kind` staff or specialty), why, and what the next one must know."""

    kind: str
    id: str
    reason: str
    summary: str


async def offer(
    service: Service, staff: SignedIn, *, conversation: ConversationId, offer: Offer
) -> dict[str, Any]:
    """Raises NotYoursError, and BadCommandError when nobody on shift could accept."""
    now = service.now()

    def work(tx: Transaction) -> dict[str, Any]:
        held = fenced(tx, staff, conversation, version=None)
        entry = open_entry(tx, conversation)
        if entry is None:
            raise NotYoursError
        _check_somebody_there(service, tx, staff, offer, now=now)
        row = transfers.make_offer(
            tx,
            conversation_id=conversation,
            enquiry_id=held["enquiry_id"],
            entry_id=entry["id"],
            claim_version=entry["claim_version"],
            from_staff=staff.id,
            to_kind=offer.kind,
            to_id=offer.id,
            reason=offer.reason,
            summary=offer.summary,
            offered_at=now,
            expires_at=now + service.policy.transfer_wait,
        )
        set_timer(tx, conversation, kind=TRANSFER, subject=row["id"], due_at=row["expires_at"])
        _record(tx, held, row, kind="transfer_offered", by=staff.id, now=now)
        heard_by = (offer.id,) if offer.kind == "staff" else None
        tx.tell(TransferTold("offered", offered_view(row, held), heard_by))
        made = hand_offs_of(tx, EnquiryId(held["enquiry_id"]))
        return {
            "transfer": row["id"],
            "expires_at": stamp(row["expires_at"]),
            "hand_offs": made,
            "warning": made + 1 >= service.policy.transfer_warning,
        }

    return await service.store.write(work)


def _check_somebody_there(
    service: Service, tx: Transaction, staff: SignedIn, offer: Offer, *, now: datetime
) -> None:
    there = [row for row in on_shift(service, tx, now) if row["staff_id"] != staff.id]
    could = [
        row
        for row in there
        if (
            row["staff_id"] == offer.id if offer.kind == "staff" else offer.id in row["specialties"]
        )
    ]
    if not could:
        raise BadCommandError(hint="to.id")


async def refuse(service: Service, staff: SignedIn, *, transfer: str, reason: str | None) -> None:
    """It stays with the sender, who is told why. Raises NotFoundError, BadCommandError."""
    if not (reason or "").strip():
        raise BadCommandError(hint="reason")
    now = service.now()

    def work(tx: Transaction) -> None:
        _asked(tx, transfer, staff)
        _end(tx, transfer, how="refused", now=now, by=staff.id, reason=reason)

    await service.store.write(work)


def expire(tx: Transaction, transfer: str, *, now: datetime) -> None:
    """Nobody answered in time: it stays with the sender, who is told."""
    _end(tx, transfer, how="expired", now=now)


def _end(
    tx: Transaction,
    transfer: str,
    *,
    how: str,
    now: datetime,
    by: str | None = None,
    reason: str | None = None,
) -> RowMapping | None:
    held = hold(tx, transfers.conversation_of(tx, transfer))
    row = transfers.end_offer(tx, transfer, how=how, now=now, by=by, reason=reason)
    if row is None:
        return None
    _record(tx, held, row, kind=f"transfer_{how}", by=by or "clock", now=now)
    told = {
        "transfer": row["id"],
        "conversation": row["conversation_id"],
        "how": how,
        "reason": reason,
    }
    tx.tell(TransferTold("ended", told, (row["from_staff"],)))
    return row


async def accept(service: Service, staff: SignedIn, *, transfer: str) -> Taken:
    """From the sender straight to this practitioner, and the person is told.

    Raises NotFoundError, AtCapacityError, or NotYoursError when the sender no longer holds it.
    """
    now = service.now()

    def work(tx: Transaction) -> RowMapping:
        asked = _asked(tx, transfer, staff)
        entry = claims.pass_on(
            tx,
            EntryId(asked["entry_id"]),
            StaffId(asked["from_staff"]),
            to=staff.id,
            version=ClaimVersion(asked["claim_version"]),
            policy=service.policy,
            now=now,
        )
        _end(tx, transfer, how="accepted", now=now, by=staff.id)
        change_hands(service, tx, entry, staff, action="transfer:accept", now=now)
        return entry

    return await taken_view(service, await service.store.write(work))


def _asked(tx: Transaction, transfer: str, staff: SignedIn) -> RowMapping:
    """The open offer, its conversation locked before it. Raises NotFoundError: an offer to others
    is not theirs to see, and nobody accepts their own.
    """
    hold(tx, transfers.conversation_of(tx, transfer))
    asked = transfers.open_offer(tx, transfer)
    by_name = asked["to_kind"] == "staff" and asked["to_id"] == staff.id
    by_specialty = asked["to_kind"] == "specialty" and asked["to_id"] in staff.specialties
    if asked["from_staff"] == staff.id or not (by_name or by_specialty):
        raise NotFoundError
    return asked


def change_hands(
    service: Service,
    tx: Transaction,
    entry: RowMapping,
    staff: SignedIn,
    *,
    action: str,
    now: datetime,
) -> None:
    """After the claim was passed on: owner, state, enquiry, and the person told. `action` is what
    the audit calls it.
    """
    held = hold(tx, ConversationId(entry["conversation_id"]))
    sender = held["holder_name"] or ""
    row = record(
        tx,
        held,
        kind="entry_passed_on",
        by=staff.id,
        now=now,
        detail={"entry": entry["id"], "claim_version": entry["claim_version"]},
        state=next_state(ConversationState(held["state"]), Act.PASSED_ON).value,
        holder=staff.id,
        holder_name=staff.name,
        claim_version=entry["claim_version"],
    )
    audit.note(tx, actor=staff.id, action=action, subject=row["reference"], now=now)
    row = speak(
        service,
        tx,
        row,
        wording_id="handoff.transfer",
        now=now,
        speaker=Speaker.SYSTEM,
        params={"first_name": sender, "next_name": staff.name},
    )
    enquiry = EnquiryId(row["enquiry_id"])
    _own(tx, enquiry, staff, due_at=entry["due_at"])
    tell_entry(tx, entry, name="taken")
    if hand_offs_of(tx, enquiry) >= service.policy.transfer_warning:
        raise_alarm(tx, entry, kind="many_hand_offs")
    tell_state(tx, row)


def _own(tx: Transaction, enquiry: EnquiryId, staff: SignedIn, *, due_at: datetime) -> None:
    hand_to(
        tx,
        enquiry,
        status=EnquiryStatus.WITH_PERSON,
        owner=(OwnerKind.STAFF, staff.id),
        next_step="practitioner_talks",
        due_at=due_at,
    )


def _record(
    tx: Transaction, held: RowMapping, row: RowMapping, *, kind: str, by: str, now: datetime
) -> None:
    detail = {
        "transfer": row["id"],
        "to": {"kind": row["to_kind"], "id": row["to_id"]},
        "reason": row["answer_reason"] if row["ended_how"] else row["reason"],
    }
    record(tx, held, kind=kind, by=by, now=now, detail=detail)


def offered_view(row: RowMapping, held: RowMapping) -> dict[str, Any]:
    return {
        "transfer": row["id"],
        "conversation": row["conversation_id"],
        "reference": held["reference"],
        "priority": held["priority"],
        "from": {"id": row["from_staff"], "name": held["holder_name"]},
        "to": {"kind": row["to_kind"], "id": row["to_id"]},
        "reason": row["reason"],
        "summary": row["summary"],
        "expires_at": stamp(row["expires_at"]),
    }
