"""Proof of what was done: reads and writes of a person's words, each row's hash covering the row
before it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from chat.views import stamp
from models.store import Transaction
from models.tables import audit_rows, tallies

FIRST = "0" * 64
NUMBER = "audit"


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
    number = tx.execute(
        update(tallies)
        .where(tallies.c.name == NUMBER)
        .values(value=tallies.c.value + 1)
        .returning(tallies.c.value)
    ).scalar_one()
    before = tx.execute(select(audit_rows.c.hash).where(audit_rows.c.number == number - 1)).scalar()
    row = {
        "number": number,
        "at": now,
        "actor": actor,
        "action": action,
        "subject": subject,
        "detail": dict(detail) if detail else None,
        "previous": before or FIRST,
    }
    tx.execute(insert(audit_rows), {**row, "hash": hash_of(row)})


def hash_of(row: Mapping[str, Any]) -> str:
    """SHA-256 over the row's own fields and the hash before it."""
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
    return hashlib.sha256(plain.encode()).hexdigest()


def faults(connection: Connection) -> Iterator[str]:
    """What is wrong with the chain, in order: changed, removed or reordered rows.

    Nothing when it is whole.
    """
    previous, expected = FIRST, 1
    for row in _rows(connection):
        if row["number"] != expected:
            yield f"row {expected} is missing"
            expected = row["number"]
        elif row["previous"] != previous:
            yield f"row {row['number']} does not follow the row before it"
        if hash_of(dict(row)) != row["hash"]:
            yield f"row {row['number']} was changed"
        previous, expected = row["hash"], expected + 1
    promised = connection.execute(
        select(tallies.c.value).where(tallies.c.name == NUMBER)
    ).scalar_one()
    if promised != expected - 1:
        yield f"rows after {expected - 1} are missing"


def _rows(connection: Connection) -> Iterator[RowMapping]:
    yield from connection.execute(select(audit_rows).order_by(audit_rows.c.number)).mappings()
