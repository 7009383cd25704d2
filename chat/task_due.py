"""A task's time has come and it is not done: whoever has it, or its list, hears of it."""

from datetime import datetime

from sqlalchemy import RowMapping

from chat.roles import roles
from handoff.tasks import task_of
from models.errors import NotFoundError
from models.facts import TaskAlarm
from models.store import Transaction
from models.vocabulary import TaskId


def task_due(tx: Transaction, task: str, *, due_at: datetime) -> None:
    """Nothing when it is done, or was given another time since."""
    try:
        row = task_of(tx, TaskId(task))
    except NotFoundError:
        return
    if row["done_at"] is not None or row["due_at"] > due_at:
        return
    alarm_of(tx, row, kind="task_due")


def alarm_of(tx: Transaction, task: RowMapping, *, kind: str, **more: str) -> None:
    """To the colleague who has taken it on, else to everybody who works the list."""
    told = {"alarm": task["id"], "kind": kind, "task": task["id"], "list": task["work_list"]}
    if task["owner"]:
        tx.tell(TaskAlarm({**told, **more}, staff=(task["owner"],)))
        return
    who = roles().work_lists.get(task["work_list"], frozenset())
    tx.tell(TaskAlarm({**told, **more}, roles=tuple(sorted(role.value for role in who))))
