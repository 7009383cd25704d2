"""Erases conversations when their time has come or a person asked; holds back what must stay.

Leaves the reference, the rule and the reason, and a row of the audit log: proof without words.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, update

from chat import audit, held
from chat.keeping import Kept, due, nothing_open
from chat.service import Service
from handoff.policy import Policy
from models.errors import BadCommandError, NotFoundError, StillOpenError
from models.store import Transaction
from models.tables import conversations, erasures, legal_holds
from models.vocabulary import ConversationId

LONGEST_REASON = 400
BY_TIME = "retention"
ON_REQUEST = "request"
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Order:
    """Who has something erased, by which rule and why. `reason` names no person."""

    by: str
    rule: str
    reason: str


def erase(tx: Transaction, reference: str, order: Order, *, now: datetime) -> int:
    """Remove it for good; its reference, the rule and the reason stay. Yields how many rows.

    Raises NotFoundError, StillOpenError, BadCommandError without a name or reason.
    """
    _check_said(order.by, order.reason)
    row = _by_reference(tx.connection, reference)
    if not tx.execute(
        select(conversations.c.id).where(conversations.c.id == row["id"], *nothing_open())
    ).first():
        raise StillOpenError(hint="something of it is still open, or a legal hold keeps it")
    gone = held.erase(tx, ConversationId(row["id"]))
    left = {
        "reference": reference,
        "at": now,
        "by": order.by,
        "rule": order.rule,
        "reason": order.reason,
        "rows": gone,
    }
    tx.execute(insert(erasures), left)
    audit.note(
        tx,
        actor=order.by,
        action="enquiry:erase",
        subject=reference,
        now=now,
        detail={"rule": order.rule, "reason": order.reason, "rows": gone},
    )
    return gone


def erase_due(tx: Transaction, policy: Policy, *, now: datetime) -> list[Kept]:
    """One page of what is due, erased."""
    found = due(tx.connection, policy, now=now)
    for kept in found:
        erase(tx, kept.reference, Order(BY_TIME, kept.rule, BY_TIME), now=now)
    return found


async def run(service: Service) -> int:
    """Erase all that is due, a page a transaction. Yields how many conversations."""
    count = 0
    while found := await service.store.write(
        lambda tx: erase_due(tx, service.policy, now=service.now())
    ):
        count += len(found)
    if count:
        log.info("retention_erased", conversations=count)
    return count


def hold(tx: Transaction, reference: str, *, by: str, reason: str, now: datetime) -> None:
    """Keep it whatever its age. Raises NotFoundError, BadCommandError; twice changes nothing."""
    _check_said(by, reason)
    row = _by_reference(tx.connection, reference)
    if tx.execute(select(legal_holds.c.id).where(*_open_hold(row))).first():
        return
    new = {
        "id": uuid.uuid4().hex,
        "conversation_id": row["id"],
        "at": now,
        "by": by,
        "reason": reason,
    }
    tx.execute(insert(legal_holds), new)
    audit.note(
        tx, actor=by, action="hold:set", subject=reference, now=now, detail={"reason": reason}
    )


def release(tx: Transaction, reference: str, *, by: str, reason: str, now: datetime) -> None:
    """End the hold. Raises NotFoundError when there is none, BadCommandError."""
    _check_said(by, reason)
    row = _by_reference(tx.connection, reference)
    ended = {"released_at": now, "released_by": by, "released_why": reason}
    if not tx.execute(update(legal_holds).where(*_open_hold(row)).values(ended)).rowcount:
        raise NotFoundError(hint="nothing holds it")
    audit.note(
        tx, actor=by, action="hold:release", subject=reference, now=now, detail={"reason": reason}
    )


def _open_hold(row: RowMapping) -> list[ColumnElement[bool]]:
    return [
        legal_holds.c.conversation_id == row["id"],
        legal_holds.c.released_at.is_(None),
    ]


def _check_said(by: str, reason: str) -> None:
    if not by.strip() or not reason.strip() or len(reason) > LONGEST_REASON:
        raise BadCommandError(hint=f"who and why must be said, in {LONGEST_REASON} characters")


def _by_reference(db: Connection, reference: str) -> RowMapping:
    statement = select(conversations).where(conversations.c.reference == reference)
    row = db.execute(statement.with_for_update()).mappings().first()
    if row is None:
        raise NotFoundError(hint="nobody has that reference")
    return row
