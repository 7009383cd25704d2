"""What the other nodes are still to tell to those who are connected to them. Kept for minutes."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcTime, table_of


class Hint(SQLModel, table=True):
    """A fact of one node's transaction, written in that transaction. A message by its number."""

    __tablename__ = "hint"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcTime, index=True)
    node: str
    kind: str
    conversation_id: str | None = None
    detail: dict[str, Any] = Field(sa_type=JSON)


hints = table_of(Hint)
