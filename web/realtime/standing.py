"""Looks over the open consoles again and again: whose session ended is out, the rest are here."""

import asyncio
from datetime import timedelta

import structlog

from models.errors import ServiceError
from web.realtime.console import ConsoleEdge

LOOK_EVERY = timedelta(seconds=10)
"""Well under the time after which a presence is stale."""
log = structlog.get_logger()


class Standing:
    """Owns the task."""

    def __init__(self, console: ConsoleEdge) -> None:
        self._console = console
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="standing")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY.total_seconds())
            try:
                await self._console.look_over()
            except ServiceError as error:  # the store refuses for now: look again next time
                log.error("consoles_not_looked_over", error=type(error).__name__)
