"""Offers of a held conversation: made, answered or run out once. Moves no claim."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from models.errors import NotFoundError
from models.store import Transaction
from models.tables import transfers
from models.vocabulary import ConversationId


def make_offer(tx: Transaction, **values: Any) -> RowMapping:
    """Write an open offer; an earlier one of the same conversation is withdrawn."""
    tx.execute(
        update(transfers)
        .where(
            transfers.c.conversation_id == ConversationId(values["conversation_id"]),
            transfers.c.ended_at.is_(None),
        )
        .values(ended_at=values["offered_at"], ended_how="withdrawn")
    )
    written = {
        "id": uuid.uuid4().hex,
        "ended_at": None,
        "ended_how": None,
        "answered_by": None,
        "answer_reason": None,
        **values,
    }
    return tx.execute(insert(transfers).returning(*transfers.c), written).mappings().one()


def conversation_of(tx: Transaction, transfer: str) -> ConversationId:
    """Which conversation is, or was, offered: to be locked before the offer is. Raises
    NotFoundError.
    """
    found = tx.execute(select(transfers.c.conversation_id).where(transfers.c.id == transfer))
    conversation = found.scalar()
    if conversation is None:
        raise NotFoundError
    return ConversationId(conversation)


def open_offer(tx: Transaction, transfer: str) -> RowMapping:
    """Raises NotFoundError when it is unknown or has ended."""
    statement = (
        select(transfers)
        .where(transfers.c.id == transfer, transfers.c.ended_at.is_(None))
        .with_for_update()
    )
    row = tx.execute(statement).mappings().first()
    if row is None:
        raise NotFoundError
    return row


def end_offer(
    tx: Transaction,
    transfer: str,
    *,
    how: str,
    now: datetime,
    by: str | None = None,
    reason: str | None = None,
) -> RowMapping | None:
    """Ends an open offer; yields it only to the one who ended it."""
    statement = (
        update(transfers)
        .where(transfers.c.id == transfer, transfers.c.ended_at.is_(None))
        .values(ended_at=now, ended_how=how, answered_by=by, answer_reason=reason)
        .returning(*transfers.c)
    )
    return tx.execute(statement).mappings().first()
