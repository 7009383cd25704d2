"""Writes down how a message was read: the second reading, what was understood, what was told by
the way. Decides nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam

from chat import transcript
from chat.enquiries import add_captured, add_topics, enquiry_of
from chat.reading import Read
from models.readings import FirstReading, Intent, Signal, Understanding, Verdict
from models.statements import KEY, changing
from models.store import Transaction
from models.tables import readings
from models.vocabulary import Concern, ConversationId, EnquiryId, FieldId, Priority

NARRATIVE = "narrative"
_READ_SECOND = changing(readings.c.conversation_id).where(
    readings.c.seq == bindparam("of_seq"), readings.c.second_at.is_(None)
)
# How many words of which message tell what is going on, and not only what is wanted.
_TELLING: Mapping[Intent, int] = {
    Intent.CLINICAL: 3,
    Intent.NAVIGATION: 3,
    Intent.INFORMATION: 3,
    Intent.COMPLAINT: 8,
}


def first_reading(row: RowMapping) -> FirstReading:
    """The first reading as it was stored."""
    return FirstReading(
        priority=Priority(row["first_priority"]),
        signals=tuple(
            Signal(s["id"], s["start"], s["end"], s["why"], Priority(s["priority"]))
            for s in row["signals"]
        ),
        concern=Concern(row["concern"]),
        failed=row["first_failed"],
    )


def record_second(
    tx: Transaction, reading: RowMapping, read: Read, verdict: Verdict, *, now: datetime
) -> bool:
    """Write the second reading once. False when a run before this one did."""
    second = read.second
    signals = [
        {"id": s.id, "start": s.start, "end": s.end, "why": s.reason, "priority": s.priority.value}
        for s in verdict.signals
    ]
    written = {
        KEY: reading["conversation_id"],
        "of_seq": reading["seq"],
        "second_at": now,
        "second_priority": second.priority.value,
        "second_unsure": second.unsure,
        "second_fault": second.fault.value if second.fault else None,
        "priority": verdict.priority.value,
        "signals": signals,
    }
    return tx.execute(_READ_SECOND, written).rowcount == 1


def note_understanding(
    tx: Transaction,
    held: RowMapping,
    read: Read,
    verdict: Verdict,
    *,
    message: RowMapping,
    newly_read: bool,
) -> RowMapping:
    understanding = read.understanding
    enquiry = EnquiryId(held["enquiry_id"])
    add_topics(
        tx,
        enquiry,
        kinds=[kind.value for kind in understanding.kinds],
        needs=[need.value for need in understanding.needs],
    )
    if understanding.details:
        add_captured(tx, enquiry, found=_plain(understanding.details))
    if newly_read:
        _note_narrative(tx, enquiry, message, understanding)
    changes: dict[str, Any] = {}
    if understanding.author is not None and held["author"] is None:
        changes["author"] = understanding.author.value
    if newly_read and verdict.doubt:
        changes["ambers"] = held["ambers"] + 1
    if not changes:
        return held
    return transcript.change(tx, ConversationId(held["id"]), **changes)


def _note_narrative(
    tx: Transaction, enquiry: EnquiryId, message: RowMapping, understanding: Understanding
) -> None:
    """What is going on, as they first told it, so that nobody need say it again."""
    fewest = _TELLING.get(understanding.intent)
    is_answer = understanding.answer is not None and understanding.answer.value is not None
    if fewest is None or is_answer or message["choice"]:
        return
    known = enquiry_of(tx, enquiry)["captured"]
    if known.get(NARRATIVE) is None and len(message["text"].split()) >= fewest:
        add_captured(tx, enquiry, found={NARRATIVE: message["text"]})


def _plain(found: Mapping[FieldId, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in found.items()}
