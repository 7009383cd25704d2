"""How long a conversation is kept, and which may be erased now. Erases nothing.

Nothing that is still open may be: no enquiry, task, clock, place in the queue or legal hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Table,
    and_,
    exists,
    func,
    or_,
    select,
)

from chat.references import LONDON
from handoff.policy import Policy
from models.tables import (
    clocks,
    conversations,
    emergency_calls,
    enquiries,
    legal_holds,
    queue_entries,
    safeguarding_records,
    tasks,
)
from models.vocabulary import (
    ConversationId,
    ConversationState,
    EnquiryStatus,
    EntryState,
    Kind,
)

PAGE = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation with the rule that says how long, and when that ends."""

    conversation: ConversationId
    reference: str
    rule: str
    until: datetime


def due(db: Connection, policy: Policy, *, now: datetime) -> list[Kept]:
    """What may be erased now, oldest first; one page."""
    statement = (
        select(conversations)
        .where(_may_be_due(policy, now), *nothing_open())
        .order_by(conversations.c.closed_at)
    )
    found: list[Kept] = []
    for row in db.execute(statement).mappings():
        kept = kept_until(db, row, policy)
        if kept.until <= now:
            found.append(kept)
        if len(found) == PAGE:
            break
    return found


def _may_be_due(policy: Policy, now: datetime) -> ColumnElement[bool]:
    """Leaves out in the store what cannot be due, so that a day's look stays short."""
    closed, told = conversations.c.closed_at, conversations.c.first_message_at
    plain = ~_has(enquiries, enquiries.c.clinical.is_(True))
    return or_(
        and_(told.is_(None), closed <= now - policy.keep_empty),
        and_(plain, closed <= now - policy.keep_plain),
        closed <= now - policy.keep_clinical,
    )


def nothing_open() -> list[ColumnElement[bool]]:
    """Of a conversation: conditions that all hold when nobody is owed anything any more."""
    running = (
        clocks.c.met_at.is_(None),
        clocks.c.missed_at.is_(None),
        clocks.c.stopped_at.is_(None),
    )
    return [
        conversations.c.state == ConversationState.CLOSED.value,
        conversations.c.closed_at.is_not(None),
        ~_has(enquiries, enquiries.c.status != EnquiryStatus.CLOSED.value),
        ~_has(tasks, tasks.c.done_at.is_(None)),
        ~_has(clocks, *running),
        ~_has(queue_entries, queue_entries.c.state != EntryState.DONE.value),
        ~_has(legal_holds, legal_holds.c.released_at.is_(None)),
    ]


def _has(table: Table, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    its_own = table.c.conversation_id == conversations.c.id
    return exists().where(its_own, *conditions).correlate(conversations)


def kept_until(db: Connection, conversation: RowMapping, policy: Policy) -> Kept:
    """By the strictest rule that fits any enquiry of it, from the last thing that happened."""
    its_own = select(enquiries).where(enquiries.c.conversation_id == conversation["id"])
    found = db.execute(its_own).mappings().all()
    rule, period = _rule(db, conversation, found, policy)
    last = max(
        at
        for at in (
            conversation["closed_at"],
            *(row["closed_at"] for row in found),
            db.execute(_last_task(conversation)).scalar(),
        )
        if at is not None
    )
    until = last + period
    if rule == "clinical":
        grown = [_grown_up(row["captured"].get("dob_or_age"), policy) for row in found]
        until = max([until, *(at for at in grown if at is not None)])
    return Kept(ConversationId(conversation["id"]), conversation["reference"], rule, until)


def _rule(
    db: Connection, conversation: RowMapping, found: Sequence[RowMapping], policy: Policy
) -> tuple[str, timedelta]:
    told = any(
        db.execute(
            select(func.count()).where(table.c.conversation_id == conversation["id"])
        ).scalar_one()
        for table in (safeguarding_records, emergency_calls)
    )
    if told or any(row["clinical"] for row in found):
        return "clinical", policy.keep_clinical
    if any(Kind.COMPLAINT_FEEDBACK.value in (*row["kinds"], row["kind"]) for row in found):
        return "complaint", policy.keep_complaint
    if conversation["first_message_at"] is not None:
        return "plain", policy.keep_plain
    return "empty", policy.keep_empty


def _grown_up(born: object, policy: Policy) -> datetime | None:
    """The birthday until which a child's record is kept, when the date of birth is known."""
    try:
        day = date.fromisoformat(str(born))
    except ValueError:
        return None
    year = day.year + policy.keep_child_until_age
    leap = (day.month, day.day) == (2, 29)
    birthday = date(year, 3, 1) if leap else day.replace(year=year)
    return datetime(birthday.year, birthday.month, birthday.day, tzinfo=LONDON)


def _last_task(conversation: RowMapping) -> Select[Any]:
    return select(func.max(tasks.c.done_at)).where(tasks.c.conversation_id == conversation["id"])
