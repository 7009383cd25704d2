"""An enquiry as staff may read it, in the contract's shape. Every such reading is audited."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from chat import audit, fhir, held
from chat.rights import check_may_open
from chat.roles import roles
from chat.service import Service
from chat.staff import SignedIn
from chat.views import clock_view, event_view, message_view, stamp
from handoff.clocks import clocks_of, explanations_of
from handoff.hand_offs import hand_offs_of
from models.errors import NotFoundError
from models.store import Transaction
from models.tables import conversations, enquiries, events, messages
from models.vocabulary import ConversationId, EnquiryId

READ = "record:read"


async def enquiry(service: Service, staff: SignedIn, *, reference: str) -> dict[str, Any]:
    """The newest enquiry under this reference, with the fields this role sees.

    Raises NotFoundError, NotAllowedError.
    """
    roles().check_action(staff.role, READ)
    now = service.now()
    found = await service.store.read(
        lambda db: _enquiry(db, _conversation(db, staff, reference, now=now))
    )
    await _note(service, staff, action="enquiry:read", reference=reference)
    return roles().shown(staff.role, found)


async def messages_of(service: Service, staff: SignedIn, *, reference: str) -> list[dict[str, Any]]:
    """Every message under this reference. Raises NotFoundError, NotAllowedError."""
    roles().check_action(staff.role, READ)
    now = service.now()

    def look(db: Connection) -> list[dict[str, Any]]:
        return _messages(db, _conversation(db, staff, reference, now=now))

    found = await service.store.read(look)
    await _note(service, staff, action="conversation:read", reference=reference)
    return found


async def as_fhir(service: Service, staff: SignedIn, *, reference: str) -> dict[str, Any]:
    """The same as HL7 FHIR R4, for systems that take referrals. Raises as `enquiry` does."""
    roles().check_action(staff.role, READ)
    now = service.now()

    def look(db: Connection) -> dict[str, Any]:
        row = _conversation(db, staff, reference, now=now)
        return fhir.bundle(_enquiry(db, row), _messages(db, row))

    found = await service.store.read(look)
    await _note(service, staff, action="enquiry:fhir", reference=reference)
    return found


def export(tx: Transaction, reference: str, *, now: datetime, is_fhir: bool) -> dict[str, Any]:
    """All that is held of an enquiry, as whoever answers a person's request to see it needs it.

    Noted in the audit log. Raises NotFoundError.
    """
    row = _by_reference(tx.connection, reference)
    record, said = _enquiry(tx.connection, row), _messages(tx.connection, row)
    how = {"as": "fhir" if is_fhir else "json"}
    audit.note(
        tx, actor="operator", action="enquiry:export", subject=reference, now=now, detail=how
    )
    if is_fhir:
        return fhir.bundle(record, said)
    kept = held.rows(tx.connection, ConversationId(row["id"]))
    return {**record, "messages": said, "rows": kept}


def _messages(db: Connection, conversation: RowMapping) -> list[dict[str, Any]]:
    statement = select(messages).where(messages.c.conversation_id == conversation["id"])
    ordered = statement.order_by(messages.c.seq)
    return [message_view(message) for message in db.execute(ordered).mappings()]


def _by_reference(db: Connection, reference: str) -> RowMapping:
    statement = select(conversations).where(conversations.c.reference == reference)
    row = db.execute(statement).mappings().first()
    if row is None:
        raise NotFoundError(hint="nobody has that reference")
    return row


def _conversation(db: Connection, staff: SignedIn, reference: str, *, now: datetime) -> RowMapping:
    """Raises NotFoundError, also when it is not theirs to see."""
    row = _by_reference(db, reference)
    check_may_open(db, staff, row, now=now)
    return row


def _enquiry(db: Connection, conversation: RowMapping) -> dict[str, Any]:
    row = (
        db.execute(select(enquiries).where(enquiries.c.id == conversation["enquiry_id"]))
        .mappings()
        .one()
    )
    logged = db.execute(
        select(events)
        .where(events.c.conversation_id == conversation["id"])
        .order_by(events.c.event)
    )
    return {
        "reference": conversation["reference"],
        "priority": conversation["priority"],
        "status": row["status"],
        "owner": {"kind": row["owner_kind"], "id": row["owner_id"]},
        "next_step": row["next_step"],
        "due_at": stamp(row["due_at"]) if row["due_at"] else None,
        "captured": row["captured"],
        "author": conversation["author"],
        "kind": row["kind"],
        "kinds": row["kinds"],
        "needs": row["needs"],
        "outcomes": row["outcomes"],
        "route": row["route"],
        "clocks": _clocks(db, EnquiryId(row["id"])),
        "hand_offs": hand_offs_of(db, EnquiryId(row["id"])),
        "conversations": [
            {
                "conversation": conversation["id"],
                "state": conversation["state"],
                "opened_at": stamp(conversation["opened_at"]),
                "last_seq": conversation["last_seq"],
            }
        ],
        "events": [event_view(event) for event in logged.mappings()],
    }


def _clocks(db: Connection, enquiry: EnquiryId) -> list[dict[str, Any]]:
    """Each clock with what was said about its miss, if it was missed and somebody explained it."""
    said: dict[str, list[dict[str, Any]]] = {}
    for row in explanations_of(db, enquiry):
        told = {"at": stamp(row["at"]), "by": row["by"], "reason": row["reason"]}
        said.setdefault(row["clock_id"], []).append(told)
    return [
        {"clock": clock["id"], **clock_view(clock), "explained": said.get(clock["id"], [])}
        for clock in clocks_of(db, enquiry)
    ]


async def _note(service: Service, staff: SignedIn, *, action: str, reference: str) -> None:
    now = service.now()
    await service.store.write(
        lambda tx: audit.note(tx, actor=staff.id, action=action, subject=reference, now=now)
    )


def check_may_see_queue(staff: SignedIn) -> None:
    """Raises NotAllowedError."""
    roles().check_action(staff.role, "queue:read")
