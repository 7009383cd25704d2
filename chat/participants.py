"""Colleagues in a conversation beside its owner: who reads along, who may speak. The owner is one,
and stands on the conversation itself.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from chat.staff import SignedIn
from chat.views import stamp
from models.facts import ConsoleTold
from models.statements import KEY, where
from models.store import Transaction
from models.tables import participants
from models.vocabulary import ConversationId, Speaker, StaffId

READING = "reading"
COLLEAGUES = (READING, Speaker.PRACTITIONER.value)
_IS_THERE = participants.c.left_at.is_(None)
_COLLEAGUES = (
    where(participants.c.conversation_id)
    .where(participants.c.speaker.in_(COLLEAGUES), _IS_THERE)
    .order_by(participants.c.joined_at, participants.c.who)
)


def enter(
    tx: Transaction, conversation: ConversationId, staff: SignedIn, *, speak: bool, now: datetime
) -> None:
    """Written once a person and conversation: who comes again is there again."""
    values = {
        "speaker": Speaker.PRACTITIONER.value if speak else READING,
        "name": staff.name,
        "joined_at": now,
        "left_at": None,
    }
    own = (participants.c.conversation_id == conversation) & (participants.c.who == staff.id)
    if tx.execute(update(participants).where(own).values(**values)).rowcount == 0:
        row = {"conversation_id": conversation, "who": staff.id, **values}
        tx.execute(insert(participants), row)


def part(
    tx: Transaction, conversation: ConversationId, staff: StaffId, *, now: datetime
) -> str | None:
    """Ends a colleague's part; yields how they were there, None when they were not."""
    statement = (
        update(participants)
        .where(
            participants.c.conversation_id == conversation,
            participants.c.who == staff,
            participants.c.left_at.is_(None),
        )
        .values(left_at=now)
        .returning(participants.c.speaker)
    )
    return tx.execute(statement).scalar()


def end_all(tx: Transaction, conversation: ConversationId, *, now: datetime) -> None:
    """The conversation is over for colleagues too."""
    statement = (
        update(participants)
        .where(
            participants.c.conversation_id == conversation,
            participants.c.speaker.in_(COLLEAGUES),
            participants.c.left_at.is_(None),
        )
        .values(left_at=now)
    )
    if tx.execute(statement).rowcount:
        tell_colleagues(tx, conversation)


def may_speak(tx: Transaction, conversation: ConversationId, staff: StaffId) -> bool:
    statement = select(participants.c.who).where(
        participants.c.conversation_id == conversation,
        participants.c.who == staff,
        participants.c.speaker == Speaker.PRACTITIONER.value,
        participants.c.left_at.is_(None),
    )
    return tx.execute(statement).first() is not None


def colleagues_of(db: Connection, conversation: ConversationId) -> list[dict[str, Any]]:
    return [_view(row) for row in db.execute(_COLLEAGUES, {KEY: conversation}).mappings()]


def conversations_with(db: Connection, staff: StaffId) -> list[RowMapping]:
    """Where this colleague is now, beside the owner."""
    statement = select(participants).where(
        participants.c.who == staff,
        participants.c.speaker.in_(COLLEAGUES),
        participants.c.left_at.is_(None),
    )
    return list(db.execute(statement).mappings())


def tell_colleagues(tx: Transaction, conversation: ConversationId) -> None:
    """All of them, so that one fact replaces what was known."""
    told = {
        "conversation": conversation,
        "colleagues": colleagues_of(tx.connection, conversation),
    }
    tx.tell(ConsoleTold("colleagues:changed", told, conversation))


def _view(row: RowMapping) -> dict[str, Any]:
    return {
        "staff": row["who"],
        "name": row["name"],
        "speaks": row["speaker"] == Speaker.PRACTITIONER.value,
        "since": stamp(row["joined_at"]),
    }
