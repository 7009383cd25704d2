"""Works off the outbox: one conversation at a time in order, many beside each other; picks up what
a crash left.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection, select, update

from chat.arrival import LEASE
from chat.attend import attend, fail_to_person
from chat.service import Service
from models.errors import ServiceError
from models.facts import WorkAdded
from models.store import Transaction
from models.tables import outbox
from models.vocabulary import ConversationId, OutboxId

LANES = 64
SWEPT = 200
log = structlog.get_logger()


class Worker:
    """Owns the lanes: a task per conversation that has work.

    `drain` waits until nothing is under way.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._waiting: dict[ConversationId, deque[OutboxId]] = {}
        self._lanes: dict[ConversationId, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(LANES)
        self._known: set[OutboxId] = set()

    def add(self, facts: Sequence[WorkAdded]) -> None:
        for fact in facts:
            self._add(fact.conversation, OutboxId(fact.outbox_id))

    def _add(self, conversation: ConversationId, work: OutboxId) -> None:
        if work in self._known:
            return
        self._known.add(work)
        self._waiting.setdefault(conversation, deque()).append(work)
        if conversation not in self._lanes:
            self._lanes[conversation] = asyncio.create_task(self._run_lane(conversation))

    async def _run_lane(self, conversation: ConversationId) -> None:
        waiting = self._waiting[conversation]
        try:
            while waiting:
                work = waiting.popleft()
                async with self._places:
                    await self._attempt(work)
                self._known.discard(work)
        finally:
            del self._lanes[conversation]
            del self._waiting[conversation]

    async def _attempt(self, work: OutboxId) -> None:
        """A failure is a bug: logged without words, and a person is brought.

        Failing that, the sweep tries again.
        """
        try:
            await attend(self._service, work)
        except Exception as error:  # the worker's edge: whatever broke, a person is needed
            log.error("work_failed", outbox=work, error=type(error).__name__)
            await self._bring_person_instead(work)

    async def _bring_person_instead(self, work: OutboxId) -> None:
        try:
            await fail_to_person(self._service, work)
        except ServiceError as error:
            log.error("work_left_open", outbox=work, error=type(error).__name__)

    async def take_over(self, *, all_leases: bool) -> int:
        """Lease open rows whose lease has ended (at a single node's start: all of them) and work
        them.
        """
        now = self._service.now()
        found = await self._service.store.read(_open_rows)
        ready = [row for row in found if all_leases or row[2] <= now]
        ready = [row for row in ready if row[0] not in self._known]
        if not ready:
            return 0
        numbers = [row[0] for row in ready]

        def lease(tx: Transaction) -> None:
            tx.execute(
                update(outbox)
                .where(outbox.c.id.in_(numbers), outbox.c.done_at.is_(None))
                .values(lease_until=now + LEASE, attempts=outbox.c.attempts + 1)
            )

        await self._service.store.write(lease)
        for number, conversation, _lease in ready:
            self._add(ConversationId(conversation), OutboxId(number))
        return len(ready)

    async def drain(self) -> None:
        while self._lanes:
            await asyncio.gather(*self._lanes.values(), return_exceptions=True)

    async def stop(self) -> None:
        lanes = list(self._lanes.values())
        for lane in lanes:
            lane.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)


def _open_rows(db: Connection) -> list[tuple[int, str, datetime]]:
    statement = (
        select(outbox.c.id, outbox.c.conversation_id, outbox.c.lease_until)
        .where(outbox.c.done_at.is_(None))
        .order_by(outbox.c.id)
        .limit(SWEPT)
    )
    return [(row.id, row.conversation_id, row.lease_until) for row in db.execute(statement)]
