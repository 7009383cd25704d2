"""Tells here what other nodes committed: when the bus hints at it, and each second anyway."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from chat.neighbours import Neighbours, Reading
from chat.service import Service
from models.facts import Fact
from web.bus import Bus

SWEEP_EVERY = timedelta(seconds=1)
FORGET_EVERY = timedelta(minutes=1)
log = structlog.get_logger()


class Follower:
    """One loop, which reads in the store what the others told after the last reading."""

    def __init__(
        self,
        service: Service,
        neighbours: Neighbours,
        bus: Bus,
        *,
        tell: Callable[[Sequence[Fact]], None],
    ) -> None:
        self._service, self._neighbours, self.bus = service, neighbours, bus
        self._tell = tell
        self._reading: Reading | None = None
        self._forgot_at: datetime | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.bus.start()
        self._task = asyncio.create_task(self._run(), name="follower")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.bus.stop()

    async def _run(self) -> None:
        while True:
            self.bus.news.clear()
            try:
                await self.catch_up()
            except Exception as error:  # the loop's edge: the next reading finds what this missed
                log.error("follower_failed", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.bus.news.wait(), SWEEP_EVERY.total_seconds())

    async def catch_up(self) -> None:
        """Tell all that is new. Whoever connected before this node first read asks the store."""
        store = self._service.store
        reading = self._reading
        if reading is None:
            self._reading = await store.read(self._neighbours.begin)
            return
        while found := await store.read(
            lambda db: self._neighbours.since(db, reading.floor, without=tuple(reading.seen))
        ):
            reading.note(found, now=self._service.now())
            self._tell([fact for _number, _at, fact in found if fact is not None])
        await self._forget()

    async def _forget(self) -> None:
        now = self._service.now()
        if self._forgot_at is None or now - self._forgot_at >= FORGET_EVERY:
            self._forgot_at = now
            await self._service.store.write(self._neighbours.forget)
