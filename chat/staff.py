"""Who is signed in, and presence: who is on shift and free to answer."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from chat.service import Service
from chat.views import stamp
from models.facts import PresenceChanged
from models.store import Transaction
from models.tables import presences, queue_entries, staff_members, staff_sessions, tallies
from models.vocabulary import Role, StaffId

CLOCK_OFFSET = "clock_offset_seconds"


@dataclass(frozen=True, slots=True)
class SignedIn:
    id: StaffId
    username: str
    name: str
    title: str
    role: Role
    specialties: tuple[str, ...]


def signed_in(row: RowMapping) -> SignedIn:
    """From a row of staff."""
    return SignedIn(
        id=StaffId(row["id"]),
        username=row["username"],
        name=row["name"],
        title=row["title"],
        role=Role(row["role"]),
        specialties=tuple(row["specialties"]),
    )


@dataclass(frozen=True, slots=True)
class Availability:
    """What a practitioner says of their shift: free to answer or not, and why not."""

    available: bool
    specialties: Sequence[str] | None = None
    reason: str | None = None


async def set_presence(service: Service, staff: SignedIn, availability: Availability) -> None:
    """Say whether free to answer; also the sign of life that keeps a presence fresh."""
    now = service.now()

    def work(tx: Transaction) -> None:
        before = tx.execute(
            select(presences).where(presences.c.staff_id == staff.id).with_for_update()
        )
        row = before.mappings().first()
        before_it = (row["available"], row["reason"]) if row else None
        changed = before_it != (availability.available, availability.reason)
        values = {
            "available": availability.available,
            "specialties": list(availability.specialties or staff.specialties),
            "reason": availability.reason,
            "seen_at": now,
        }
        if row is None:
            tx.execute(insert(presences), {"staff_id": staff.id, "since": now, **values})
        else:
            if changed:
                values["since"] = now
            tx.execute(update(presences).where(presences.c.staff_id == staff.id).values(**values))
        if changed:
            tx.tell(PresenceChanged(_presence_view(staff, availability, now)))

    await service.store.write(work)


async def still_here(service: Service, staff: frozenset[str]) -> None:
    """Their consoles' links are alive: keep presences that were set from going stale."""
    now = service.now()
    await service.store.write(
        lambda tx: tx.execute(
            update(presences).where(presences.c.staff_id.in_(staff)).values(seen_at=now)
        )
    )


async def is_on_shift(service: Service, staff: StaffId) -> bool:
    """Whether they said that they are free to answer, and did not take it back."""

    def look(db: Connection) -> bool:
        said = select(presences.c.available).where(presences.c.staff_id == staff)
        return bool(db.execute(said).scalar())

    return await service.store.read(look)


async def gone(service: Service, staff: SignedIn) -> None:
    """The last console of this person closed: not on shift until they say so again."""
    await set_presence(service, staff, Availability(available=False, reason="link_lost"))


def _presence_view(staff: SignedIn, availability: Availability, now: datetime) -> dict[str, Any]:
    return {
        "staff": staff.id,
        "name": staff.name,
        "role": staff.role.value,
        "available": availability.available,
        "reason": availability.reason,
        "since": stamp(now),
    }


async def everybody(service: Service) -> list[dict[str, Any]]:
    """Who is on shift, for the console's list."""
    return await service.store.read(presence_of_all)


def presence_of_all(db: Connection) -> list[dict[str, Any]]:
    """Everybody who was ever here; these + the facts of presence = these later."""
    statement = (
        select(presences, staff_members.c.name, staff_members.c.role)
        .join(staff_members, staff_members.c.id == presences.c.staff_id)
        .order_by(presences.c.staff_id)
    )
    return [
        {
            "staff": row["staff_id"],
            "name": row["name"],
            "role": row["role"],
            "available": row["available"],
            "reason": row["reason"],
            "since": stamp(row["since"]),
        }
        for row in db.execute(statement).mappings()
    ]


async def move_along(
    service: Service, connected: frozenset[str], *, by: timedelta, offset: timedelta
) -> None:
    """Development's clock moved: leases and presence of connected consoles move with it; the offset
    is kept.
    """

    def work(tx: Transaction) -> None:
        held = select(queue_entries.c.id, queue_entries.c.lease_until).where(
            queue_entries.c.claimed_by.in_(connected), queue_entries.c.lease_until.is_not(None)
        )
        for row in tx.execute(held).all():
            tx.execute(
                update(queue_entries)
                .where(queue_entries.c.id == row.id)
                .values(lease_until=row.lease_until + by)
            )
        tx.execute(
            update(presences)
            .where(presences.c.staff_id.in_(connected))
            .values(seen_at=service.now())
        )
        tx.execute(
            update(staff_sessions)
            .where(staff_sessions.c.ended_at.is_(None))
            .values(seen_at=service.now(), started_at=service.now())
        )
        tx.execute(
            update(tallies)
            .where(tallies.c.name == CLOCK_OFFSET)
            .values(value=math.ceil(offset.total_seconds()))
        )

    await service.store.write(work)
