"""Who is on shift and free to answer, as stored. A console whose link is gone stops counting."""

from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, select

from chat.service import Service
from models.store import Transaction
from models.tables import presences

_ON_SHIFT = select(presences).where(
    presences.c.available.is_(True), presences.c.seen_at >= bindparam("heard_since")
)


def on_shift(service: Service, reader: Connection | Transaction, now: datetime) -> list[RowMapping]:
    """Staff who said they are available and whose console was heard from lately."""
    given = {"heard_since": now - service.policy.presence_fresh}
    return list(reader.execute(_ON_SHIFT, given).mappings())
