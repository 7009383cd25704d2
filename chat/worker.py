"""Works off the outbox: one conversation at a time in order, many beside each other; picks up what
a dead node or a failure left, on any node, once.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy import or_, select, true, update

from chat.attend import attend, fail_to_person
from chat.outbox import LEASE
from chat.service import Service
from models.errors import ServiceError, UnavailableError
from models.facts import WorkAdded
from models.store import Transaction
from models.tables import outbox
from models.vocabulary import ConversationId, OutboxId

LANES = 64
TAKEN_AT_ONCE = 500
LOOK_EVERY = timedelta(seconds=2)
MOST_ATTEMPTS = 5
"""Work that brought down whoever tried it this often is not tried again: a person is needed."""
TIME_TO_STOP = timedelta(seconds=2)
log = structlog.get_logger()


class Worker:
    """Owns the lanes: a task per conversation that has work. What it knows is leased to this node.

    `drain` waits until nothing is under way.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._waiting: dict[ConversationId, deque[OutboxId]] = {}
        self._lanes: dict[ConversationId, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(LANES)
        self._known: dict[OutboxId, int] = {}
        self._left: set[OutboxId] = set()
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look for work that was left, from now on."""
        self._looking = asyncio.create_task(self._look(), name="worker")

    def add(self, facts: Sequence[WorkAdded]) -> None:
        for fact in facts:
            self._add(fact.conversation, OutboxId(fact.outbox_id), attempts=0)

    def _add(self, conversation: ConversationId, work: OutboxId, *, attempts: int) -> None:
        if work in self._known:
            return
        self._known[work] = attempts
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
                del self._known[work]
        finally:
            del self._lanes[conversation]
            del self._waiting[conversation]

    async def _attempt(self, work: OutboxId) -> None:
        """A failure is a bug: logged without words, and a person is brought.

        While the store is away nothing can be decided: the work stays in it, and is looked for.
        """
        if self._known[work] >= MOST_ATTEMPTS:
            log.error("work_given_up", outbox=work)
            await self._bring_person_instead(work)
            return
        try:
            await attend(self._service, work)
        except UnavailableError as error:
            self._leave(work, error)
        except Exception as error:  # the worker's edge: whatever broke, a person is needed
            log.error("work_failed", outbox=work, error=type(error).__name__)
            await self._bring_person_instead(work)

    async def _bring_person_instead(self, work: OutboxId) -> None:
        try:
            await fail_to_person(self._service, work)
        except ServiceError as error:
            self._leave(work, error)

    def _leave(self, work: OutboxId, error: ServiceError) -> None:
        log.error("work_left_open", outbox=work, error=type(error).__name__)
        self._left.add(work)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY.total_seconds())
            try:
                await self.take_over()
            except Exception as error:  # the loop's edge: looked for again at the next turn
                log.error("take_over_failed", error=type(error).__name__)

    async def take_over(self, *, all_leases: bool = False) -> int:
        """Lease the open work whose lease has ended (at a single node's start: all of it) to this
        node and work it. Of all nodes that try, one has it. Yields how much.
        """
        now = self._service.now()
        ours, left = tuple(self._known), tuple(self._left)
        ended = true() if all_leases else or_(outbox.c.lease_until <= now, outbox.c.id.in_(left))
        free = (
            select(outbox.c.id)
            .where(outbox.c.done_at.is_(None), ended, outbox.c.id.not_in(ours))
            .order_by(outbox.c.id)
            .limit(TAKEN_AT_ONCE)
        )

        def lease(tx: Transaction) -> list[tuple[int, str, int]]:
            ending = outbox.c.lease_until < now + LEASE / 2
            tx.execute(
                update(outbox)
                .where(outbox.c.id.in_(ours), outbox.c.done_at.is_(None), ending)
                .values(lease_until=now + LEASE)
            )
            taking = (
                update(outbox)
                .where(outbox.c.id.in_(free.with_for_update(skip_locked=True)))
                .values(lease_until=now + LEASE, attempts=outbox.c.attempts + 1)
                .returning(outbox.c.id, outbox.c.conversation_id, outbox.c.attempts)
            )
            return [(row.id, row.conversation_id, row.attempts) for row in tx.execute(taking)]

        found = await self._service.store.read(lambda db: db.execute(free.limit(1)).first())
        if found is None and not ours:
            return 0
        taken = await self._service.store.write(lease)
        self._left.difference_update(left)
        for number, conversation, attempts in sorted(taken):
            self._add(ConversationId(conversation), OutboxId(number), attempts=attempts)
        return len(taken)

    async def drain(self) -> None:
        while self._lanes:
            await asyncio.gather(*self._lanes.values(), return_exceptions=True)

    async def stop(self) -> None:
        """End what is under way, if it ends soon; give the rest back, so that others need not wait
        for our leases.
        """
        if self._looking is not None:
            self._looking.cancel()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.drain(), TIME_TO_STOP.total_seconds())
        lanes = list(self._lanes.values())
        for lane in lanes:
            lane.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)
        await self._give_back()

    async def _give_back(self) -> None:
        ours, now = tuple(self._known), self._service.now()
        if not ours:
            return
        giving = (
            update(outbox)
            .where(outbox.c.id.in_(ours), outbox.c.done_at.is_(None))
            .values(lease_until=now)
        )
        try:
            await self._service.store.write(lambda tx: tx.execute(giving))
        except UnavailableError as error:
            log.error("work_not_given_back", error=type(error).__name__)
