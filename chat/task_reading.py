"""The work lists as staff read them: what is to be done, by when, how it may end.

Nobody sees a list that is not their role's.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from chat import audit
from chat.roles import roles
from chat.service import Service
from chat.staff import SignedIn
from chat.task_access import may_give, readable_task
from chat.task_asking import needs, standing
from chat.views import clock_view, stamp
from handoff.hand_offs import hand_offs_of
from handoff.work_lists import WorkList
from models.errors import NotFoundError
from models.tables import clocks, enquiries, staff_members, tasks
from models.vocabulary import EnquiryId, TaskId

READ = "tasks:read"


async def work_list(service: Service, staff: SignedIn, *, name: str | None) -> dict[str, Any]:
    """Open tasks of this role's lists, soonest due first, and the lists with their numbers; of one
    list when named.

    Raises NotAllowedError, NotFoundError for a list that is not theirs.
    """
    roles().check_action(staff.role, READ)
    names = roles().lists_read(staff.role)
    if name and name not in names:
        raise NotFoundError
    now = service.now()

    def look(db: Connection) -> dict[str, Any]:
        found = _open(db, names)
        shown = [row for row in found if name in {None, "", row["work_list"]}]
        late = [row for row in found if row["due_at"] < now]
        return {
            "lists": [
                {
                    "list": each,
                    "label": service.work_lists.work_list(each).label,
                    "open": _count(found, each),
                    "late": _count(late, each),
                }
                for each in names
            ],
            "tasks": _views(service, db, shown),
        }

    answer = await service.store.read(look)
    await _note(service, staff, action=READ, subject=name or "all")
    return answer


async def one_task(service: Service, staff: SignedIn, *, task: TaskId) -> dict[str, Any]:
    """One task whole: with what was recorded, and every result that this person may give.

    Raises NotAllowedError, NotFoundError.
    """
    roles().check_action(staff.role, READ)

    def look(db: Connection) -> dict[str, Any]:
        readable_task(db, staff, task)
        row = db.execute(_joined().where(tasks.c.id == task)).mappings().one()
        listed = service.work_lists.work_list(row["work_list"])
        works = row["work_list"] in roles().works_on(staff.role) and row["done_at"] is None
        return {
            **_views(service, db, [row])[0],
            "results": _results(service, db, staff, row, listed=listed) if works else [],
            "may_work": works,
        }

    found = await service.store.read(look)
    await _note(service, staff, action="task:read", subject=found["reference"] or task)
    return found


def _results(
    service: Service, db: Connection, staff: SignedIn, row: RowMapping, *, listed: WorkList
) -> list[dict[str, Any]]:
    stands = standing(db, row)
    return [
        {
            "result": result.id,
            "label": result.label,
            "needs": list(needs(service, result, stands)),
            "may": list(result.may),
            "outcomes": list(result.outcomes),
            "goes_on": result.goes_on is not None,
        }
        for result in listed.results.values()
        if may_give(service, staff, result)
    ]


def _joined() -> Select[Any]:
    return (
        select(
            tasks,
            enquiries.c.reference,
            enquiries.c.priority,
            staff_members.c.name.label("owner_name"),
        )
        .join(enquiries, enquiries.c.id == tasks.c.enquiry_id, isouter=True)
        .join(staff_members, staff_members.c.id == tasks.c.owner, isouter=True)
    )


def _open(db: Connection, names: Iterable[str]) -> list[RowMapping]:
    statement = (
        _joined()
        .where(tasks.c.done_at.is_(None), tasks.c.work_list.in_(list(names)))
        .order_by(tasks.c.due_at, tasks.c.id)
    )
    return list(db.execute(statement).mappings())


def _count(rows: Iterable[RowMapping], name: str) -> int:
    return sum(row["work_list"] == name for row in rows)


def _views(service: Service, db: Connection, rows: list[RowMapping]) -> list[dict[str, Any]]:
    watched = _clocks(db, rows)
    return [
        {
            "task": row["id"],
            "list": row["work_list"],
            "kind": row["kind"],
            "state": row["state"],
            "reference": row["reference"],
            "priority": row["priority"],
            "owner": row["owner"],
            "owner_name": row["owner_name"],
            "due_at": stamp(row["due_at"]),
            "late": row["due_at"] < service.now() and row["done_at"] is None,
            "created_at": stamp(row["created_at"]),
            "detail": row["detail"],
            "clocks": watched.get(row["id"], []),
            **_passed_on(service, db, row),
        }
        for row in rows
    ]


def _passed_on(service: Service, db: Connection, row: RowMapping) -> dict[str, Any]:
    """How often the person was handed from one to another, and whether that is too often."""
    made = hand_offs_of(db, EnquiryId(row["enquiry_id"])) if row["enquiry_id"] else 0
    return {"hand_offs": made, "warning": made >= service.policy.transfer_warning}


def _clocks(db: Connection, rows: list[RowMapping]) -> dict[str, list[dict[str, Any]]]:
    """The clocks of these tasks and of their enquiries, by task."""
    mine = clocks.c.task_id.in_([row["id"] for row in rows])
    whole = clocks.c.enquiry_id.in_([row["enquiry_id"] for row in rows if row["enquiry_id"]])
    statement = select(clocks).where(mine | (whole & clocks.c.task_id.is_(None)))
    found = list(db.execute(statement.order_by(clocks.c.due_at)).mappings())
    return {
        row["id"]: [
            {"clock": clock["id"], **clock_view(clock)}
            for clock in found
            if clock["task_id"] == row["id"]
            or (clock["task_id"] is None and clock["enquiry_id"] == row["enquiry_id"])
        ]
        for row in rows
    }


async def _note(service: Service, staff: SignedIn, *, action: str, subject: str) -> None:
    now = service.now()
    await service.store.write(
        lambda tx: audit.note(tx, actor=staff.id, action=action, subject=subject, now=now)
    )
