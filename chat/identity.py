"""Signing in by the organisation's identity service: what we remember of a request, and which
account an answer opens. Never links to a local account by its name.
"""

import hashlib
import hmac
import secrets
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update

from chat import audit, sessions
from chat.service import Service
from chat.sessions import digest
from models.errors import NotAllowedError, NotSignedInError
from models.store import Transaction
from models.tables import identity_requests, staff_members
from models.vocabulary import Role, StaffId

ANSWER_WITHIN = timedelta(minutes=10)
LONGEST = 64


@dataclass(frozen=True, slots=True)
class Request:
    """`state` comes back with the answer, `nonce` inside the token; `verifier` proves (PKCE) that
    who asked is who exchanges the code.
    """

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Group:
    """One line of the map from claims to roles."""

    value: str
    role: Role
    title: str
    specialties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoleMap:
    claim: str
    name: str
    username: str
    groups: Sequence[Group]

    @classmethod
    def load(cls, path: Path) -> "RoleMap":
        """Raises OSError, ValueError, KeyError for a file that cannot be used."""
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        groups = [
            Group(row["value"], Role(row["role"]), row["title"], tuple(row.get("specialties", ())))
            for row in table["role"]
        ]
        return cls(table["claim"], table["name"], table["username"], groups)

    def group_of(self, claims: Mapping[str, Any]) -> Group:
        """Raises NotAllowedError when no line fits."""
        held = claims.get(self.claim, ())
        values = {held} if isinstance(held, str) else set()
        if isinstance(held, list):
            values = {value for value in held if isinstance(value, str)}
        for group in self.groups:
            if group.value in values:
                return group
        raise NotAllowedError

    def text_of(self, claims: Mapping[str, Any], name: str, *, otherwise: str) -> str:
        given = claims.get(name)
        plain = " ".join(given.split())[:LONGEST] if isinstance(given, str) else ""
        return plain if plain.isprintable() and plain else otherwise


async def begin(service: Service) -> Request:
    """Remember what the answer must carry, for ten minutes."""
    asked = Request(*(secrets.token_urlsafe(32) for _ in range(3)))
    now = service.now()

    def work(tx: Transaction) -> None:
        old = identity_requests.c.started_at < now - ANSWER_WITHIN
        tx.execute(delete(identity_requests).where(old))
        row = {
            "state_hash": digest(asked.state),
            "nonce": asked.nonce,
            "verifier": asked.verifier,
            "started_at": now,
            "answered_at": None,
        }
        tx.execute(insert(identity_requests), row)

    await service.store.write(work)
    return asked


async def answered(service: Service, state: str, *, browser: str) -> Request:
    """The request that this answer belongs to, once: from the browser that asked, in time.

    Raises NotSignedInError.
    """
    if not hmac.compare_digest(digest(state), digest(browser)):
        raise NotSignedInError
    now = service.now()

    def work(tx: Transaction) -> Request | None:
        statement = (
            update(identity_requests)
            .where(
                identity_requests.c.state_hash == digest(state),
                identity_requests.c.answered_at.is_(None),
                identity_requests.c.started_at >= now - ANSWER_WITHIN,
            )
            .values(answered_at=now)
            .returning(identity_requests.c.nonce, identity_requests.c.verifier)
        )
        row = tx.execute(statement).first()
        return Request(state, row.nonce, row.verifier) if row else None

    found = await service.store.write(work)
    if found is None:
        raise NotSignedInError
    return found


async def admit(
    service: Service, claims: Mapping[str, Any], *, role_map: RoleMap, replaces: str | None
) -> str:
    """The session of whom the verified claims name; their account is made or brought up to date.

    Raises NotAllowedError without a role here, NotSignedInError for a disabled account.
    """
    group = role_map.group_of(claims)
    identity = hashlib.sha256(f"{claims['iss']}\n{claims['sub']}".encode()).hexdigest()
    staff = StaffId(f"oidc-{identity[:16]}")
    now = service.now()
    values = {
        "name": role_map.text_of(claims, role_map.name, otherwise="Colleague"),
        "title": group.title,
        "role": group.role.value,
        "specialties": list(group.specialties),
    }
    shown = role_map.text_of(claims, role_map.username, otherwise=staff)

    def work(tx: Transaction) -> str | None:
        known = tx.execute(select(staff_members).where(staff_members.c.identity == identity))
        row = known.mappings().first()
        if row is not None and not row["active"]:
            audit.note(tx, actor="anyone", action="sign_in:refused", subject=staff, now=now)
            return None
        if row is None:
            new = {"id": staff, "username": f"{shown} ({staff})", "identity": identity, **values}
            unset = {"password_hash": "", "demo": False, "active": True}
            tx.execute(insert(staff_members), {**new, **unset})
        else:
            if row["role"] != group.role.value:
                sessions.end_all(tx, staff, now=now)
            tx.execute(update(staff_members).where(staff_members.c.id == staff).values(**values))
        detail = {"by": "identity service", "role": group.role.value}
        audit.note(tx, actor=staff, action="sign_in", subject=staff, now=now, detail=detail)
        return sessions.begin(tx, staff, now=now, replaces=replaces)

    token = await service.store.write(work)
    if token is None:
        raise NotSignedInError
    return token
