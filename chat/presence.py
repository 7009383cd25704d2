"""Who is on shift and free to answer, as stored. A console whose link is gone stops counting."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, select

from models.store import Transaction
from models.tables import presences

FRESH = timedelta(seconds=45)


def on_shift(reader: Connection | Transaction, now: datetime) -> list[RowMapping]:
    """Staff who said they are available and whose console was heard from lately."""
    statement = select(presences).where(
        presences.c.available.is_(True), presences.c.seen_at >= now - FRESH
    )
    return list(reader.execute(statement).mappings())
