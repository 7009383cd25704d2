"""The enquiry behind a conversation, its clocks, the tasks it leaves and the timers that watch over
it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcTime, table_of


class Enquiry(SQLModel, table=True):
    """What was asked, who owns it, what happens next and by when; or how it ended."""

    __tablename__ = "enquiry"
    id: str = Field(primary_key=True)
    reference: str = Field(index=True)
    conversation_id: str = Field(index=True)
    kind: str | None = None
    status: str
    clinical: bool = False
    priority: str
    owner_kind: str
    owner_id: str
    next_step: str
    due_at: datetime | None = Field(default=None, sa_type=UtcTime)
    route: str | None = None
    captured: dict[str, Any] = Field(sa_type=JSON)
    kinds: list[Any] = Field(sa_type=JSON)
    needs: list[Any] = Field(sa_type=JSON)
    outcomes: list[Any] = Field(sa_type=JSON)
    plan_for_person: str | None = None
    opened_at: datetime = Field(sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Clock(SQLModel, table=True):
    """A promise with a due time. Met or missed once; never removed.

    `task_id` when it watches one task; otherwise it is the whole enquiry's. Without an enquiry
    `conversation_id` is empty.
    """

    __tablename__ = "clock"
    id: str = Field(primary_key=True)
    enquiry_id: str | None = Field(default=None, index=True, foreign_key="enquiry.id")
    conversation_id: str = Field(index=True)
    task_id: str | None = Field(default=None, index=True)
    kind: str
    started_at: datetime = Field(sa_type=UtcTime)
    due_at: datetime = Field(sa_type=UtcTime)
    met_at: datetime | None = Field(default=None, sa_type=UtcTime)
    missed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    stopped_at: datetime | None = Field(default=None, sa_type=UtcTime)


class ClockExplanation(SQLModel, table=True):
    """Why a clock was missed, as somebody said it. Added to, never changed: the miss stays."""

    __tablename__ = "clock_explanation"
    id: str = Field(primary_key=True)
    clock_id: str = Field(index=True, foreign_key="clock.id")
    at: datetime = Field(sa_type=UtcTime)
    by: str
    reason: str


class Task(SQLModel, table=True):
    """Work for a list or a team, with a due time. `conversation_id` is empty without an enquiry."""

    __tablename__ = "task"
    id: str = Field(primary_key=True)
    enquiry_id: str | None = Field(default=None, index=True, foreign_key="enquiry.id")
    conversation_id: str
    work_list: str = Field(index=True)
    kind: str
    state: str
    owner: str | None = None
    due_at: datetime = Field(sa_type=UtcTime)
    created_at: datetime = Field(sa_type=UtcTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)
    detail: dict[str, Any] = Field(sa_type=JSON)


class Timer(SQLModel, table=True):
    """Something to do at a time. `version` must still match its subject's when it fires."""

    __tablename__ = "timer"
    __table_args__ = (
        Index(
            "ix_timer_open",
            "due_at",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )
    id: str = Field(primary_key=True)
    kind: str
    conversation_id: str = Field(index=True)
    subject: str
    version: int
    due_at: datetime = Field(sa_type=UtcTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)


enquiries = table_of(Enquiry)
clocks = table_of(Clock)
clock_explanations = table_of(ClockExplanation)
tasks = table_of(Task)
timers = table_of(Timer)
