"""Staff sessions: they live in the store, so that they can be ended. Idle and absolute limits.

The browser holds a random token; only its hash is kept.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, insert, select, update

from chat.service import Service
from chat.staff import SignedIn, signed_in
from models.errors import NotSignedInError
from models.store import Transaction
from models.tables import staff_members, staff_sessions
from models.vocabulary import StaffId

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(seconds=60)


def begin(tx: Transaction, staff: StaffId, *, now: datetime, replaces: str | None = None) -> str:
    """A new token at every sign-in; the session that this browser had is over."""
    if replaces:
        end(tx, replaces, now=now)
    token = secrets.token_hex(32)
    tx.execute(
        insert(staff_sessions),
        {
            "token_hash": digest(token),
            "staff_id": staff,
            "started_at": now,
            "seen_at": now,
            "ended_at": None,
        },
    )
    return token


def end(tx: Transaction, token: str, *, now: datetime) -> None:
    tx.execute(
        update(staff_sessions)
        .where(staff_sessions.c.token_hash == digest(token), staff_sessions.c.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_all(tx: Transaction, staff: StaffId, *, now: datetime) -> None:
    """Signed out everywhere."""
    tx.execute(
        update(staff_sessions)
        .where(staff_sessions.c.staff_id == staff, staff_sessions.c.ended_at.is_(None))
        .values(ended_at=now)
    )


async def by_session(service: Service, token: str, *, in_use: bool = True) -> SignedIn:
    """Who holds this session; looking counts as use unless told otherwise.

    Raises NotSignedInError when unknown, ended, idle or too old.
    """
    now = service.now()

    def look(db: Connection) -> RowMapping | None:
        statement = (
            select(staff_members, staff_sessions.c.started_at, staff_sessions.c.seen_at)
            .join(staff_sessions, staff_sessions.c.staff_id == staff_members.c.id)
            .where(
                staff_sessions.c.token_hash == digest(token),
                staff_sessions.c.ended_at.is_(None),
                staff_members.c.active.is_(True),
            )
        )
        return db.execute(statement).mappings().first()

    found = await service.store.read(look)
    if found is None or now - found["started_at"] > ABSOLUTE or now - found["seen_at"] > IDLE:
        raise NotSignedInError
    if in_use and now - found["seen_at"] >= SEEN_EVERY:
        await service.store.write(lambda tx: _seen(tx, token, now))
    return signed_in(found)


def _seen(tx: Transaction, token: str, now: datetime) -> None:
    tx.execute(
        update(staff_sessions)
        .where(staff_sessions.c.token_hash == digest(token))
        .values(seen_at=now)
    )


async def sign_out(service: Service, token: str) -> None:
    now = service.now()
    await service.store.write(lambda tx: end(tx, token, now=now))


def digest(token: str) -> str:
    """Of anything at all: a cookie may hold bytes that are no text."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
