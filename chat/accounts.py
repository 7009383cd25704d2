"""Staff accounts as whoever runs the service keeps them: add, reset, disable, list.

Nobody but the person themselves ever knows their password.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_bytes

from sqlalchemy import Connection, delete, insert, select, update

from chat import audit, second_step, sessions
from chat.references import resume_code_from
from chat.signing_in import enrol_hash
from models.errors import BadCommandError, NotFoundError
from models.store import Transaction
from models.tables import presences, recovery_codes, staff_members
from models.vocabulary import Role, StaffId

ENROL_WITHIN = timedelta(hours=72)
OPERATOR = "operator"
USERNAME_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_")
LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class NewMember:
    username: str
    name: str
    title: str
    role: Role
    specialties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Handover:
    """What the operator hands to the person, in person or over a line they trust. Shown once."""

    username: str
    enrol_code: str
    until: datetime
    authenticator: str


def add(tx: Transaction, member: NewMember, *, key: bytes, now: datetime) -> Handover:
    """A new account that nobody can use before it is taken up. Raises BadCommandError."""
    _check_username(tx.connection, member.username)
    row = {
        "id": member.username,
        "username": member.username,
        "name": member.name,
        "title": member.title,
        "role": member.role.value,
        "specialties": list(member.specialties),
        "password_hash": "",
        "demo": False,
        "active": True,
    }
    tx.execute(insert(staff_members), row)
    detail = {"role": member.role.value}
    audit.note(
        tx, actor=OPERATOR, action="account:add", subject=member.username, now=now, detail=detail
    )
    return _hand_over(tx, member.username, key=key, now=now)


def _check_username(db: Connection, username: str) -> None:
    if not username or len(username) > LONGEST_NAME or not set(username) <= USERNAME_LETTERS:
        raise BadCommandError(hint="a user name has small letters, digits, dots and dashes")
    known = select(staff_members.c.id).where(staff_members.c.username == username)
    if db.execute(known).scalar() is not None:
        raise BadCommandError(hint="that user name is taken")


def reset(tx: Transaction, username: str, *, key: bytes, now: datetime) -> Handover:
    """Password and second step anew; signed out everywhere. Raises NotFoundError."""
    staff = _known(tx.connection, username)
    by_identity = select(staff_members.c.identity).where(staff_members.c.id == staff)
    if tx.execute(by_identity).scalar() is not None:
        raise BadCommandError(hint="this account signs in by the identity service alone")
    sessions.end_all(tx, staff, now=now)
    tx.execute(delete(recovery_codes).where(recovery_codes.c.staff_id == staff))
    cleared = {"password_hash": "", "active": True, "totp_step": 0}
    tx.execute(update(staff_members).where(staff_members.c.id == staff).values(**cleared))
    audit.note(tx, actor=OPERATOR, action="account:reset", subject=username, now=now)
    return _hand_over(tx, username, key=key, now=now)


def disable(tx: Transaction, username: str, *, now: datetime) -> None:
    """May not come in any more, is signed out everywhere and off shift. Raises NotFoundError."""
    staff = _known(tx.connection, username)
    sessions.end_all(tx, staff, now=now)
    closed = {"active": False, "enrol_hash": None, "enrol_until": None}
    tx.execute(update(staff_members).where(staff_members.c.id == staff).values(**closed))
    off = {"available": False, "reason": "account_disabled"}
    tx.execute(update(presences).where(presences.c.staff_id == staff).values(**off))
    audit.note(tx, actor=OPERATOR, action="account:disable", subject=username, now=now)


def everybody(db: Connection) -> list[dict[str, str]]:
    rows = db.execute(select(staff_members).order_by(staff_members.c.username)).mappings()
    return [
        {
            "username": row["username"],
            "role": row["role"],
            "state": "active" if row["active"] else "disabled",
            "signs_in_by": _way_in(row["demo"], row["identity"], row["password_hash"]),
        }
        for row in rows
    ]


def _way_in(demo: bool, identity: str | None, password_hash: str) -> str:  # noqa: FBT001 - a column
    if demo:
        return "demo password"
    if identity:
        return "identity service"
    return "password and code" if password_hash else "not taken up yet"


def _known(db: Connection, username: str) -> StaffId:
    found = db.execute(select(staff_members.c.id).where(staff_members.c.username == username))
    staff = found.scalar()
    if staff is None:
        raise NotFoundError(hint="no account has that user name")
    return StaffId(staff)


def _hand_over(tx: Transaction, username: str, *, key: bytes, now: datetime) -> Handover:
    secret = second_step.new_secret()
    code = resume_code_from(token_bytes(32))
    staff = _known(tx.connection, username)
    kept = {
        "totp_sealed": second_step.sealed(secret, key=key, staff=staff),
        "enrol_hash": enrol_hash(code),
        "enrol_until": now + ENROL_WITHIN,
    }
    tx.execute(update(staff_members).where(staff_members.c.id == staff).values(**kept))
    address = second_step.address_of(secret, username=username, issuer="CAP chat")
    return Handover(username, code, now + ENROL_WITHIN, address)
