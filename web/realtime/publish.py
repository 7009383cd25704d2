"""Tells what is committed to who is connected here.

One task, so that facts leave in the order of their commits.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, assert_never

import socketio
import structlog

from chat.ticker import Ticker
from chat.worker import Worker
from models.facts import (
    AlarmRaised,
    ClockMissed,
    ConsoleTold,
    ConversationChanged,
    EntryFact,
    Fact,
    MessagePosted,
    NoteAdded,
    PresenceChanged,
    TaskAlarm,
    TaskChanged,
    TimersChanged,
    TransferTold,
    WorkAdded,
)
from web.realtime.console import EVERYBODY, list_room, role_room, staff_room
from web.realtime.person import room_of

log = structlog.get_logger()


class Publisher:
    """Takes facts from the store on the event loop; work goes to the worker, timers wake the
    ticker, the rest is told.
    """

    def __init__(self, sockets: socketio.AsyncServer) -> None:
        self._sockets = sockets
        self._waiting: asyncio.Queue[Fact] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self.worker: Worker | None = None
        self.ticker: Ticker | None = None
        self.hint: Callable[[Sequence[Fact]], None] = lambda _facts: None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="publisher")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def tell(self, facts: Sequence[Fact]) -> None:
        """What this node committed: told here, and the other nodes get a hint."""
        self.repeat(facts)
        self.hint(facts)

    def repeat(self, facts: Sequence[Fact]) -> None:
        """Told here alone: another node committed it."""
        for fact in facts:
            match fact:
                case WorkAdded():
                    if self.worker is not None:
                        self.worker.add([fact])
                case TimersChanged():
                    if self.ticker is not None:
                        self.ticker.wake()
                case _:
                    self._waiting.put_nowait(fact)

    async def _run(self) -> None:
        while True:
            fact = await self._waiting.get()
            try:
                await self._emit(fact)
            except Exception as error:  # a push is only a hint; the next fact must still be told
                log.error("push_failed", fact=type(fact).__name__, error=type(error).__name__)

    async def _emit(self, fact: Fact) -> None:
        match fact:
            case MessagePosted(conversation, message):
                room = room_of(conversation)
                await self._person("message:posted", message, room)
                await self._staff("message:posted", {**message, "conversation": conversation}, room)
            case ConversationChanged(conversation, state):
                room = room_of(conversation)
                await self._person("conversation:changed", state, room)
                told = {**state, "conversation": conversation}
                await self._staff("conversation:changed", told, room)
            case EntryFact(name, entry, number):
                await self._staff(f"entry:{name}", {**entry, "event": number}, EVERYBODY)
            case NoteAdded(conversation, note):
                told = {**note, "conversation": conversation}
                await self._staff("note:added", told, room_of(conversation))
            case ClockMissed() | PresenceChanged() | AlarmRaised() | TransferTold() | ConsoleTold():
                await self._emit_to_staff(fact)
            case TaskChanged(task):
                await self._staff("task:changed", task, list_room(task["list"]))
            case TaskAlarm(alarm, told_roles, told_staff):
                rooms = [role_room(one) for one in told_roles]
                for room in (*rooms, *(staff_room(one) for one in told_staff)):
                    await self._staff("alarm:raised", alarm, room)
            case WorkAdded() | TimersChanged():
                pass
            case _:
                assert_never(fact)

    async def _emit_to_staff(
        self, fact: ClockMissed | PresenceChanged | AlarmRaised | TransferTold | ConsoleTold
    ) -> None:
        match fact:
            case ClockMissed(_, clock):
                await self._staff("clock:missed", clock, EVERYBODY)
            case PresenceChanged(presence):
                await self._staff("presence:changed", presence, EVERYBODY)
            case AlarmRaised(alarm):
                await self._staff("alarm:raised", alarm, EVERYBODY)
            case TransferTold(name, transfer, staff):
                rooms = [EVERYBODY] if staff is None else [staff_room(one) for one in staff]
                for room in rooms:
                    await self._staff(f"transfer:{name}", transfer, room)
            case ConsoleTold(name, told):
                for room in _rooms(fact):
                    await self._staff(name, told, room)
            case _:
                assert_never(fact)

    async def _person(self, event: str, told: dict[str, Any], room: str) -> None:
        await self._sockets.emit(event, told, room=room, namespace="/chat")

    async def _staff(self, event: str, told: dict[str, Any], room: str) -> None:
        await self._sockets.emit(event, told, room=room, namespace="/console")


def _rooms(fact: ConsoleTold) -> list[str]:
    if fact.conversation is not None:
        return [room_of(fact.conversation)]
    return [EVERYBODY] if fact.staff is None else [staff_room(one) for one in fact.staff]
