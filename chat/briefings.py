"""Gathers the rows behind a briefing; what a briefing shows is decided in handoff.briefing."""

from typing import Any

from sqlalchemy import Column, Connection, RowMapping, Table, select

from chat.enquiries import enquiry_of
from chat.live_parts import live_parts
from chat.service import Service
from chat.views import clock_view, message_view, stamp
from handoff import briefing
from handoff.clocks import clocks_of
from models.tables import conversations, enquiries, events, messages, readings
from models.vocabulary import ConversationId, EnquiryId


def brief(
    service: Service, db: Connection, conversation: ConversationId, entry: RowMapping
) -> dict[str, Any]:
    """What a practitioner reads before the first word."""
    found = db.execute(select(conversations).where(conversations.c.id == conversation))
    row = found.mappings().one()
    enquiry = enquiry_of(db, EnquiryId(row["enquiry_id"]))
    material = briefing.Material(
        reference=row["reference"],
        priority=entry["priority"],
        author=row["author"],
        messages=[
            message_view(message)
            for message in _rows(db, messages, conversation, order=messages.c.seq)
        ],
        reasons=entry["reasons"],
        readings=[
            {"seq": reading["seq"], "signals": reading["signals"]}
            for reading in _rows(db, readings, conversation, order=readings.c.seq)
        ],
        captured=enquiry["captured"],
        labels=service.capture.labels(),
        needs=enquiry["needs"],
        clocks=[
            clock_view(clock)
            for clock in clocks_of(db, EnquiryId(enquiry["id"]))
            if clock["stopped_at"] is None
        ],
        earlier=_earlier(db, conversation, now=EnquiryId(enquiry["id"])),
        notes=_notes(db, conversation),
    )
    return {**briefing.compose(material), **live_parts(db, conversation)}


def _rows(
    db: Connection, table: Table, conversation: ConversationId, *, order: Column[Any]
) -> list[RowMapping]:
    statement = select(table).where(table.c.conversation_id == conversation).order_by(order)
    return list(db.execute(statement).mappings())


def _earlier(
    db: Connection, conversation: ConversationId, *, now: EnquiryId
) -> list[dict[str, Any]]:
    statement = (
        select(enquiries)
        .where(enquiries.c.conversation_id == conversation, enquiries.c.id != now)
        .order_by(enquiries.c.opened_at)
    )
    return [
        {
            "reference": row["reference"],
            "at": stamp(row["opened_at"]),
            "outcomes": row["outcomes"],
        }
        for row in db.execute(statement).mappings()
    ]


def _notes(db: Connection, conversation: ConversationId) -> list[dict[str, Any]]:
    statement = (
        select(events)
        .where(events.c.conversation_id == conversation, events.c.kind == "note_added")
        .order_by(events.c.event)
    )
    return [
        {"event": row["event"], "at": stamp(row["at"]), "by": row["by"], **(row["detail"] or {})}
        for row in db.execute(statement).mappings()
    ]
