"""Gathers the rows behind a briefing; what a briefing shows is decided in handoff.briefing."""

from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam

from chat.enquiries import enquiry_of
from chat.live_parts import live_parts
from chat.service import Service
from chat.transcript import read
from chat.views import clock_view, message_view, stamp
from handoff import briefing
from handoff.clocks import clocks_of
from models.statements import KEY, where
from models.tables import enquiries, events, messages, readings
from models.vocabulary import ConversationId, EnquiryId

_MESSAGES = where(messages.c.conversation_id).order_by(messages.c.seq)
_READINGS = where(readings.c.conversation_id).order_by(readings.c.seq)
_EARLIER = (
    where(enquiries.c.conversation_id)
    .where(enquiries.c.id != bindparam("now"))
    .order_by(enquiries.c.opened_at)
)
_NOTES = (
    where(events.c.conversation_id).where(events.c.kind == "note_added").order_by(events.c.event)
)


def brief(
    service: Service, db: Connection, conversation: ConversationId, entry: RowMapping
) -> dict[str, Any]:
    """What a practitioner reads before the first word."""
    row = read(db, conversation)
    enquiry = enquiry_of(db, EnquiryId(row["enquiry_id"]))
    of_it = {KEY: conversation}
    material = briefing.Material(
        reference=row["reference"],
        priority=entry["priority"],
        author=row["author"],
        messages=[message_view(message) for message in db.execute(_MESSAGES, of_it).mappings()],
        reasons=entry["reasons"],
        readings=[
            {"seq": reading["seq"], "signals": reading["signals"]}
            for reading in db.execute(_READINGS, of_it).mappings()
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


def _earlier(
    db: Connection, conversation: ConversationId, *, now: EnquiryId
) -> list[dict[str, Any]]:
    return [
        {
            "reference": row["reference"],
            "at": stamp(row["opened_at"]),
            "outcomes": row["outcomes"],
        }
        for row in db.execute(_EARLIER, {KEY: conversation, "now": now}).mappings()
    ]


def _notes(db: Connection, conversation: ConversationId) -> list[dict[str, Any]]:
    return [
        {"event": row["event"], "at": stamp(row["at"]), "by": row["by"], **(row["detail"] or {})}
        for row in db.execute(_NOTES, {KEY: conversation}).mappings()
    ]
