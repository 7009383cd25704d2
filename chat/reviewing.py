"""Practitioners say whether the screen read a message rightly. Kept for people to look through:
changes no priority and trains nothing by itself.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, select

from chat import audit, lock_out
from chat.rights import check_may_open
from chat.service import Service
from chat.signing_in import NOBODY, Claim, password_fits, refuse
from chat.staff import SignedIn
from chat.transcript import hold, record
from chat.views import stamp
from models.errors import BadCommandError, NotFoundError
from models.facts import ConsoleTold
from models.statements import KEY
from models.store import Transaction
from models.tables import conversations, messages, readings, screening_reviews, staff_members
from models.vocabulary import ConversationId, Priority, Role

RIGHT, WRONG = "right", "wrong"
EXPORT = "review:export"
Exported = Sequence[dict[str, Any]]
_REVIEWS = (
    select(screening_reviews, staff_members.c.name)
    .join(staff_members, staff_members.c.id == screening_reviews.c.by)
    .where(screening_reviews.c.conversation_id == bindparam(KEY))
    .order_by(screening_reviews.c.at)
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Of one message by its number. `should_be` only where the reading was wrong."""

    seq: int
    verdict: str
    should_be: Priority | None = None


async def review(
    service: Service, staff: SignedIn, *, conversation: ConversationId, judgement: Judgement
) -> dict[str, Any]:
    """Keep what this practitioner thinks of one reading.

    Raises NotFoundError for a message that was not screened or is not theirs to see,
    BadCommandError.
    """
    if judgement.verdict == RIGHT and judgement.should_be is not None:
        raise BadCommandError(hint="should_be")
    now = service.now()

    def work(tx: Transaction) -> dict[str, Any]:
        held = hold(tx, conversation)
        check_may_open(tx.connection, staff, held, now=now)
        _check_screened(tx, conversation, judgement)
        row = {
            "id": uuid.uuid4().hex,
            "conversation_id": conversation,
            "seq": judgement.seq,
            "at": now,
            "by": staff.id,
            "verdict": judgement.verdict,
            "should_be": judgement.should_be.value if judgement.should_be else None,
        }
        tx.execute(insert(screening_reviews), row)
        told = {"seq": judgement.seq, "verdict": row["verdict"], "should_be": row["should_be"]}
        record(tx, held, kind="screening_reviewed", by=staff.id, now=now, detail=told)
        view = review_view({**row, "name": staff.name})
        fact = {**view, "conversation": conversation}
        tx.tell(ConsoleTold("screening:reviewed", fact, conversation))
        return view

    return await service.store.write(work)


def _check_screened(tx: Transaction, conversation: ConversationId, judgement: Judgement) -> None:
    statement = select(readings.c.seq).where(
        readings.c.conversation_id == conversation, readings.c.seq == judgement.seq
    )
    if tx.execute(statement).first() is None:
        raise NotFoundError


def review_view(row: RowMapping | dict[str, Any]) -> dict[str, Any]:
    return {
        "seq": row["seq"],
        "verdict": row["verdict"],
        "should_be": row["should_be"],
        "by": row["by"],
        "name": row["name"],
        "at": stamp(row["at"]),
    }


def reviews_of(db: Connection, conversation: ConversationId) -> list[dict[str, Any]]:
    """The newest of each person on each message."""
    found = db.execute(_REVIEWS, {KEY: conversation}).mappings()
    newest = {(row["seq"], row["by"]): row for row in found}
    return [review_view(row) for _, row in sorted(newest.items())]


def export(tx: Transaction, claim: Claim, *, secret: bytes, now: datetime) -> Exported | None:
    """Every judgement with the message and what the screen had found, for a supervisor who signs
    for it with their password. None for a wrong pair and for anybody who is no supervisor: the try
    is counted as a wrong sign-in is, so the caller commits. Takes its time: for a terminal.

    Raises TooFastError while the name is locked.
    """
    name = lock_out.hashed_name(secret, claim.username)
    lock_out.check(tx.connection, name, now=now)
    statement = select(staff_members).where(
        staff_members.c.username == claim.username.strip().casefold(),
        staff_members.c.active.is_(True),
    )
    row = tx.execute(statement).mappings().first()
    right = password_fits((row["password_hash"] if row else "") or NOBODY, claim.password)
    if row is None or not right or row["role"] != Role.SUPERVISOR.value:
        refuse(tx, row, name, now=now)
        return None
    lock_out.forgive(tx, name)
    found = _exported(tx.connection)
    kept = {"rows": len(found)}
    audit.note(tx, actor=row["id"], action=EXPORT, subject="all", now=now, detail=kept)
    return found


def _exported(db: Connection) -> list[dict[str, Any]]:
    at = (screening_reviews.c.conversation_id, screening_reviews.c.seq)
    statement = (
        select(
            screening_reviews,
            messages.c.text,
            conversations.c.author,
            conversations.c.reference,
            readings.c.priority,
            readings.c.signals,
        )
        .join(conversations, conversations.c.id == at[0])
        .join(messages, (messages.c.conversation_id == at[0]) & (messages.c.seq == at[1]))
        .join(readings, (readings.c.conversation_id == at[0]) & (readings.c.seq == at[1]))
        .order_by(screening_reviews.c.at)
    )
    newest = {
        (row["conversation_id"], row["seq"], row["by"]): row
        for row in db.execute(statement).mappings()
    }
    return [_line(row) for row in newest.values()]


def _line(row: RowMapping) -> dict[str, Any]:
    return {
        "id": row["id"],
        "reference": row["reference"],
        "seq": row["seq"],
        "author": row["author"],
        "text": row["text"],
        "found": {"priority": row["priority"], "signals": row["signals"]},
        "verdict": row["verdict"],
        "should_be": row["should_be"],
        "by": row["by"],
        "at": stamp(row["at"]),
    }
