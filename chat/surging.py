"""The surge: a supervisor widens all routes to everybody on shift and shortens the bot.

While it is on nobody is kept for a specialty, and the bot asks only what it cannot do without.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from chat import audit
from chat.service import Service
from chat.staff import SignedIn
from chat.views import stamp
from models.facts import ConsoleTold
from models.store import Transaction
from models.tables import surges
from models.vocabulary import FieldId

FILE = Path(__file__).parent / "content" / "surge.json"
_LAST_SET = select(surges.c.on).order_by(surges.c.number.desc()).limit(1)
NOT_ASKED = "not_asked"
"""The dialogue's mark of a question that is left out; it never comes back from there."""


async def set_surge(service: Service, staff: SignedIn, *, on: bool, reason: str) -> dict[str, Any]:
    now = service.now()

    def work(tx: Transaction) -> dict[str, Any]:
        row = {"at": now, "on": on, "by": staff.id, "by_name": staff.name, "reason": reason}
        tx.execute(insert(surges), row)
        detail = {"on": on, "reason": reason}
        audit.note(
            tx, actor=staff.id, action="surge:set", subject="service", now=now, detail=detail
        )
        told = surge_view(tx.connection)
        tx.tell(ConsoleTold("surge:changed", told))
        return told

    return await service.store.write(work)


def surge_view(db: Connection) -> dict[str, Any]:
    """As it stands: off when it was never set."""
    row = db.execute(select(surges).order_by(surges.c.number.desc()).limit(1)).mappings().first()
    if row is None:
        return {"on": False}
    return {
        "on": row["on"],
        "by": row["by_name"],
        "reason": row["reason"],
        "at": stamp(row["at"]),
    }


def is_surging(reader: Connection | Transaction) -> bool:
    return bool(reader.execute(_LAST_SET).scalar())


@cache
def left_out() -> frozenset[FieldId]:
    """Questions that a surge does without."""
    written = json.loads(FILE.read_text(encoding="utf-8"))
    return frozenset(FieldId(name) for name in written["not_asked"])


def shortened(captured: Mapping[FieldId, Any]) -> dict[FieldId, Any]:
    """What is known, with the questions that a surge does without counted as not to be asked."""
    return {**dict.fromkeys(left_out(), NOT_ASKED), **captured}
