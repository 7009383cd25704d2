"""A restricted sender: a conversation, or all from its address, limited by a supervisor.

What they write is still stored and screened, and numbers are shown; danger lifts the limit.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from chat import audit
from chat.service import Service
from chat.speaking import say
from chat.staff import SignedIn
from chat.transcript import hold, record
from chat.views import stamp
from models.errors import BadCommandError, NotFoundError
from models.facts import ConsoleTold
from models.store import Transaction
from models.tables import sender_limits
from models.vocabulary import ConversationId, Speaker

ADDRESS, CONVERSATION = "address", "conversation"
NUMBERS = "limited.numbers"
NUMBERS_CARD = {"kind": "urgent"}
DANGER = "danger"
_STANDS = (
    sender_limits.c.subject.in_(bindparam("subjects", expanding=True)),
    sender_limits.c.lifted_at.is_(None),
)
_LIFT = update(sender_limits).where(*_STANDS)
_LIMIT = select(sender_limits).where(*_STANDS).limit(1)


async def limit(
    service: Service, staff: SignedIn, *, conversation: ConversationId, scope: str, reason: str
) -> dict[str, Any]:
    """Raises NotFoundError, BadCommandError when it is limited already or has no address."""
    now = service.now()

    def work(tx: Transaction) -> dict[str, Any]:
        held = hold(tx, conversation)
        subject = held["address_hash"] if scope == ADDRESS else held["id"]
        if subject is None:
            raise BadCommandError(hint="scope")
        if limit_of(tx, held) is not None:
            raise BadCommandError(hint="conversation")
        row = {
            "id": uuid.uuid4().hex,
            "subject": subject,
            "kind": scope,
            "conversation_id": conversation,
            "at": now,
            "by": staff.id,
            "reason": reason,
            "lifted_at": None,
            "lifted_by": None,
            "lifted_why": None,
        }
        tx.execute(insert(sender_limits), row)
        detail = {"scope": scope, "reason": reason}
        record(tx, held, kind="sender_limited", by=staff.id, now=now, detail=detail)
        _audit(tx, staff.id, "sender:limit", held, detail=detail, now=now)
        return _tell(tx, held)

    return await service.store.write(work)


async def lift(
    service: Service, staff: SignedIn, *, conversation: ConversationId, reason: str
) -> dict[str, Any]:
    """Raises NotFoundError when nothing limits it."""
    now = service.now()

    def work(tx: Transaction) -> dict[str, Any]:
        held = hold(tx, conversation)
        if not _lift(tx, held, by=staff.id, why=reason, now=now):
            raise NotFoundError
        return _tell(tx, held)

    return await service.store.write(work)


def lift_for_danger(tx: Transaction, held: RowMapping, *, now: datetime) -> None:
    """Whoever may be in danger is answered as everybody is."""
    if _lift(tx, held, by="screen", why=DANGER, now=now):
        _tell(tx, held)


def _lift(tx: Transaction, held: RowMapping, *, by: str, why: str, now: datetime) -> bool:
    written = {"lifted_at": now, "lifted_by": by, "lifted_why": why}
    if not tx.execute(_LIFT, {"subjects": _subjects(held), **written}).rowcount:
        return False
    record(tx, held, kind="sender_limit_lifted", by=by, now=now, detail={"why": why})
    _audit(tx, by, "sender:lift", held, detail={"why": why}, now=now)
    return True


def _audit(
    tx: Transaction,
    actor: str,
    action: str,
    held: RowMapping,
    *,
    detail: dict[str, Any],
    now: datetime,
) -> None:
    audit.note(tx, actor=actor, action=action, subject=held["reference"], now=now, detail=detail)


def _subjects(held: RowMapping) -> list[str]:
    return [subject for subject in (held["id"], held["address_hash"]) if subject is not None]


def limit_of(reader: Connection | Transaction, held: RowMapping) -> RowMapping | None:
    """What limits this conversation now, if anything does."""
    return reader.execute(_LIMIT, {"subjects": _subjects(held)}).mappings().first()


def limit_view(reader: Connection | Transaction, held: RowMapping) -> dict[str, Any] | None:
    row = limit_of(reader, held)
    if row is None:
        return None
    return {"scope": row["kind"], "by": row["by"], "reason": row["reason"], "at": stamp(row["at"])}


def _tell(tx: Transaction, held: RowMapping) -> dict[str, Any]:
    conversation = ConversationId(held["id"])
    told = {"conversation": conversation, "limit": limit_view(tx, held)}
    tx.tell(ConsoleTold("limit:changed", told, conversation))
    return told


def show_numbers(
    service: Service, tx: Transaction, held: RowMapping, *, now: datetime
) -> RowMapping:
    """All that a limited sender is answered: where help is."""
    return say(
        service,
        tx,
        held,
        wording_id=NUMBERS,
        now=now,
        speaker=Speaker.SYSTEM,
        cards=(NUMBERS_CARD,),
        with_choices=False,
    )
