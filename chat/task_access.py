"""Which tasks are whose: by the role's lists, by who took it on, by what each may record.

A task on a list that is not yours to see does not exist for you.
"""

from sqlalchemy import Connection, RowMapping

from chat.roles import roles
from chat.service import Service
from chat.staff import SignedIn
from handoff.tasks import task_of
from handoff.work_lists import Result
from models.errors import ClosedError, NotFoundError, NotYoursError
from models.store import Transaction
from models.vocabulary import Role, TaskId


def readable_task(reader: Connection | Transaction, staff: SignedIn, task: TaskId) -> RowMapping:
    """Raises NotFoundError."""
    row = task_of(reader, task)
    if row["work_list"] not in roles().lists_read(staff.role):
        raise NotFoundError
    return row


def workable_task(reader: Connection | Transaction, staff: SignedIn, task: TaskId) -> RowMapping:
    """An open task that this person may do something about.

    Raises NotFoundError, ClosedError, NotYoursError when a colleague has taken it on; a supervisor
    may step in.
    """
    row = readable_task(reader, staff, task)
    if row["work_list"] not in roles().works_on(staff.role):
        raise NotFoundError
    if row["done_at"] is not None:
        raise ClosedError
    taken = row["owner"] not in {None, staff.id}
    if taken and staff.role is not Role.SUPERVISOR:
        raise NotYoursError
    return row


def may_give(service: Service, staff: SignedIn, result: Result) -> bool:
    """Whether this role may record the result with its outcomes."""
    if result.only and staff.role.value not in result.only:
        return False
    return service.outcomes.may_set(result.outcomes, role=staff.role)
