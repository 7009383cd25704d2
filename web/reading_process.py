"""Reads messages in a process of its own, so that reading takes no time from those who are served.

It is started anew when it dies or is stuck; what was being read then counts as not read.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import timedelta
from multiprocessing import connection, get_context, parent_process
from pathlib import Path

import structlog

from bot.practices import use_list
from chat.reading import Question, Read, Reading
from handoff.first_reader import FirstReader
from handoff.screening import read_by_rules
from models.readings import FirstReading
from web.logs import set_up_logs
from web.readers import load_readers

STUCK_AFTER = timedelta(seconds=5)
"""Without one reading in it while some are late. Longer than a burst of messages takes."""
log = structlog.get_logger()
_HELD: list[Reading] = []


class ReadingProcess:
    """One process with both readers. It ends with this one, however this one ends.

    `practices`: the list of GP practices that answers are read by.
    """

    def __init__(
        self,
        practices: Path,
        *,
        stuck_after: timedelta = STUCK_AFTER,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rules = FirstReader.load()
        self._practices = practices
        self._stuck_after = stuck_after.total_seconds()
        self._now = now
        self._stopped = False
        self._start()

    def _start(self) -> None:
        self._pool = ProcessPoolExecutor(
            1, mp_context=get_context("spawn"), initializer=_load, initargs=(self._practices,)
        )
        self._moved_at = self._now()
        self._pid = self._pool.submit(os.getpid)
        self._pid.add_done_callback(self._moved)
        self._last: Future[int] | Future[Read] = self._pid

    def _moved(self, _done: Future[int] | Future[Read]) -> None:
        self._moved_at = self._now()

    @property
    def pid(self) -> Future[int]:
        """Of the process that reads now; done when it has loaded."""
        return self._pid

    def first(self, text: str) -> FirstReading:
        return read_by_rules(self._rules, text)

    def submit(self, question: Question) -> Future[Read]:
        if self._last.done():
            self._moved_at = self._now()  # an idle process is not a stuck one
        try:
            reading = self._pool.submit(_read, question)
        except BrokenProcessPool:  # it died; whoever waited for it has been told so
            log.error("reader_process_died")
            self._start()
            reading = self._pool.submit(_read, question)
        reading.add_done_callback(self._moved)
        self._last = reading
        return reading

    def late(self, reading: Future[Read], /) -> None:
        """Nothing read for long: the process is stuck. Nothing is cancelled: a pool that breaks
        while it holds what was cancelled leaves the rest without an answer.
        """
        del reading
        is_up = self._pid.done() and self._pid.exception() is None
        if not is_up or self._now() - self._moved_at < self._stuck_after or self._stopped:
            return
        log.error("reader_process_stuck")
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid.result(), signal.SIGKILL)
        self._pool.shutdown(wait=False)
        self._start()

    def stop(self) -> None:
        self._stopped = True
        self._pool.shutdown(wait=False, cancel_futures=True)


def _load(practices: Path) -> None:
    """In the new process, which shares nothing with this one: its logs are set up too."""
    set_up_logs()
    use_list(practices)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that serves
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    readers = load_readers()
    _HELD.append(Reading(readers.screen, readers.understander))


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(0)


def _read(question: Question) -> Read:
    return _HELD[0].read(question)
