"""Tasks on the work lists, as staff use them. For tests alone."""

from datetime import timedelta
from typing import Any

from chat import taking, task_ending, task_reading, task_work
from chat.follow_up import leave_work
from chat.staff import SignedIn
from models.tables import clocks, conversations, enquiries, tasks
from models.vocabulary import TaskId
from tests.usecases.desk import DANGER, Desk

PLAN = {
    "plan_for_person": "You rest and we write to your GP",
    "next_owner": "gp",
    "next_step": "write to the GP",
    "worse_told": True,
}
STREAMED = {
    "stream": "AMH",
    "timescale": "4_weeks",
    "disciplines": ["nurse", "psychologist"],
    "setting": "clinic",
}


async def closed_with(desk: Desk, *codes: str, **form: Any) -> None:
    """Somebody was talked with, and the practitioner closed with these outcomes."""
    await desk.arrive(DANGER)
    priya = await desk.sign_in()
    taken = await taking.take_next(desk.service, priya)
    assert taken is not None
    await desk.close(priya, taken, outcomes=codes, **form)


async def put(desk: Desk, *codes: str) -> None:
    """These outcomes leave their work behind, whoever set them."""
    (row,) = await desk.rows(conversations)
    await desk.service.store.write(
        lambda tx: leave_work(
            desk.service, tx, row, codes=codes, due_at=None, now=desk.now, detail={}
        )
    )


async def the_task(desk: Desk, work_list: str) -> TaskId:
    (row,) = [row for row in await desk.rows(tasks, work_list=work_list) if not row["done_at"]]
    return TaskId(row["id"])


async def result(
    desk: Desk, staff: SignedIn, work_list: str, result: str, **said: Any
) -> dict[str, Any]:
    """The only open task of this list comes to this result."""
    task = await the_task(desk, work_list)
    return await task_ending.complete(desk.service, staff, task=task, result=result, said=said)


async def accept(desk: Desk, staff: SignedIn, work_list: str, **by: Any) -> dict[str, Any]:
    task = await the_task(desk, work_list)
    return await task_work.accept(desk.service, staff, task=task, by=task_work.Acceptance(**by))


async def sees(desk: Desk, staff: SignedIn, work_list: str | None = None) -> list[dict[str, Any]]:
    found = await task_reading.work_list(desk.service, staff, name=work_list)
    tasks_seen: list[dict[str, Any]] = found["tasks"]
    return tasks_seen


async def the_enquiry(desk: Desk) -> Any:
    (row,) = await desk.rows(enquiries)
    return row


async def running(desk: Desk) -> set[str]:
    """Kinds of the clocks that still run."""
    return {
        row["kind"]
        for row in await desk.rows(clocks)
        if row["met_at"] is None and row["stopped_at"] is None
    }


def plan(desk: Desk) -> dict[str, Any]:
    return {**PLAN, "due_at": desk.now + timedelta(days=7)}
