"""Who is on shift and free to answer, as stored. A console whose link is gone stops counting."""

from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from chat.service import Service
from models.store import Transaction
from models.tables import presences


def on_shift(service: Service, reader: Connection | Transaction, now: datetime) -> list[RowMapping]:
    """Staff who said they are available and whose console was heard from lately."""
    statement = select(presences).where(
        presences.c.available.is_(True), presences.c.seen_at >= now - service.policy.presence_fresh
    )
    return list(reader.execute(statement).mappings())
