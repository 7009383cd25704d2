"""Why something must be kept longer, and that something was erased. Rows without words."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcTime, table_of


class LegalHold(SQLModel, table=True):
    """A conversation that nothing may erase until the hold is released; at most one open."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        Index(
            "ix_legal_hold_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
    )
    id: str = Field(primary_key=True)
    conversation_id: str = Field(foreign_key="conversation.id")
    at: datetime = Field(sa_type=UtcTime)
    by: str
    reason: str
    released_at: datetime | None = Field(default=None, sa_type=UtcTime)
    released_by: str | None = None
    released_why: str | None = None


class Erasure(SQLModel, table=True):
    """What is left of an erased conversation: its reference, when, by whom and by which rule."""

    __tablename__ = "erasure"
    reference: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    by: str
    rule: str
    reason: str
    rows: int


legal_holds = table_of(LegalHold)
erasures = table_of(Erasure)
