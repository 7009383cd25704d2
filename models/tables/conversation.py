"""Conversation, who took part, what was said, how it was read, the event log, and work still to be
done.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcTime, table_of


class Conversation(SQLModel, table=True):
    """The current reading of one conversation's event log, written in the same transaction as the
    log.

    `asks` is the question now open; `form` and `form_asks` belong to the dialogue; `held_seq` is a
    message
    kept back while the safety question is open. `doubts` counts safety questions
    asked, `ambers` messages the screen was unsure of, `misses` turns the dialogue did not
    understand. `address_hash` is a keyed hash of where it was begun, for limiting a sender.
    """

    __tablename__ = "conversation"
    id: str = Field(primary_key=True)
    reference: str = Field(unique=True)
    start_ref: str | None = Field(default=None, unique=True)
    token_hash: str = Field(unique=True)
    resume_hash: str = Field(unique=True)
    address_hash: str | None = Field(default=None, index=True)
    state: str
    priority: str
    author: str | None = None
    enquiry_id: str
    last_seq: int = 0
    last_event: int = 0
    holder: str | None = None
    holder_name: str | None = None
    claim_version: int = 0
    waiting_since: datetime | None = Field(default=None, sa_type=UtcTime)
    asks: str | None = None
    form: str | None = None
    form_asks: str | None = None
    crisis_step: str | None = None
    held_seq: int | None = None
    doubts: int = 0
    ambers: int = 0
    misses: int = 0
    episode: int = 1
    timers_version: int = 0
    opened_at: datetime = Field(sa_type=UtcTime)
    first_message_at: datetime | None = Field(default=None, sa_type=UtcTime)
    last_enquirer_at: datetime | None = Field(default=None, sa_type=UtcTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Participant(SQLModel, table=True):
    __tablename__ = "participant"
    conversation_id: str = Field(primary_key=True, foreign_key="conversation.id")
    who: str = Field(primary_key=True)
    speaker: str
    name: str | None = None
    joined_at: datetime = Field(sa_type=UtcTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Message(SQLModel, table=True):
    """One utterance that the person can see, numbered without gaps."""

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("conversation_id", "client_ref"),)
    conversation_id: str = Field(primary_key=True, foreign_key="conversation.id")
    seq: int = Field(primary_key=True)
    event: int
    at: datetime = Field(sa_type=UtcTime)
    speaker: str
    name: str | None = None
    text: str
    wording_id: str | None = None
    client_ref: str | None = None
    choice: str | None = None
    asks: str | None = None
    choices: list[Any] | None = Field(default=None, sa_type=JSON)
    cards: list[Any] | None = Field(default=None, sa_type=JSON)
    enquiry_id: str


class Reading(SQLModel, table=True):
    """How an inbound message was screened.

    `second_at` is null until the second reader has been heard.
    """

    __tablename__ = "reading"
    __table_args__ = (
        Index(
            "ix_reading_unread",
            "at",
            sqlite_where=text("second_at IS NULL"),
            postgresql_where=text("second_at IS NULL"),
        ),
    )
    conversation_id: str = Field(primary_key=True, foreign_key="conversation.id")
    seq: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    first_priority: str
    first_failed: str | None = None
    concern: str
    signals: list[Any] = Field(sa_type=JSON)
    second_at: datetime | None = Field(default=None, sa_type=UtcTime)
    second_priority: str | None = None
    second_unsure: bool = False
    second_fault: str | None = None
    priority: str


class Event(SQLModel, table=True):
    """The append-only log of a conversation, numbered without gaps. Staff side only."""

    __tablename__ = "event"
    conversation_id: str = Field(primary_key=True, foreign_key="conversation.id")
    event: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    kind: str
    by: str
    seq: int | None = None
    detail: dict[str, Any] | None = Field(default=None, sa_type=JSON)


class Outbox(SQLModel, table=True):
    """Work promised by a transaction: at least once inside, exactly once visible."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_open",
            "lease_until",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    conversation_id: str
    seq: int | None = None
    detail: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcTime)
    lease_until: datetime = Field(sa_type=UtcTime)
    attempts: int = 0
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)


conversations = table_of(Conversation)
participants = table_of(Participant)
messages = table_of(Message)
readings = table_of(Reading)
events = table_of(Event)
outbox = table_of(Outbox)
