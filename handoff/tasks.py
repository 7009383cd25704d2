"""Work left behind for a list or a team, with a due time.

Writes rows; what to leave is decided by outcomes and chat.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from models.store import Transaction
from models.tables import tasks
from models.vocabulary import ConversationId, EnquiryId, TaskId

WELFARE_LIST = "welfare"


def add_task(
    tx: Transaction,
    conversation: ConversationId,
    *,
    enquiry: EnquiryId,
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
    return task


def add_welfare_task(
    tx: Transaction,
    conversation: ConversationId,
    *,
    enquiry: EnquiryId,
    due_at: datetime,
    now: datetime,
) -> bool:
    """One open welfare task a conversation; False when there is one already."""
    known = tx.execute(
        select(tasks.c.id).where(
            tasks.c.conversation_id == conversation,
            tasks.c.work_list == WELFARE_LIST,
            tasks.c.done_at.is_(None),
        )
    ).first()
    if known is not None:
        return False
    add_task(
        tx,
        conversation,
        enquiry=enquiry,
        work_list=WELFARE_LIST,
        kind="welfare_check",
        due_at=due_at,
        now=now,
    )
    return True


def finish_tasks(
    tx: Transaction, conversation: ConversationId, *, work_list: str, how: str, now: datetime
) -> None:
    tx.execute(
        update(tasks)
        .where(
            tasks.c.conversation_id == conversation,
            tasks.c.work_list == work_list,
            tasks.c.done_at.is_(None),
        )
        .values(done_at=now, state=how)
    )
