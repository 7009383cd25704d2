"""The store: one writer thread that commits in groups, readers beside it. Holds no rules.

Facts leave only after the commit. On SQLite the file is in WAL mode with `synchronous=FULL`.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine, Executable, create_engine, event
from sqlalchemy.engine import CursorResult, make_url
from sqlalchemy.exc import DBAPIError

from models.errors import UnavailableError
from models.facts import Fact

T = TypeVar("T")

GROUP_LIMIT = 128
READERS = 4


@dataclass(slots=True)
class Transaction:
    """One use case's writing.

    Nothing below a use case commits; facts are told when the commit is durable.
    """

    connection: Connection
    seal: bytes
    """Key of the audit chain: who can write rows but lacks it cannot forge one."""
    facts: list[Fact] = field(default_factory=list)

    def execute(
        self,
        statement: Executable,
        parameters: Sequence[dict[str, Any]] | dict[str, Any] | None = None,
    ) -> CursorResult[Any]:
        return self.connection.execute(statement, parameters)

    def tell(self, fact: Fact) -> None:
        self.facts.append(fact)


Work = Callable[[Transaction], T]
Telling = Callable[[Sequence[Fact]], None]


@dataclass(slots=True)
class _Job(Generic[T]):
    work: Work[T]
    future: "asyncio.Future[T]"
    result: T | None = None
    error: BaseException | None = None
    facts: list[Fact] = field(default_factory=list)


def open_engine(url: str) -> Engine:
    """An engine with our pragmas.

    SQLite transactions begin IMMEDIATE, so writers never upgrade a read lock.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed,
            connect_args={"check_same_thread": False, "timeout": 15},
            pool_size=READERS + 2,
            hide_parameters=True,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=READERS + 2,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "cache_size=-32000",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@contextlib.contextmanager
def alone(url: str, *, keep: bool = True) -> Iterator[Connection]:
    """One transaction of a command that runs without a service; undone when told or on an error."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection, _transaction(connection, keep=keep):
            yield connection
    finally:
        engine.dispose()


@contextlib.contextmanager
def _transaction(connection: Connection, *, keep: bool) -> Iterator[None]:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    how = "ROLLBACK"
    try:
        yield
        how = "COMMIT" if keep else "ROLLBACK"
    finally:
        if sqlite:
            connection.exec_driver_sql(how)
        elif how == "COMMIT":
            connection.commit()


class Store:
    """Durable writes in groups, consistent reads.

    `start` and `stop` are called once each by the owner.
    """

    def __init__(self, url: str, *, tell: Telling, seal: bytes) -> None:
        self._seal = seal
        self._engine = open_engine(url)
        self._sqlite = self._engine.dialect.name == "sqlite"
        self._tell = tell
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def engine(self) -> Engine:
        return self._engine

    def start(self) -> None:
        """Bind to the running loop and start the writer."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def stop(self) -> None:
        """Commit what is queued, then close."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        self._readers.shutdown()
        self._engine.dispose()

    def write(self, work: Work[T]) -> "asyncio.Future[T]":
        """Run `work` in the writer's next group; the future is done after the commit is durable.

        Order of calls is order of commits. Raises what `work` raises (nothing of it is kept), or
        UnavailableError when the store refuses the commit.
        """
        if self._loop is None:
            raise UnavailableError(hint="store is not started")
        future: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(_Job(work, future))
        return future

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on one consistent snapshot, beside the writer."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read, work)

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            if self._sqlite:
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ")
            try:
                return work(connection)
            finally:
                if self._sqlite:
                    connection.exec_driver_sql("ROLLBACK")

    def _run(self) -> None:
        while True:
            group, more = self._next_group()
            if group:
                self._commit(group)
            if not more:
                return

    def _next_group(self) -> tuple[list[_Job[Any]], bool]:
        """Wait for one job, then take what else is waiting. False when the owner has stopped us."""
        first = self._jobs.get()
        if first is None:
            return [], False
        group = [first]
        while len(group) < GROUP_LIMIT:
            try:
                following = self._jobs.get_nowait()
            except queue.Empty:
                return group, True
            if following is None:
                return group, False
            group.append(following)
        return group, True

    def _commit(self, group: list[_Job[Any]]) -> None:
        try:
            self._commit_together(group)
        except DBAPIError:
            # One bad job, a deadlock or a lost link must not take its neighbours down.
            for job in group:
                self._commit_alone(job)
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._deliver, group)

    def _commit_alone(self, job: _Job[Any]) -> None:
        try:
            self._commit_together([job])
        except DBAPIError as error:
            job.error = UnavailableError(hint=type(error).__name__)
            job.facts = []

    def _commit_together(self, group: list[_Job[Any]]) -> None:
        with self._engine.connect() as connection:
            if self._sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                for job in group:
                    self._attempt(job, connection, alone=len(group) == 1)
            except BaseException:
                self._end(connection, "ROLLBACK")
                raise
            self._end(connection, "COMMIT")

    def _end(self, connection: Connection, how: str) -> None:
        if self._sqlite:
            connection.exec_driver_sql(how)
        elif how == "COMMIT":
            connection.commit()
        else:
            connection.rollback()

    def _attempt(self, job: _Job[Any], connection: Connection, *, alone: bool) -> None:
        job.result, job.error, job.facts = None, None, []
        connection.exec_driver_sql("SAVEPOINT job")
        transaction = Transaction(connection, self._seal)
        try:
            job.result = job.work(transaction)
        except DBAPIError:
            if not alone:
                raise
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT job")
            raise
        except Exception as error:
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT job")
            job.error = error
        else:
            job.facts = transaction.facts
        connection.exec_driver_sql("RELEASE SAVEPOINT job")

    def _deliver(self, group: list[_Job[Any]]) -> None:
        facts = [fact for job in group if job.error is None for fact in job.facts]
        for job in group:
            if job.future.cancelled():
                continue
            if job.error is None:
                job.future.set_result(job.result)
            else:
                job.future.set_exception(job.error)
        if facts:
            self._tell(facts)
