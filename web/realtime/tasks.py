"""The socket's commands about tasks and clocks. Who may give them is checked by the edge."""

from collections.abc import Callable, Mapping
from typing import Any

from chat import clock_explaining, task_ending, task_work
from chat.service import Service
from chat.staff import SignedIn
from chat.task_fields import as_typed
from models.vocabulary import TaskId
from web import task_commands as c
from web.realtime.boundary import Handles


class TaskCommands:
    """The part of the console's table that works on lists, for whoever is on the connection."""

    def __init__(self, service: Service, *, who: Callable[[str], SignedIn]) -> None:
        self._service, self._who = service, who

    def table(self) -> dict[str, Handles]:
        return {
            "task:accept": Handles(c.AcceptTask, self._accept),
            "task:complete": Handles(c.CompleteTask, self._complete),
            "task:chase": Handles(c.ChaseTask, self._chase),
            "task:ask": Handles(c.AskTask, self._ask),
            "clock:explain": Handles(c.ExplainClock, self._explain),
        }

    async def _accept(self, sid: str, command: c.AcceptTask) -> Mapping[str, Any]:
        return await task_work.accept(
            self._service,
            self._who(sid),
            task=TaskId(command.task),
            by=task_work.Acceptance(command.person, command.due_at),
        )

    async def _complete(self, sid: str, command: c.CompleteTask) -> Mapping[str, Any]:
        return await task_ending.complete(
            self._service,
            self._who(sid),
            task=TaskId(command.task),
            result=command.result,
            said=as_typed(self._service.work_lists, command.fields),
        )

    async def _chase(self, sid: str, command: c.ChaseTask) -> Mapping[str, Any]:
        return await task_work.chase(
            self._service,
            self._who(sid),
            task=TaskId(command.task),
            note=command.note,
            due_at=command.due_at,
        )

    async def _ask(self, sid: str, command: c.AskTask) -> Mapping[str, Any]:
        return await task_work.ask(
            self._service,
            self._who(sid),
            work_list=command.list,
            said=as_typed(self._service.work_lists, command.fields),
            reference=command.reference,
        )

    async def _explain(self, sid: str, command: c.ExplainClock) -> Mapping[str, Any]:
        return await clock_explaining.explain(
            self._service, self._who(sid), clock=command.clock, reason=command.reason
        )
