"""The queue of conversations that wait for a practitioner, who holds which by what lease, what is
offered to whom, and gapless tallies.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcTime, table_of


class QueueEntry(SQLModel, table=True):
    """A conversation that needs a practitioner. At most one open entry a conversation.

    Served by (`rank`, `sort_at`): the class of the priority, then the time that rules in it.
    """

    __tablename__ = "queue_entry"
    __table_args__ = (
        Index(
            "ix_queue_entry_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("state <> 'done'"),
            postgresql_where=text("state <> 'done'"),
        ),
        Index("ix_queue_entry_state", "state", "lease_until"),
        Index("ix_queue_entry_order", "state", "rank", "sort_at", "id"),
        Index("ix_queue_entry_queued_at", "queued_at"),
    )
    id: str = Field(primary_key=True)
    conversation_id: str = Field(foreign_key="conversation.id")
    reference: str
    priority: str
    rank: int
    queued_at: datetime = Field(sa_type=UtcTime)
    due_at: datetime = Field(sa_type=UtcTime)
    sort_at: datetime = Field(sa_type=UtcTime)
    ahead: int = 0
    state: str
    reasons: list[Any] = Field(sa_type=JSON)
    specialties: list[Any] = Field(sa_type=JSON)
    claimed_by: str | None = None
    claim_version: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UtcTime)
    acknowledged_by: str | None = None


class Claim(SQLModel, table=True):
    """Who took an entry, when, and how it ended. History; the lease itself stands on the entry."""

    __tablename__ = "claim"
    entry_id: str = Field(primary_key=True, foreign_key="queue_entry.id")
    version: int = Field(primary_key=True)
    staff_id: str
    conversation_id: str = Field(index=True)
    taken_at: datetime = Field(sa_type=UtcTime)
    reason: str | None = None
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_how: str | None = None


class Transfer(SQLModel, table=True):
    """A held conversation offered to somebody else. The sender keeps it until it is accepted; at
    most one open offer a conversation.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        Index(
            "ix_transfer_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    id: str = Field(primary_key=True)
    conversation_id: str = Field(foreign_key="conversation.id")
    enquiry_id: str = Field(index=True)
    entry_id: str
    claim_version: int
    from_staff: str
    to_kind: str
    to_id: str
    reason: str
    summary: str
    offered_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_how: str | None = None
    answered_by: str | None = None
    answer_reason: str | None = None


class Tally(SQLModel, table=True):
    """Named gapless numbers: the queue's fact number, the sweep's repairs, the development clock's
    offset.
    """

    __tablename__ = "tally"
    name: str = Field(primary_key=True)
    value: int = 0


queue_entries = table_of(QueueEntry)
claims = table_of(Claim)
tallies = table_of(Tally)
transfers = table_of(Transfer)
