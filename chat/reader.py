"""Reads a message in bounded time, off the event loop.

Never raises: a late or broken reader is itself a finding.
"""

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Protocol

import structlog

from chat.reading import Question, Read, Reading, failed
from models.readings import FirstReading, ReaderFault

WORKERS = 2
log = structlog.get_logger()


class ReadingPool(Protocol):
    """Where messages are read: the rules at once, all else elsewhere, in the order handed in."""

    def first(self, text: str) -> FirstReading:
        """Rules only; under 3 ms; a failure is in the reading."""

    def submit(self, question: Question) -> Future[Read]: ...

    def late(self, reading: Future[Read], /) -> None:
        """Nobody waits for it any more. What is stuck is replaced, so that the next are read."""

    def stop(self) -> None: ...


class MessageReader:
    """Waits for a reading of the pool no longer than `limit`."""

    def __init__(self, pool: ReadingPool, *, limit: timedelta) -> None:
        self._pool = pool
        self._limit = limit.total_seconds()

    def first(self, text: str) -> FirstReading:
        """Rules only; under 3 ms; a failure is in the reading."""
        return self._pool.first(text)

    async def read(self, question: Question) -> Read:
        reading = self._pool.submit(question)
        waited = asyncio.wrap_future(reading)
        waited.add_done_callback(_heard)
        await asyncio.wait({waited}, timeout=self._limit)
        if not waited.done():
            self._pool.late(reading)
            return failed(ReaderFault.LATE)
        if waited.cancelled() or waited.exception():
            return failed(ReaderFault.BROKEN)
        return waited.result()

    def stop(self) -> None:
        self._pool.stop()


def _heard(waited: "asyncio.Future[Read]") -> None:
    """A reading that broke is told of once, whether or not somebody still waits for it."""
    error = None if waited.cancelled() else waited.exception()
    if error is not None:
        log.error("reader_broken", error=type(error).__name__)


class ReadingThreads:
    """Threads beside the event loop, for tests and tools: they share its processor."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._pool = self._new_pool()
        self._stuck = 0

    def first(self, text: str) -> FirstReading:
        return self._reading.first(text)

    def submit(self, question: Question) -> Future[Read]:
        return self._pool.submit(self._reading.read, question)

    def late(self, reading: Future[Read]) -> None:
        """A late thread cannot be stopped; when all are stuck, the next messages get fresh ones."""
        self._stuck += 1
        reading.add_done_callback(lambda _late: self._recovered())
        if self._stuck >= WORKERS:
            self._pool.shutdown(wait=False)
            self._pool = self._new_pool()
            self._stuck = 0

    def stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _recovered(self) -> None:
        self._stuck = max(0, self._stuck - 1)

    @staticmethod
    def _new_pool() -> ThreadPoolExecutor:
        return ThreadPoolExecutor(WORKERS, thread_name_prefix="reader")
