"""Staff, their sessions and presence, and the audit log."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcTime, table_of


class StaffMember(SQLModel, table=True):
    __tablename__ = "staff_member"
    id: str = Field(primary_key=True)
    username: str = Field(unique=True)
    name: str
    title: str
    role: str
    specialties: list[Any] = Field(sa_type=JSON)
    password_hash: str
    demo: bool = False
    active: bool = True


class StaffSession(SQLModel, table=True):
    __tablename__ = "staff_session"
    token_hash: str = Field(primary_key=True)
    staff_id: str = Field(foreign_key="staff_member.id")
    started_at: datetime = Field(sa_type=UtcTime)
    seen_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Presence(SQLModel, table=True):
    """Who is on shift and free to answer. `seen_at` is renewed by the console's link."""

    __tablename__ = "presence"
    staff_id: str = Field(primary_key=True, foreign_key="staff_member.id")
    available: bool
    specialties: list[Any] = Field(sa_type=JSON)
    reason: str | None = None
    since: datetime = Field(sa_type=UtcTime)
    seen_at: datetime = Field(sa_type=UtcTime)


class AuditRow(SQLModel, table=True):
    """One proved act: each row's hash covers the row before it."""

    __tablename__ = "audit_row"
    number: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    actor: str
    action: str
    subject: str
    detail: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    previous: str
    hash: str


staff_members = table_of(StaffMember)
staff_sessions = table_of(StaffSession)
presences = table_of(Presence)
audit_rows = table_of(AuditRow)
