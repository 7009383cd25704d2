"""Conversation, place in the queue and claim that tell of different owners: found by the sweep, and
brought back to the queue, where somebody sees them.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select

from chat.passing import requeue
from chat.service import Service
from chat.states import PLACE_IN
from chat.telling import tell_entry
from chat.transcript import hold
from handoff import claims
from handoff.queue import finish, open_entry
from models.store import Transaction
from models.tables import conversations, queue_entries
from models.vocabulary import ConversationId, ConversationState, EntryState

HOW = "misplaced"


def misplaced(db: Connection) -> list[ConversationId]:
    """With an open place that their state does not have, or claimed by another than who has them,
    or by a claim that would never end. Those without a place are found elsewhere.
    """
    claimed = queue_entries.c.state == EntryState.CLAIMED.value
    another = or_(
        conversations.c.holder.is_(None), conversations.c.holder != queue_entries.c.claimed_by
    )
    statement = (
        select(conversations.c.id)
        .join(queue_entries, queue_entries.c.conversation_id == conversations.c.id)
        .where(
            queue_entries.c.state != EntryState.DONE.value,
            or_(
                ~_as_the_table_says(),
                and_(claimed, or_(another, queue_entries.c.lease_until.is_(None))),
            ),
        )
    )
    return [ConversationId(found) for found in db.execute(statement).scalars()]


def _as_the_table_says() -> ColumnElement[bool]:
    pairs = [
        and_(conversations.c.state == state.value, queue_entries.c.state == place.value)
        for state, place in PLACE_IN.items()
        if place is not None
    ]
    return or_(false(), *pairs)


def bring_back(
    service: Service, tx: Transaction, conversation: ConversationId, *, now: datetime
) -> None:
    """After the end no place is left; else they wait again, at the front, with nobody's claim."""
    held = hold(tx, conversation)
    entry = open_entry(tx, conversation)
    if entry is None:
        return
    if ConversationState(held["state"]) is ConversationState.CLOSED:
        claims.end_claim(tx, entry, how=HOW, now=now)
        tell_entry(tx, finish(tx, entry["id"]), name="changed")
        return
    if entry["state"] == EntryState.CLAIMED.value:
        tell_entry(tx, claims.give_back(tx, entry, how=HOW, now=now), name="released")
    requeue(service, tx, held, now=now)
