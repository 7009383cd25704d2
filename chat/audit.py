"""Proof of what was done: reads and writes of a person's words, in rows that each cover the one
before, by a keyed hash: whoever can write to the store but has no key cannot forge a row.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, select, update
from typing_extensions import override

from chat.views import stamp
from models.statements import KEY, adding
from models.store import Transaction
from models.tables import audit_rows, tallies

FIRST = "0" * 64
NUMBER = "audit"
_NEXT_NUMBER = (
    update(tallies)
    .where(tallies.c.name == NUMBER)
    .values(value=tallies.c.value + 1)
    .returning(tallies.c.value)
)
_HASH_AT = select(audit_rows.c.hash).where(audit_rows.c.number == bindparam(KEY))


def note(
    tx: Transaction,
    *,
    actor: str,
    action: str,
    subject: str,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Append one row. `detail` names fields and reasons, never the words of a conversation."""
    number = tx.execute(_NEXT_NUMBER).scalar_one()
    row = {
        "number": number,
        "at": now,
        "actor": actor,
        "action": action,
        "subject": subject,
        "detail": dict(detail) if detail else None,
        "previous": _hash_at(tx.connection, number - 1),
    }
    tx.execute(adding(audit_rows), {**row, "hash": hash_of(row, tx.seal)})


def seal_of(secret: bytes) -> bytes:
    """The chain's own key, derived from the service's secret."""
    return hmac.new(secret, b"audit", hashlib.sha256).digest()


def hash_of(row: Mapping[str, Any], seal: bytes) -> str:
    """HMAC-SHA-256 over the row's own fields and the hash before it."""
    covered = [
        row["number"],
        stamp(row["at"]),
        row["actor"],
        row["action"],
        row["subject"],
        row["detail"],
        row["previous"],
    ]
    plain = json.dumps(covered, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hmac.new(seal, plain.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Anchor:
    """The last row at some time, kept outside the store: proves that the log up to it is still
    there, even against somebody who can count the tally back.
    """

    number: int
    hash: str

    @classmethod
    def parsed(cls, text: str) -> "Anchor":
        """Raises ValueError."""
        number, digest = text.split()
        return cls(int(number), digest)

    @override
    def __str__(self) -> str:
        return f"{self.number} {self.hash}"


def anchor(connection: Connection) -> Anchor:
    statement = select(audit_rows.c.number, audit_rows.c.hash).order_by(audit_rows.c.number.desc())
    last = connection.execute(statement.limit(1)).first()
    return Anchor(last.number, last.hash) if last else Anchor(0, FIRST)


def anchor_fault(connection: Connection, kept: Anchor) -> str | None:
    """What has become of the row that the anchor names, if it is not as it was."""
    found = _hash_at(connection, kept.number)
    if hmac.compare_digest(found, kept.hash):
        return None
    return f"row {kept.number} is not the one that the anchor names"


class Wrong(StrEnum):
    MISSING = "missing"
    ORDER = "order"
    CHANGED = "changed"
    CUT = "cut"


_SAID = {
    Wrong.MISSING: "row {} is missing",
    Wrong.ORDER: "row {} does not follow the row before it",
    Wrong.CHANGED: "row {} was changed",
    Wrong.CUT: "rows after {} are missing",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the chain, and at which row."""

    wrong: Wrong
    number: int

    @override
    def __str__(self) -> str:
        return _SAID[self.wrong].format(self.number)


def faults(connection: Connection, seal: bytes, *, after: int = 0) -> Iterator[Fault]:
    """What is wrong with the chain, in order: changed, removed or reordered rows.

    Nothing when it is whole. `after` leaves out the rows up to that number, so that a look at the
    newest costs the same however long the log grows.
    """
    previous, expected = _hash_at(connection, after), after + 1
    for row in _rows(connection, after=after):
        if row["number"] != expected:
            yield Fault(Wrong.MISSING, expected)
            expected = row["number"]
        elif row["previous"] != previous:
            yield Fault(Wrong.ORDER, row["number"])
        if not hmac.compare_digest(hash_of(dict(row), seal), row["hash"]):
            yield Fault(Wrong.CHANGED, row["number"])
        previous, expected = row["hash"], expected + 1
    if promised(connection) != expected - 1:
        yield Fault(Wrong.CUT, expected - 1)


def promised(connection: Connection) -> int:
    """How many rows were ever written, by the tally that is counted beside them."""
    statement = select(tallies.c.value).where(tallies.c.name == NUMBER)
    return int(connection.execute(statement).scalar_one())


def _hash_at(connection: Connection, number: int) -> str:
    return connection.execute(_HASH_AT, {KEY: number}).scalar() or FIRST


def _rows(connection: Connection, *, after: int) -> Iterator[RowMapping]:
    later = audit_rows.c.number > after
    statement = select(audit_rows).where(later).order_by(audit_rows.c.number)
    yield from connection.execute(statement).mappings()
