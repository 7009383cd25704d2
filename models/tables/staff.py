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
    totp_sealed: str | None = None
    """The secret of the second step, encrypted by a key that is not in the store."""
    totp_step: int = 0
    """The half minute of the last code that was used: no code works twice."""
    enrol_hash: str | None = None
    enrol_until: datetime | None = Field(default=None, sa_type=UtcTime)
    identity: str | None = Field(default=None, unique=True)
    """Who this is at the organisation's identity service: a hash of issuer and subject."""


class StaffSession(SQLModel, table=True):
    __tablename__ = "staff_session"
    token_hash: str = Field(primary_key=True)
    staff_id: str = Field(foreign_key="staff_member.id")
    started_at: datetime = Field(sa_type=UtcTime)
    seen_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class RecoveryCode(SQLModel, table=True):
    """One use each, for who has lost the device of the second step."""

    __tablename__ = "recovery_code"
    code_hash: str = Field(primary_key=True)
    staff_id: str = Field(foreign_key="staff_member.id", index=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class LockOut(SQLModel, table=True):
    """Wrong tries of one typed name, whether an account has it or not."""

    __tablename__ = "lock_out"
    name_hash: str = Field(primary_key=True)
    failures: int
    failed_at: datetime = Field(sa_type=UtcTime)
    locked_until: datetime | None = Field(default=None, sa_type=UtcTime)


class IdentityRequest(SQLModel, table=True):
    """A sign-in that is under way at the organisation's identity service; answered once."""

    __tablename__ = "identity_request"
    state_hash: str = Field(primary_key=True)
    nonce: str
    verifier: str
    started_at: datetime = Field(sa_type=UtcTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcTime)


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
    at: datetime = Field(sa_type=UtcTime, index=True)
    actor: str = Field(index=True)
    action: str
    subject: str = Field(index=True)
    detail: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    previous: str
    hash: str


staff_members = table_of(StaffMember)
staff_sessions = table_of(StaffSession)
recovery_codes = table_of(RecoveryCode)
lock_outs = table_of(LockOut)
identity_requests = table_of(IdentityRequest)
presences = table_of(Presence)
audit_rows = table_of(AuditRow)
