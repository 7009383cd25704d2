"""Records of their own beside a conversation: a safeguarding concern, a 999 call that we made.

Never changed afterwards; each leaves its task, and the person's side never carries them.
"""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert

from chat import audit
from chat.follow_up import leave_work
from chat.practitioner import holds_or_beside
from chat.service import Service
from chat.staff import SignedIn
from chat.transcript import record
from chat.views import stamp
from handoff.record_forms import record_forms
from models.errors import BadCommandError
from models.facts import ConsoleTold
from models.statements import KEY, where
from models.store import Transaction
from models.tables import emergency_calls, safeguarding_records
from models.vocabulary import ConversationId

_CONCERNS = where(safeguarding_records.c.conversation_id).order_by(safeguarding_records.c.at)
_CALLS = where(emergency_calls.c.conversation_id).order_by(emergency_calls.c.at)


@dataclass(frozen=True, slots=True)
class SafeguardingConcern:
    """Of which kind, about whom, what is feared, what was done, with whom it was shared."""

    category: str
    who: str
    concern: str
    action: str
    shared_with: str | None = None


@dataclass(frozen=True, slots=True)
class CallMade:
    """Which service was called, to where, their number for it, and what was gone through."""

    service: str
    place: str
    incident_reference: str
    checklist: Sequence[str] = ()


async def record_safeguarding(
    service: Service,
    staff: SignedIn,
    *,
    conversation: ConversationId,
    concern: SafeguardingConcern,
) -> dict[str, Any]:
    """Raises NotYoursError for who has no part in the conversation, BadCommandError."""
    if concern.category not in record_forms().categories:
        raise BadCommandError(hint="category")
    now = service.now()

    def work(tx: Transaction) -> dict[str, Any]:
        held = holds_or_beside(tx, staff, conversation)
        row = {**_about(held, staff, now=now), **asdict(concern)}
        tx.execute(insert(safeguarding_records), row)
        _log(tx, held, staff, kind="safeguarding_recorded", record_id=row["id"], now=now)
        leave_work(
            service,
            tx,
            held,
            codes=("SAFEGUARDING",),
            due_at=None,
            now=now,
            detail={"record": row["id"]},
        )
        view = safeguarding_view(row)
        fact = {**view, "conversation": conversation}
        tx.tell(ConsoleTold("safeguarding:recorded", fact, conversation))
        return view

    return await service.store.write(work)


async def record_call(
    service: Service, staff: SignedIn, *, conversation: ConversationId, call: CallMade
) -> dict[str, Any]:
    """Raises NotYoursError, and BadCommandError naming what of the checklist is missing."""
    _check_call(call)
    now = service.now()

    def work(tx: Transaction) -> dict[str, Any]:
        held = holds_or_beside(tx, staff, conversation)
        checked = {name: name in call.checklist for name in record_forms().checklist}
        row = {**_about(held, staff, now=now), **asdict(call), "checklist": checked}
        tx.execute(insert(emergency_calls), row)
        _log(tx, held, staff, kind="emergency_called", record_id=row["id"], now=now)
        leave_work(
            service,
            tx,
            held,
            codes=("EMERGENCY_999_BY_US",),
            due_at=None,
            now=now,
            detail={"incident_reference": call.incident_reference},
        )
        view = call_view(row)
        fact = {**view, "conversation": conversation}
        tx.tell(ConsoleTold("emergency:recorded", fact, conversation))
        return view

    return await service.store.write(work)


def _check_call(call: CallMade) -> None:
    forms = record_forms()
    if call.service not in forms.services:
        raise BadCommandError(hint="service")
    if set(call.checklist) - set(forms.checklist) or forms.missing_checks(call.checklist):
        raise BadCommandError(hint="checklist")


def _about(held: RowMapping, staff: SignedIn, *, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid.uuid4().hex,
        "conversation_id": held["id"],
        "enquiry_id": held["enquiry_id"],
        "at": now,
        "by": staff.id,
        "by_name": staff.name,
    }


def _log(
    tx: Transaction,
    held: RowMapping,
    staff: SignedIn,
    *,
    kind: str,
    record_id: str,
    now: datetime,
) -> None:
    """That there is a record, never what it says."""
    record(tx, held, kind=kind, by=staff.id, now=now, detail={"record": record_id})
    audit.note(
        tx,
        actor=staff.id,
        action=kind,
        subject=held["reference"],
        now=now,
        detail={"record": record_id},
    )


def safeguarding_view(row: RowMapping | dict[str, Any]) -> dict[str, Any]:
    return {
        "record": row["id"],
        "at": stamp(row["at"]),
        "by": row["by"],
        "name": row["by_name"],
        "category": row["category"],
        "who": row["who"],
        "concern": row["concern"],
        "action": row["action"],
        "shared_with": row["shared_with"],
    }


def call_view(row: RowMapping | dict[str, Any]) -> dict[str, Any]:
    return {
        "record": row["id"],
        "at": stamp(row["at"]),
        "by": row["by"],
        "name": row["by_name"],
        "service": row["service"],
        "place": row["place"],
        "incident_reference": row["incident_reference"],
        "checklist": row["checklist"],
    }


def concerns_of(db: Connection, conversation: ConversationId) -> dict[str, Any]:
    """Both kinds, oldest first."""
    of_it = {KEY: conversation}
    return {
        "safeguarding": [safeguarding_view(row) for row in db.execute(_CONCERNS, of_it).mappings()],
        "emergency_calls": [call_view(row) for row in db.execute(_CALLS, of_it).mappings()],
    }
