"""The store: one writer thread that commits in groups, readers beside it. Holds no rules.

Facts leave only after the commit. On SQLite the file is in WAL mode with `synchronous=FULL`.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy import Connection, Engine, Executable
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFreeError

from models.engine import READERS, open_engine
from models.errors import UnavailableError
from models.facts import Fact
from models.trouble import Trouble, trouble_of

T = TypeVar("T")

GROUP_LIMIT = 128
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between tries while trouble may pass. A caller hears within some two seconds."""
GROUP_WAITS, ONE_WAITS = "250ms", "2s"
"""How long PostgreSQL waits for a row that another node holds. A group gives way at once, since it
holds rows of its own in an order of its own; one alone takes rows in the order of all use cases
(conversation, entry, tallies), so it only has to wait.
"""
log = structlog.get_logger()


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


class Store:
    """Durable writes in groups, consistent reads.

    `start` and `stop` are called once each by the owner.
    """

    def __init__(
        self,
        url: str,
        *,
        tell: Telling,
        seal: bytes,
        keep: Callable[[Transaction], None] | None = None,
    ) -> None:
        """`keep` writes a transaction's facts for other nodes, in it."""
        self._seal = seal
        self._keep = keep
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

    @property
    def seal(self) -> bytes:
        """For reading: what the audit chain is checked by."""
        return self._seal

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
        try:
            return self._look(work)
        except (OperationalError, InterfaceError, NoConnectionFreeError) as error:
            raise UnavailableError(hint=type(error).__name__) from None

    def _look(self, work: Callable[[Connection], T]) -> T:
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
        trouble = self._patiently(group)
        if trouble in {Trouble.REFUSED, Trouble.CROWDED} and len(group) > 1:
            # One bad job or a neighbour's locks must not take the others down.
            for job in group:
                self._end_refused([job], self._patiently([job]))
        else:
            self._end_refused(group, trouble)
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._deliver, group)

    def _patiently(self, group: list[_Job[Any]]) -> Trouble | None:
        """None when committed. What may pass is tried again; several jobs that are crowded out are
        not, because one by one they stand in nobody's way.
        """
        trouble = self._commit_together(group)
        for pause in PAUSES:
            crowded_group = trouble is Trouble.CROWDED and len(group) > 1
            if trouble is None or not trouble.may_pass or crowded_group:
                return trouble
            time.sleep(pause)
            trouble = self._commit_together(group)
        return trouble

    def _end_refused(self, group: list[_Job[Any]], trouble: Trouble | None) -> None:
        if trouble is None:
            return
        log.error("store_refused", trouble=trouble.value, jobs=len(group))
        for job in group:
            job.error = UnavailableError(hint=trouble.value)
            job.facts = []

    def _commit_together(self, group: list[_Job[Any]]) -> Trouble | None:
        committing = False
        try:
            with self._engine.connect() as connection:
                self._work(group, connection)
                committing = True
                self._end(connection, "COMMIT")
        except SQLAlchemyError as error:
            return trouble_of(error, committing=committing)
        return None

    def _work(self, group: list[_Job[Any]], connection: Connection) -> None:
        self._begin(connection, alone=len(group) == 1)
        try:
            for job in group:
                self._attempt(job, connection)
        except BaseException:
            self._end(connection, "ROLLBACK")
            raise

    def _begin(self, connection: Connection, *, alone: bool) -> None:
        if self._sqlite:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            patience = ONE_WAITS if alone else GROUP_WAITS
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{patience}'")

    def _end(self, connection: Connection, how: str) -> None:
        if self._sqlite:
            connection.exec_driver_sql(how)
        elif how == "COMMIT":
            connection.commit()
        else:
            connection.rollback()

    def _attempt(self, job: _Job[Any], connection: Connection) -> None:
        job.result, job.error, job.facts = None, None, []
        connection.exec_driver_sql("SAVEPOINT job")
        transaction = Transaction(connection, self._seal)
        try:
            job.result = job.work(transaction)
            if self._keep is not None:
                self._keep(transaction)
        except DBAPIError:
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
