"""Questions that staff ask of the community directory: asked, answered, back with who asked.

They are tasks on the list of such questions; there is no second table of them.
"""

from typing import Any

from sqlalchemy import Connection, select

from chat import audit, task_ending, task_work
from chat.curating import CURATE
from chat.roles import roles
from chat.service import Service
from chat.staff import SignedIn
from models.errors import BadCommandError
from models.tables import staff_members, tasks
from models.vocabulary import TaskId

LIST = "knowledge"
ASK = "knowledge:ask"
MOST = 50
LONGEST = 2000


async def ask(service: Service, staff: SignedIn, *, question: str) -> None:
    """Raises NotAllowedError, BadCommandError for nothing or too much."""
    roles().check_action(staff.role, ASK)
    said = question.strip()
    if not said or len(said) > LONGEST:
        raise BadCommandError(hint="question")
    await task_work.ask(service, staff, work_list=LIST, said={"question": said})


async def answer(
    service: Service, staff: SignedIn, *, task: TaskId, text: str, unmet: bool = False
) -> None:
    """`unmet`: nothing fits, and why. Raises NotAllowedError, NotFoundError, ClosedError,
    NotYoursError, BadCommandError for no answer.
    """
    roles().check_action(staff.role, CURATE)
    said = text.strip()
    if not said or len(said) > LONGEST:
        raise BadCommandError(hint="answer")
    result, name = ("unmet", "note") if unmet else ("answered", "answer")
    await task_ending.complete(service, staff, task=task, result=result, said={name: said})


async def questions(service: Service, staff: SignedIn) -> dict[str, list[dict[str, Any]]]:
    """Open ones, soonest due first, and those answered last. Raises NotAllowedError."""
    roles().check_action(staff.role, CURATE)

    def look(db: Connection) -> dict[str, list[dict[str, Any]]]:
        found = _found(db)
        waiting = sorted(
            (one for one in found if not one["done_at"]), key=lambda one: one["due_at"]
        )
        answered = [one for one in found if one["done_at"]][:MOST]
        return {"waiting": waiting, "answered": answered}

    shown = await service.store.read(look)
    await _note(service, staff, subject=LIST)
    return shown


async def asked_by_me(service: Service, staff: SignedIn) -> list[dict[str, Any]]:
    """One's own questions with their answers, the newest first. Raises NotAllowedError."""
    roles().check_action(staff.role, ASK)
    found = await service.store.read(_found)
    return [one for one in found if one["asked_by"] == staff.id][:MOST]


def _found(db: Connection) -> list[dict[str, Any]]:
    staff = db.execute(select(staff_members.c.id, staff_members.c.name))
    names = {row.id: row.name for row in staff}
    statement = (
        select(tasks)
        .where(tasks.c.work_list == LIST)
        .order_by(tasks.c.created_at.desc(), tasks.c.id)
    )
    return [_view(dict(row), names) for row in db.execute(statement).mappings()]


def _view(row: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    detail = row["detail"] or {}
    last = (detail.get("answers") or [{}])[-1]
    asker = detail.get("asked_by")
    return {
        "id": row["id"],
        "question": detail.get("question", ""),
        "asked_by": asker,
        "asked_by_name": names.get(asker, "") if asker else "",
        "asked_at": row["created_at"],
        "due_at": row["due_at"],
        "done_at": row["done_at"],
        "answer": last.get("answer") or last.get("note") or "",
        "unmet": last.get("result") == "unmet",
    }


async def _note(service: Service, staff: SignedIn, *, subject: str) -> None:
    now = service.now()
    await service.store.write(
        lambda tx: audit.note(tx, actor=staff.id, action="knowledge:read", subject=subject, now=now)
    )
