"""Work that a transaction promises with what it writes: put once, ended once."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from models.facts import WorkAdded
from models.statements import KEY, changing
from models.store import Transaction
from models.tables import outbox
from models.vocabulary import ConversationId, OutboxId

ATTEND = "attend"
LEASE = timedelta(seconds=15)
_PUT = insert(outbox).returning(outbox.c.id)
_FINISH = changing(outbox.c.id).where(outbox.c.done_at.is_(None))


def put_to_attend(
    tx: Transaction, conversation: ConversationId, *, seq: int, stood: dict[str, Any], now: datetime
) -> None:
    """Promise, with the transaction, that this message will be read by the second reader and
    attended to.
    """
    work = {
        "kind": ATTEND,
        "conversation_id": conversation,
        "seq": seq,
        "detail": stood,
        "created_at": now,
        "lease_until": now + LEASE,
        "attempts": 0,
        "done_at": None,
    }
    number = tx.execute(_PUT, work).scalar_one()
    tx.tell(WorkAdded(conversation, int(number)))


def finish_work(tx: Transaction, work: OutboxId, *, now: datetime) -> bool:
    """True for the one run that ends this work."""
    return tx.execute(_FINISH, {KEY: work, "done_at": now}).rowcount == 1
