"""Whether one member of staff may open one record, and break-glass for those who may not.

A record that is not yours to see does not exist for you. Opening one says nothing to the person.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, exists, or_, select

from chat import audit
from chat.roles import Reach, roles
from chat.service import Service
from chat.staff import SignedIn
from chat.views import stamp
from models.errors import BadCommandError, NotFoundError
from models.tables import audit_rows, conversations, enquiries, events, tasks
from models.vocabulary import OwnerKind

BROKEN = "record:break_glass"
OPEN_FOR = timedelta(minutes=30)
REASON_LENGTH = 10


def check_may_open(
    db: Connection, staff: SignedIn, conversation: RowMapping, *, now: datetime
) -> None:
    """Raises NotFoundError: what is not yours to see is not there."""
    reach = roles().records.get(staff.role)
    if reach is Reach.ALL or _has_part(db, staff, conversation):
        return
    if reach is Reach.WORK_LIST and _on_a_list(db, staff, conversation):
        return
    if not _broken(db, staff, conversation["reference"], now=now):
        raise NotFoundError


def _has_part(db: Connection, staff: SignedIn, conversation: RowMapping) -> bool:
    """Holds it, has acted in it, owns the enquiry or has a task of it."""
    if conversation["holder"] == staff.id:
        return True
    acted = exists().where(events.c.conversation_id == conversation["id"], events.c.by == staff.id)
    owns = exists().where(
        enquiries.c.id == conversation["enquiry_id"],
        enquiries.c.owner_kind == OwnerKind.STAFF.value,
        enquiries.c.owner_id == staff.id,
    )
    has_task = exists().where(
        tasks.c.conversation_id == conversation["id"], tasks.c.owner == staff.id
    )
    return bool(db.execute(select(or_(acted, owns, has_task))).scalar())


def _on_a_list(db: Connection, staff: SignedIn, conversation: RowMapping) -> bool:
    """Something is still to be done for it on a list that they work."""
    open_task = exists().where(
        tasks.c.conversation_id == conversation["id"],
        tasks.c.done_at.is_(None),
        tasks.c.work_list.in_(roles().works_on(staff.role)),
    )
    return bool(db.execute(select(open_task)).scalar())


def _broken(db: Connection, staff: SignedIn, reference: str, *, now: datetime) -> bool:
    opened = exists().where(
        audit_rows.c.action == BROKEN,
        audit_rows.c.actor == staff.id,
        audit_rows.c.subject == reference,
        audit_rows.c.at > now - OPEN_FOR,
    )
    return bool(db.execute(select(opened)).scalar())


async def break_glass(
    service: Service, staff: SignedIn, *, reference: str, reason: str
) -> dict[str, Any]:
    """Open a record without a right to it, for half an hour; the auditor sees it with its reason.

    Raises NotAllowedError, NotFoundError, BadCommandError.
    """
    roles().check_action(staff.role, BROKEN)
    if len(reason.strip()) < REASON_LENGTH:
        raise BadCommandError(hint="reason")
    now = service.now()

    def look(db: Connection) -> bool:
        known = exists().where(conversations.c.reference == reference)
        return bool(db.execute(select(known)).scalar())

    if not await service.store.read(look):
        raise NotFoundError
    why = {"reason": reason.strip()}
    await service.store.write(
        lambda tx: audit.note(
            tx, actor=staff.id, action=BROKEN, subject=reference, now=now, detail=why
        )
    )
    return {"reference": reference, "until": stamp(now + OPEN_FOR)}
