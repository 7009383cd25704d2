"""A missed clock is explained. The miss itself stays on record for ever."""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select

from chat import audit
from chat.roles import roles
from chat.service import Service
from chat.staff import SignedIn
from chat.views import stamp
from handoff import clocks as rows
from models.errors import BadCommandError, NotFoundError
from models.store import Transaction
from models.tables import clocks, enquiries, tasks


async def explain(service: Service, staff: SignedIn, *, clock: str, reason: str) -> dict[str, Any]:
    """Raises BadCommandError without a reason, NotFoundError for a clock that was not missed or is
    not theirs to see.
    """
    if not reason.strip():
        raise BadCommandError(hint="reason")
    now = service.now()

    def work(tx: Transaction) -> dict[str, Any]:
        _check_theirs(tx, staff, clock)
        rows.explain(tx, clock, by=staff.id, reason=reason.strip(), now=now)
        _log(tx, staff, clock, now=now)
        return {"clock": clock, "at": stamp(now)}

    return await service.store.write(work)


def _check_theirs(tx: Transaction, staff: SignedIn, clock: str) -> None:
    """A clock of a task is for those who work its list; any other for those who use the queue."""
    known = tx.execute(
        select(clocks.c.task_id, tasks.c.work_list)
        .join(tasks, tasks.c.id == clocks.c.task_id, isouter=True)
        .where(clocks.c.id == clock)
    ).first()
    if known is None:
        raise NotFoundError
    theirs = (
        known.work_list in roles().works_on(staff.role)
        if known.task_id
        else roles().may(staff.role, "queue:use")
    )
    if not theirs:
        raise NotFoundError


def _log(tx: Transaction, staff: SignedIn, clock: str, *, now: datetime) -> None:
    row: RowMapping = (
        tx.execute(
            select(clocks.c.kind, enquiries.c.reference)
            .join(enquiries, enquiries.c.id == clocks.c.enquiry_id, isouter=True)
            .where(clocks.c.id == clock)
        )
        .mappings()
        .one()
    )
    audit.note(
        tx,
        actor=staff.id,
        action="clock:explain",
        subject=row["reference"] or clock,
        now=now,
        detail={"clock": row["kind"]},
    )
