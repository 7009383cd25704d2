"""What colleagues offer to one person and wait to be answered: for a console that comes back."""

from typing import Any

from sqlalchemy import Connection, or_, select

from chat.handing_over import offered_to
from chat.service import Service
from chat.staff import SignedIn
from chat.transferring import offered_view
from models.tables import conversations, transfers


async def offers_to(service: Service, staff: SignedIn) -> dict[str, list[dict[str, Any]]]:
    """Open transfers, by name or by specialty, and hand-overs."""

    def look(db: Connection) -> dict[str, list[dict[str, Any]]]:
        return {"transfers": _transfers(db, staff), "hand_overs": offered_to(db, staff.id)}

    return await service.store.read(look)


def _transfers(db: Connection, staff: SignedIn) -> list[dict[str, Any]]:
    by_name = (transfers.c.to_kind == "staff") & (transfers.c.to_id == staff.id)
    by_specialty = (transfers.c.to_kind == "specialty") & transfers.c.to_id.in_(staff.specialties)
    statement = (
        select(transfers)
        .where(
            transfers.c.ended_at.is_(None),
            transfers.c.from_staff != staff.id,
            or_(by_name, by_specialty),
        )
        .order_by(transfers.c.offered_at)
    )
    found = []
    for row in db.execute(statement).mappings():
        held = select(conversations).where(conversations.c.id == row["conversation_id"])
        found.append(offered_view(row, db.execute(held).mappings().one()))
    return found
