"""What staff add around a live conversation: judgements of the screen, concerns, emergency calls,
hand-overs of a shift, limits of senders, the surge. Rows alone.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcTime, table_of


class ScreeningReview(SQLModel, table=True):
    """What a practitioner thought of the screen's reading of one message. Added to, never changed;
    the newest of each person counts.
    """

    __tablename__ = "screening_review"
    id: str = Field(primary_key=True)
    conversation_id: str = Field(index=True, foreign_key="conversation.id")
    seq: int
    at: datetime = Field(sa_type=UtcTime)
    by: str
    verdict: str
    should_be: str | None = None


class SafeguardingRecord(SQLModel, table=True):
    """A safeguarding concern, a record of its own. Never changed: what is new is a new record."""

    __tablename__ = "safeguarding_record"
    id: str = Field(primary_key=True)
    conversation_id: str = Field(index=True, foreign_key="conversation.id")
    enquiry_id: str = Field(index=True, foreign_key="enquiry.id")
    at: datetime = Field(sa_type=UtcTime)
    by: str
    by_name: str
    category: str
    who: str
    concern: str
    action: str
    shared_with: str | None = None


class EmergencyCall(SQLModel, table=True):
    """A call to 999 that we made for a person: to whom, where to, and what the checklist found."""

    __tablename__ = "emergency_call"
    id: str = Field(primary_key=True)
    conversation_id: str = Field(index=True, foreign_key="conversation.id")
    enquiry_id: str = Field(index=True, foreign_key="enquiry.id")
    at: datetime = Field(sa_type=UtcTime)
    by: str
    by_name: str
    service: str
    place: str
    incident_reference: str
    checklist: dict[str, Any] = Field(sa_type=JSON)


class HandOver(SQLModel, table=True):
    """All conversations of one person offered to a colleague at the end of a shift, signed once.

    `entries` are the ones held then, each with its claim. At most one open offer a sender.
    """

    __tablename__ = "hand_over"
    __table_args__ = (
        Index(
            "ix_hand_over_open",
            "from_staff",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    id: str = Field(primary_key=True)
    from_staff: str
    to_staff: str
    signed: str
    summary: str
    entries: list[Any] = Field(sa_type=JSON)
    offered_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_how: str | None = None
    answer_reason: str | None = None


class SenderLimit(SQLModel, table=True):
    """A conversation, or all from its address, limited by a supervisor; at most one open a subject.

    `subject` is the conversation's id or the keyed hash of an address.
    """

    __tablename__ = "sender_limit"
    __table_args__ = (
        Index(
            "ix_sender_limit_open",
            "subject",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )
    id: str = Field(primary_key=True)
    subject: str
    kind: str
    conversation_id: str = Field(index=True, foreign_key="conversation.id")
    at: datetime = Field(sa_type=UtcTime)
    by: str
    reason: str
    lifted_at: datetime | None = Field(default=None, sa_type=UtcTime)
    lifted_by: str | None = None
    lifted_why: str | None = None


class Surge(SQLModel, table=True):
    """Turned on or off by a supervisor, with a reason. The newest row is how it stands."""

    __tablename__ = "surge"
    number: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    on: bool
    by: str
    by_name: str
    reason: str


screening_reviews = table_of(ScreeningReview)
safeguarding_records = table_of(SafeguardingRecord)
emergency_calls = table_of(EmergencyCall)
hand_overs = table_of(HandOver)
sender_limits = table_of(SenderLimit)
surges = table_of(Surge)
