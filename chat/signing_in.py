"""Signing in with a name, a password and the code of the second step, and taking up an account.

Every refusal is the same: it tells neither what was wrong nor whether the name is known.
"""

import asyncio
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import Connection, RowMapping, select, update

from chat import audit, lock_out, second_step, sessions
from chat.service import Service
from chat.staff import SignedIn, signed_in
from models.errors import BadCommandError, NotSignedInError
from models.store import Transaction
from models.tables import staff_members
from models.vocabulary import StaffId

NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$bm9ib2R5bm9ib2R5$Yk1sNnR3d1JtQ2p2c0NhZw"
SHORTEST, LONGEST = 12, 128
FEWEST_LETTERS = 5
WEAK = ("password", "qwerty", "123456", "letmein", "welcome")


@dataclass(frozen=True, slots=True)
class Claim:
    """What was typed."""

    username: str
    password: str
    code: str = ""
    replaces: str | None = None
    """The session that this browser held before: over, when this one begins."""


async def sign_in(service: Service, claim: Claim) -> tuple[str, SignedIn]:
    """Yields a new session token and who it is.

    Raises NotSignedInError, the same whatever was wrong; TooFastError after too many tries.
    """
    now = service.now()
    name = lock_out.hashed_name(service.keys.secret, claim.username)
    found = await service.store.read(lambda db: _look(db, claim.username, name, now=now))
    kept_hash = found["password_hash"] if found and found["password_hash"] else NOBODY
    right = await asyncio.to_thread(password_fits, kept_hash, claim.password)

    def work(tx: Transaction) -> str | None:
        lock_out.check(tx.connection, name, now=now)
        if found is None or not right or not _second(service, tx, found, code=claim.code, now=now):
            refuse(tx, found, name, now=now)
            return None
        lock_out.forgive(tx, name)
        audit.note(tx, actor=found["id"], action="sign_in", subject=found["username"], now=now)
        return sessions.begin(tx, StaffId(found["id"]), now=now, replaces=claim.replaces)

    token = await service.store.write(work)
    if token is None or found is None:
        raise NotSignedInError
    return token, signed_in(found)


def _look(db: Connection, username: str, name: bytes, *, now: datetime) -> RowMapping | None:
    lock_out.check(db, name, now=now)
    statement = select(staff_members).where(
        staff_members.c.username == username.replace("\0", "\ufffd").strip().casefold(),
        staff_members.c.active.is_(True),
    )
    return db.execute(statement).mappings().first()


def _second(
    service: Service, tx: Transaction, member: RowMapping, *, code: str, now: datetime
) -> bool:
    """Demo accounts have no second step; production refuses to serve while they are there."""
    return member["demo"] or second_step.passes(
        tx, member, code=code, key=service.keys.secret, now=now
    )


def refuse(tx: Transaction, member: RowMapping | None, name: bytes, *, now: datetime) -> None:
    """Counted; noted only when the account exists: what was typed may be a password."""
    locked = lock_out.count(tx, name, now=now)
    if member is not None:
        action = "sign_in:locked" if locked else "sign_in:refused"
        audit.note(tx, actor="anyone", action=action, subject=member["username"], now=now)


def password_fits(kept_hash: str, password: str) -> bool:
    """Slow on purpose: call it off the event loop."""
    try:
        return PasswordHasher().verify(kept_hash, password)
    except (Argon2Error, InvalidHashError):
        return False


def check_password(password: str, *, username: str) -> None:
    """Length before rules (NIST SP 800-63B): raises BadCommandError for what is easily guessed."""
    plain = password.casefold()
    if not SHORTEST <= len(password) <= LONGEST or len(set(plain)) < FEWEST_LETTERS:
        raise BadCommandError(hint="password")
    if username.casefold() in plain or any(word in plain for word in WEAK):
        raise BadCommandError(hint="password")


async def take_up(service: Service, claim: Claim, *, enrol_code: str) -> list[str]:
    """Set the first password with the code that an administrator handed over and one of the app's.

    Yields the recovery codes, shown this once. Raises NotSignedInError, TooFastError, and
    BadCommandError for a weak password.
    """
    check_password(claim.password, username=claim.username.strip())
    now = service.now()
    name = lock_out.hashed_name(service.keys.secret, claim.username)
    found = await service.store.read(lambda db: _look(db, claim.username, name, now=now))
    hashed = await asyncio.to_thread(PasswordHasher().hash, claim.password)

    def work(tx: Transaction) -> list[str] | None:
        lock_out.check(tx.connection, name, now=now)
        if found is None or not _may_take_up(
            service, tx, found, claim, enrol_code=enrol_code, now=now
        ):
            refuse(tx, found, name, now=now)
            return None
        staff = StaffId(found["id"])
        lock_out.forgive(tx, name)
        kept = {"password_hash": hashed, "enrol_hash": None, "enrol_until": None}
        tx.execute(update(staff_members).where(staff_members.c.id == staff).values(**kept))
        sessions.end_all(tx, staff, now=now)
        audit.note(tx, actor=staff, action="account:taken_up", subject=found["username"], now=now)
        return second_step.renew_recovery_codes(tx, staff)

    codes = await service.store.write(work)
    if codes is None:
        raise NotSignedInError
    return codes


def _may_take_up(
    service: Service,
    tx: Transaction,
    member: RowMapping,
    claim: Claim,
    *,
    enrol_code: str,
    now: datetime,
) -> bool:
    until = member["enrol_until"]
    if member["enrol_hash"] is None or until is None or until < now:
        return False
    if not hmac.compare_digest(member["enrol_hash"], enrol_hash(enrol_code)):
        return False
    return second_step.passes(tx, member, code=claim.code, key=service.keys.secret, now=now)


def enrol_hash(code: str) -> str:
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(f"enrol:{plain}".encode(errors="surrogatepass")).hexdigest()
