"""Work left behind for a list or a team, with a due time.

Writes rows; what to leave is decided by outcomes and chat.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from handoff.clocks import stop_task_clocks
from handoff.timers import set_timer
from models.errors import AlreadyClaimedError, ClosedError, NotFoundError
from models.facts import TaskChanged
from models.store import Transaction
from models.tables import tasks
from models.vocabulary import ConversationId, EnquiryId, TaskId

WELFARE_LIST = "welfare"
DUE = "task_due"


def add_task(
    tx: Transaction,
    conversation: ConversationId,
    *,
    enquiry: EnquiryId | None,
    work_list: str,
    kind: str,
    due_at: datetime,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> TaskId:
    task = TaskId(uuid.uuid4().hex)
    tx.execute(
        insert(tasks),
        {
            "id": task,
            "enquiry_id": enquiry,
            "conversation_id": conversation,
            "work_list": work_list,
            "kind": kind,
            "state": "open",
            "owner": None,
            "due_at": due_at,
            "created_at": now,
            "done_at": None,
            "detail": dict(detail or {}),
        },
    )
    set_timer(tx, conversation, kind=DUE, subject=task, due_at=due_at)
    tx.tell(TaskChanged({"task": task, "list": work_list, "state": "open"}))
    return task


def open_on(tx: Transaction, conversation: ConversationId, *, work_list: str) -> bool:
    """Whether something is still to be done on this list for this conversation."""
    known = select(tasks.c.id).where(
        tasks.c.conversation_id == conversation,
        tasks.c.work_list == work_list,
        tasks.c.done_at.is_(None),
    )
    return tx.execute(known).first() is not None


def finish_tasks(
    tx: Transaction, conversation: ConversationId, *, work_list: str, how: str, now: datetime
) -> None:
    """Nothing is left to do on this list, and the promises about it no longer apply."""
    ended = tx.execute(
        update(tasks)
        .where(
            tasks.c.conversation_id == conversation,
            tasks.c.work_list == work_list,
            tasks.c.done_at.is_(None),
        )
        .values(done_at=now, state=how)
        .returning(*tasks.c)
    )
    for row in ended.mappings().all():
        stop_task_clocks(tx, TaskId(row["id"]), now=now)
        _tell(tx, row)


def task_of(reader: Connection | Transaction, task: TaskId) -> RowMapping:
    """Open or done. Raises NotFoundError."""
    row = reader.execute(select(tasks).where(tasks.c.id == task)).mappings().first()
    if row is None:
        raise NotFoundError
    return row


def open_tasks(reader: Connection | Transaction, enquiry: EnquiryId) -> list[RowMapping]:
    """What is still to be done for this enquiry, soonest due first."""
    statement = (
        select(tasks)
        .where(tasks.c.enquiry_id == enquiry, tasks.c.done_at.is_(None))
        .order_by(tasks.c.due_at, tasks.c.id)
    )
    return list(reader.execute(statement).mappings())


def tasks_of(reader: Connection | Transaction, enquiry: EnquiryId) -> list[RowMapping]:
    """Everything that was to be done for this enquiry, in the order it came up."""
    statement = (
        select(tasks).where(tasks.c.enquiry_id == enquiry).order_by(tasks.c.created_at, tasks.c.id)
    )
    return list(reader.execute(statement).mappings())


def accept_task(tx: Transaction, task: TaskId, *, owner: str, **values: Any) -> RowMapping:
    """The task is this owner's, unless somebody else was first. Raises AlreadyClaimedError."""
    statement = (
        update(tasks)
        .where(
            tasks.c.id == task,
            tasks.c.done_at.is_(None),
            tasks.c.owner.is_(None) | (tasks.c.owner == owner),
        )
        .values(owner=owner, **values)
        .returning(*tasks.c)
    )
    row = tx.execute(statement).mappings().first()
    if row is None:
        raise AlreadyClaimedError
    _tell(tx, row)
    return row


def change_task(tx: Transaction, task: TaskId, **values: Any) -> RowMapping:
    """Change an open task; it ends with `done_at`. Raises ClosedError for one that has ended."""
    statement = (
        update(tasks)
        .where(tasks.c.id == task, tasks.c.done_at.is_(None))
        .values(**values)
        .returning(*tasks.c)
    )
    row = tx.execute(statement).mappings().first()
    if row is None:
        raise ClosedError
    if "due_at" in values and row["done_at"] is None:
        conversation = ConversationId(row["conversation_id"])
        set_timer(tx, conversation, kind=DUE, subject=task, due_at=row["due_at"])
    _tell(tx, row)
    return row


def _tell(tx: Transaction, row: RowMapping) -> None:
    tx.tell(TaskChanged({"task": row["id"], "list": row["work_list"], "state": row["state"]}))


def finish_all(tx: Transaction, enquiry: EnquiryId, *, how: str, now: datetime) -> None:
    """Nothing of this enquiry is left to do."""
    tx.execute(
        update(tasks)
        .where(tasks.c.enquiry_id == enquiry, tasks.c.done_at.is_(None))
        .values(done_at=now, state=how)
    )
