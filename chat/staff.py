"""Signing in, presence, and reading an enquiry as staff.

Sessions live in the store: they can be ended.
"""

import asyncio
import hashlib
import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import Connection, RowMapping, insert, select, update

from chat import audit
from chat.service import Service
from chat.views import stamp
from models.errors import NotSignedInError
from models.facts import PresenceChanged
from models.store import Transaction
from models.tables import presences, queue_entries, staff_members, staff_sessions, tallies
from models.vocabulary import Role, StaffId

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(seconds=60)
CLOCK_OFFSET = "clock_offset_seconds"
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$bm9ib2R5bm9ib2R5$Yk1sNnR3d1JtQ2p2c0NhZw"


@dataclass(frozen=True, slots=True)
class SignedIn:
    id: StaffId
    username: str
    name: str
    title: str
    role: Role
    specialties: tuple[str, ...]


async def sign_in(service: Service, *, username: str, password: str) -> tuple[str, SignedIn]:
    """Yields a new session token and who it is.

    Raises NotSignedInError, the same for every wrong pair.
    """

    def look(db: Connection) -> RowMapping | None:
        statement = select(staff_members).where(
            staff_members.c.username == username, staff_members.c.active.is_(True)
        )
        return db.execute(statement).mappings().first()

    found = await service.store.read(look)
    kept_hash = found["password_hash"] if found else NOBODY
    right = await asyncio.to_thread(password_fits, kept_hash, password)
    if found is None or not right:
        raise NotSignedInError
    token = secrets.token_hex(32)
    now = service.now()
    staff = _signed_in(found)

    def work(tx: Transaction) -> None:
        tx.execute(
            insert(staff_sessions),
            {
                "token_hash": _digest(token),
                "staff_id": staff.id,
                "started_at": now,
                "seen_at": now,
                "ended_at": None,
            },
        )
        audit.note(tx, actor=staff.id, action="sign_in", subject=staff.username, now=now)

    await service.store.write(work)
    return token, staff


def password_fits(kept_hash: str, password: str) -> bool:
    """Slow on purpose: call it off the event loop."""
    try:
        return PasswordHasher().verify(kept_hash, password)
    except (Argon2Error, InvalidHashError):
        return False


async def by_session(service: Service, token: str) -> SignedIn:
    """Who holds this session. Raises NotSignedInError when unknown, ended, idle or too old."""
    now = service.now()

    def look(db: Connection) -> RowMapping | None:
        statement = (
            select(staff_members, staff_sessions.c.started_at, staff_sessions.c.seen_at)
            .join(staff_sessions, staff_sessions.c.staff_id == staff_members.c.id)
            .where(
                staff_sessions.c.token_hash == _digest(token),
                staff_sessions.c.ended_at.is_(None),
                staff_members.c.active.is_(True),
            )
        )
        return db.execute(statement).mappings().first()

    found = await service.store.read(look)
    if found is None or now - found["started_at"] > ABSOLUTE or now - found["seen_at"] > IDLE:
        raise NotSignedInError
    if now - found["seen_at"] >= SEEN_EVERY:
        await service.store.write(lambda tx: _seen(tx, token, now))
    return _signed_in(found)


def _seen(tx: Transaction, token: str, now: datetime) -> None:
    tx.execute(
        update(staff_sessions)
        .where(staff_sessions.c.token_hash == _digest(token))
        .values(seen_at=now)
    )


async def sign_out(service: Service, token: str) -> None:
    now = service.now()
    await service.store.write(
        lambda tx: tx.execute(
            update(staff_sessions)
            .where(staff_sessions.c.token_hash == _digest(token))
            .values(ended_at=now)
        )
    )


def _signed_in(row: RowMapping) -> SignedIn:
    return SignedIn(
        id=StaffId(row["id"]),
        username=row["username"],
        name=row["name"],
        title=row["title"],
        role=Role(row["role"]),
        specialties=tuple(row["specialties"]),
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


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
        changed = row is None or row["available"] != availability.available
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


async def still_here(service: Service, staff: StaffId) -> None:
    """The console's link is alive: keep a presence that was set from going stale."""
    now = service.now()
    await service.store.write(
        lambda tx: tx.execute(
            update(presences).where(presences.c.staff_id == staff).values(seen_at=now)
        )
    )


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

    def look(db: Connection) -> list[dict[str, Any]]:
        statement = select(presences, staff_members.c.name, staff_members.c.role).join(
            staff_members, staff_members.c.id == presences.c.staff_id
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

    return await service.store.read(look)


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
