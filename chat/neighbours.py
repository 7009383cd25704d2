"""What this node's transactions tell, kept in the store for the other nodes to tell too.

Written with the transaction, so it cannot be lost; read by number, so nothing needs to arrive.
"""

import dataclasses
import json
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, RowMapping, delete, func, insert, select

from chat.views import message_view
from models import facts
from models.facts import Fact, MessagePosted, TimersChanged, WorkAdded
from models.store import Transaction
from models.tables import hints, messages
from models.vocabulary import ConversationId

KEPT_FOR = timedelta(minutes=10)
LATE = timedelta(seconds=15)
"""A number may become visible after a higher one, by as long as a transaction can last."""
PAGE = 500


class Neighbours:
    """The facts of one node for the others, and theirs for it."""

    def __init__(self, node: str, *, now: Callable[[], datetime]) -> None:
        self.node = node
        self._now = now

    def keep(self, tx: Transaction) -> None:
        """Write what this transaction tells, in it."""
        rows = [self._row(fact) for fact in tx.facts if not isinstance(fact, _OUR_OWN)]
        if rows:
            tx.execute(insert(hints), rows)

    def _row(self, fact: Fact) -> dict[str, Any]:
        told = {field.name: getattr(fact, field.name) for field in dataclasses.fields(fact)}
        conversation = told.pop("conversation", None)
        if isinstance(fact, MessagePosted):
            told = {"seq": fact.message["seq"]}  # the words have their one place already
        return {
            "at": self._now(),
            "node": self.node,
            "kind": type(fact).__name__,
            "conversation_id": conversation,
            "detail": json.loads(json.dumps(told, default=str)),
        }

    def since(
        self, db: Connection, floor: int, *, without: Collection[int]
    ) -> list[tuple[int, datetime, Fact | None]]:
        """The others' facts after number `floor`, but for those `without`; one page."""
        statement = (
            select(hints)
            .where(hints.c.id > floor, hints.c.node != self.node, hints.c.id.not_in(without))
            .order_by(hints.c.id)
            .limit(PAGE)
        )
        return [
            (row["id"], row["at"], _fact(db, row)) for row in db.execute(statement).mappings().all()
        ]

    def begin(self, db: Connection) -> "Reading":
        """From now on: what is there already was told, or is caught up by who connects."""
        settled = self._now() - LATE
        before = db.execute(select(func.max(hints.c.id)).where(hints.c.at < settled)).scalar()
        reading = Reading(int(before or 0))
        recent = select(hints.c.id, hints.c.at).where(hints.c.id > reading.floor)
        reading.seen = {row.id: row.at for row in db.execute(recent)}
        return reading

    def forget(self, tx: Transaction) -> None:
        """Drop what every node has long read."""
        tx.execute(delete(hints).where(hints.c.at < self._now() - KEPT_FOR))


_OUR_OWN = (WorkAdded, TimersChanged)


def _fact(db: Connection, row: RowMapping) -> Fact | None:
    """None for what was erased meanwhile, and for what only a newer version of us knows."""
    if row["kind"] == MessagePosted.__name__:
        conversation = ConversationId(row["conversation_id"])
        found = db.execute(
            select(messages).where(
                messages.c.conversation_id == conversation, messages.c.seq == row["detail"]["seq"]
            )
        )
        message = found.mappings().first()
        return MessagePosted(conversation, message_view(message)) if message else None
    told = dict(row["detail"])
    if row["conversation_id"] is not None:
        told["conversation"] = ConversationId(row["conversation_id"])
    kind = getattr(facts, row["kind"], None)
    try:
        return cast("Fact", kind(**told)) if kind is not None else None
    except TypeError:
        return None


class Reading:
    """How far one node has read: all up to a floor, and some above it."""

    def __init__(self, floor: int) -> None:
        self.floor = floor
        self.seen: dict[int, datetime] = {}

    def note(self, found: Sequence[tuple[int, datetime, Fact | None]], *, now: datetime) -> None:
        """The floor follows once nothing can appear below any more."""
        self.seen.update((number, at) for number, at, _fact in found)
        settled = [number for number, at in self.seen.items() if at < now - LATE]
        self.floor = max([self.floor, *settled])
        self.seen = {number: at for number, at in self.seen.items() if number > self.floor}
