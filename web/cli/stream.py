"""Runs a filter over a stream at full speed: in order, promptly, on every core when there is much.

Knows nothing of what a line means.
"""

import functools
import os
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import timedelta
from multiprocessing import get_context
from typing import TextIO

from web.cli.records import Written, failed

CHUNK = 32
MUCH = 400  # lines waiting from which a process a core is worth its loading time
WAITING_AT_MOST = 20_000
SETTLING = timedelta(milliseconds=50)

Work = Callable[[Sequence[bytes]], list[Written]]
Build = Callable[[], Work]


def run(
    build: Build, *, source: Iterable[bytes], sink: TextIO, processes: int | None = None
) -> int:
    """Answer every line of `source` into `sink` in order; 0, or 1 when any line was bad.

    `build` makes the work, once a process, and must be a function that another process can import.
    A slow source is answered line by line as it comes.
    """
    cores = processes or os.cpu_count() or 1
    lines = _Lines(source)
    writer = _Writer(sink, ahead=4 * cores)
    pool: ProcessPoolExecutor | None = None
    lines.settle()
    try:
        while (chunk := lines.next_chunk()) and not writer.stopped:
            if pool is None and cores > 1 and lines.backlog >= MUCH:
                pool = _open_pool(cores)
            writer.put(_work_on(chunk, build, pool=pool), chunk)
    finally:
        writer.finish()
        if pool is not None:
            pool.shutdown(cancel_futures=True)
    if writer.fault is not None:
        raise writer.fault
    return 1 if writer.found_bad else 0


def _open_pool(cores: int) -> ProcessPoolExecutor:
    # One thread of arithmetic a process: they share the cores instead of fighting for them.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    return ProcessPoolExecutor(cores, mp_context=get_context("spawn"))


def _work_on(
    chunk: Sequence[bytes], build: Build, *, pool: ProcessPoolExecutor | None
) -> "Future[list[Written]]":
    if pool is not None:
        try:
            return pool.submit(_work_here, build, chunk)
        except BrokenProcessPool:
            pass  # the writer says so for every line of the chunk
    done: Future[list[Written]] = Future()
    if pool is None:
        done.set_result(_work_here(build, chunk))
    else:
        done.set_exception(BrokenProcessPool())
    return done


def _work_here(build: Build, chunk: Sequence[bytes]) -> list[Written]:
    return _built(build)(chunk)


@functools.cache
def _built(build: Build) -> Work:
    return build()


class _Lines:
    """The source read by a thread of its own, so that we always know how much is waiting."""

    def __init__(self, source: Iterable[bytes]) -> None:
        self._waiting: queue.Queue[bytes | None] = queue.Queue(WAITING_AT_MOST)
        self._ended = False
        threading.Thread(target=self._read, args=(source,), daemon=True).start()

    def _read(self, source: Iterable[bytes]) -> None:
        for line in source:
            self._waiting.put(line)
        self._waiting.put(None)

    @property
    def backlog(self) -> int:
        return self._waiting.qsize()

    def settle(self) -> None:
        """Wait until the source pauses, or has shown that there is much to do."""
        before = -1
        while before < self.backlog < MUCH:
            before = self.backlog
            time.sleep(SETTLING.total_seconds())

    def next_chunk(self) -> list[bytes]:
        """What is waiting, one line at least; empty when the source has ended."""
        chunk: list[bytes] = []
        while not self._ended and (not chunk or (len(chunk) < CHUNK and self.backlog)):
            line = self._waiting.get()
            if line is None:
                self._ended = True
            else:
                chunk.append(line)
        return chunk


class _Writer:
    """Writes answers in the order of their chunks as soon as each is ready."""

    def __init__(self, sink: TextIO, *, ahead: int) -> None:
        self._sink = sink
        self._answers: queue.Queue[tuple[Future[list[Written]], Sequence[bytes]] | None]
        self._answers = queue.Queue(ahead)
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()
        self.found_bad = False
        self.stopped = False
        self.fault: Exception | None = None

    def put(self, answer: "Future[list[Written]]", chunk: Sequence[bytes]) -> None:
        self._answers.put((answer, chunk))

    def finish(self) -> None:
        self._answers.put(None)
        self._thread.join()

    def _write(self) -> None:
        while (item := self._answers.get()) is not None:
            if not self.stopped:
                self._write_chunk(*item)

    def _write_chunk(self, answer: "Future[list[Written]]", chunk: Sequence[bytes]) -> None:
        try:
            written = answer.result()
        except BrokenProcessPool:
            written = [failed(None, "the process that read this line died") for _ in chunk]
        except Exception as error:  # the work could not be made at all: the caller is told
            self.fault, self.stopped = error, True
            return
        try:
            for one in written:
                self.found_bad = self.found_bad or one.bad
                self._sink.write(one.line + "\n")
            self._sink.flush()
        except BrokenPipeError:
            self.stopped = True  # nobody reads us any longer, as with `| head`
