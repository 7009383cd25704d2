"""What staff do about a task: take it on, log an attempt, record a result, ask a question.

Each is one transaction: decided, written, logged and audited; the list is told after the commit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select

from chat import audit
from chat.follow_up import NOBODY, Subject, Work, put_on_list
from chat.roles import roles
from chat.service import Service
from chat.staff import SignedIn
from chat.task_access import workable_task
from chat.task_asking import ASK, Standing, standing
from chat.task_settling import ACCEPTED_BY, own_by_next, subject_behind
from chat.transcript import hold, record
from chat.views import stamp
from handoff.clocks import keep_clocks
from handoff.tasks import accept_task, change_task
from handoff.work_lists import WorkList
from models.errors import AlreadyClaimedError, BadCommandError, NotAllowedError, NotFoundError
from models.store import Transaction
from models.tables import conversations, enquiries
from models.vocabulary import ConversationId, EnquiryId, EnquiryStatus, TaskId

ACCEPTED = "accepted"
CHASES = "chases"
ON_ACCEPTING, ON_COMPLETING = "accept", "complete"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """`person`: who outside accepted it by name. `due_at`: when they, or we, will have done it."""

    person: str | None = None
    due_at: datetime | None = None


async def accept(
    service: Service, staff: SignedIn, *, task: TaskId, by: Acceptance
) -> dict[str, Any]:
    """Take a task on; or, where another team must, record who there accepted it.

    Raises NotFoundError, ClosedError, AlreadyClaimedError, BadCommandError.
    """
    now = service.now()

    def work(tx: Transaction) -> RowMapping:
        row = held_task(tx, staff, task)
        work_list = service.work_lists.work_list(row["work_list"])
        done = _accepted(service, tx, staff, row, work_list=work_list, by=by, now=now)
        if work_list.clock is not None and work_list.kept_by == ON_ACCEPTING:
            keep_clocks(tx, done, kinds=(work_list.clock.value,), now=now)
        log_work(tx, staff, done, kind="task_accepted", now=now)
        _pass_on(service, tx, standing(tx, done), now=now)
        return done

    return accepted_view(await service.store.write(work))


def held_task(tx: Transaction, staff: SignedIn, task: TaskId) -> RowMapping:
    """The task, with its conversation locked first: everybody locks in this order."""
    row = workable_task(tx, staff, task)
    if row["conversation_id"]:
        hold(tx, ConversationId(row["conversation_id"]))
        row = workable_task(tx, staff, task)
    return row


def _accepted(
    service: Service,
    tx: Transaction,
    staff: SignedIn,
    row: RowMapping,
    *,
    work_list: WorkList,
    by: Acceptance,
    now: datetime,
) -> RowMapping:
    task = TaskId(row["id"])
    if not work_list.by_team:
        if row["owner"] not in {None, staff.id}:
            raise AlreadyClaimedError
        values = {"due_at": by.due_at} if by.due_at else {}
        return accept_task(tx, task, owner=staff.id, state=_state_when_taken(row), **values)
    if not (by.person or "").strip():
        raise BadCommandError(hint="person")
    if row["state"] == ACCEPTED:
        raise AlreadyClaimedError
    due = by.due_at or service.calendar.after_working_days(now, work_list.then_due)
    detail = {**row["detail"], ACCEPTED_BY: by.person}
    return change_task(tx, task, state=ACCEPTED, due_at=due, detail=detail)


def _state_when_taken(row: RowMapping) -> str:
    """Taking it on does not undo how far it has come."""
    return ACCEPTED if row["state"] == "open" else str(row["state"])


def accepted_view(row: RowMapping) -> dict[str, Any]:
    return {
        "task": row["id"],
        "list": row["work_list"],
        "state": row["state"],
        "due_at": stamp(row["due_at"]),
    }


async def chase(
    service: Service,
    staff: SignedIn,
    *,
    task: TaskId,
    note: str,
    due_at: datetime | None = None,
) -> dict[str, Any]:
    """Log an attempt: whom we asked or called again, and how it went. The task goes on.

    Raises NotFoundError, ClosedError, NotYoursError, BadCommandError.
    """
    if not note.strip():
        raise BadCommandError(hint="note")
    now = service.now()

    def work(tx: Transaction) -> RowMapping:
        row = held_task(tx, staff, task)
        tried = {"at": stamp(now), "by": staff.id, "note": note.strip()}
        detail = {**row["detail"], CHASES: [*row["detail"].get(CHASES, ()), tried]}
        values = {"due_at": due_at} if due_at else {}
        done = change_task(tx, task, detail=detail, **values)
        log_work(tx, staff, done, kind="task_chased", now=now)
        _pass_on(service, tx, standing(tx, done), now=now)
        return done

    done = await service.store.write(work)
    return {**accepted_view(done), CHASES: len(done["detail"][CHASES])}


def _pass_on(service: Service, tx: Transaction, stands: Standing | None, *, now: datetime) -> None:
    """A tracked enquiry is owned by whoever has its next task now."""
    if stands is None or stands.is_live:
        return
    if stands.enquiry["status"] == EnquiryStatus.TRACKING.value:
        own_by_next(service, tx, EnquiryId(stands.enquiry["id"]), now=now)


async def ask(
    service: Service,
    staff: SignedIn,
    *,
    work_list: str,
    said: Mapping[str, Any],
    reference: str | None = None,
) -> dict[str, Any]:
    """Put a question on a list that takes questions, about an enquiry or about nobody.

    Raises NotFoundError, BadCommandError naming what is missing.
    """
    roles().check_command(staff.role, ASK)
    asked = service.work_lists.work_list(work_list)
    if not asked.asks:
        raise NotAllowedError
    missing = service.work_lists.missing_of(asked.asks, said)
    if missing:
        raise BadCommandError(hint=",".join(missing))
    now = service.now()

    def work(tx: Transaction) -> dict[str, Any]:
        subject = _subject(tx, reference)
        work = Work(
            asked.id, "asked", asked.clock, detail={**said, "asked_by": staff.id, "from": "staff"}
        )
        due = put_on_list(service, tx, subject, work=work, now=now)
        audit.note(
            tx,
            actor=staff.id,
            action=ASK,
            subject=reference or asked.id,
            now=now,
            detail={"list": asked.id},
        )
        return {"list": asked.id, "due_at": stamp(due)}

    return await service.store.write(work)


def _subject(tx: Transaction, reference: str | None) -> Subject:
    if reference is None:
        return NOBODY
    statement = (
        select(enquiries)
        .join(conversations, conversations.c.enquiry_id == enquiries.c.id)
        .where(conversations.c.reference == reference)
    )
    row = tx.execute(statement).mappings().first()
    if row is None:
        raise NotFoundError
    return subject_behind(Standing(enquiry=row, is_live=False, others=0))


def log_work(
    tx: Transaction,
    staff: SignedIn,
    task: RowMapping,
    *,
    kind: str,
    now: datetime,
    **more: Any,
) -> None:
    """The event in the conversation's log and the row in the audit log. No words in either."""
    detail = {"task": task["id"], "list": task["work_list"], **more}
    subject = task["id"]
    if task["conversation_id"]:
        held = hold(tx, ConversationId(task["conversation_id"]))
        record(tx, held, kind=kind, by=staff.id, now=now, detail=detail)
        subject = held["reference"]
    action = kind.replace("_", ":", 1)
    audit.note(tx, actor=staff.id, action=action, subject=subject, now=now, detail=detail)
