"""Tells the other nodes at once that the store has news, and knows who is linked to which node.

Carries hints, never words, and nothing that must arrive: the store is read each second anyway.
"""

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Protocol, TypeVar

import redis.asyncio as redis
import structlog
from redis.exceptions import RedisError

from models.facts import EntryFact, Fact, MessagePosted

CHANNEL = "cap:hints"
BEAT = timedelta(seconds=1)
DEAF_AFTER = timedelta(seconds=3)
"""Without our own heartbeat for this long the subscription is dead, however the link looks."""
LINK_LIFE = timedelta(seconds=15)
LINK_RENEW = timedelta(seconds=5)
PATIENCE = 2.0
T = TypeVar("T")
log = structlog.get_logger()


class DeafError(Exception):
    """Our own heartbeat does not come back."""


class Linked(Protocol):
    """Who has a link to us."""

    async def arrived(self, who: str) -> None:
        """One more link of theirs."""

    async def left(self, who: str) -> bool:
        """One link fewer. True when they have another, on whichever node."""


class Here:
    """The links of the only node."""

    def __init__(self) -> None:
        self._links: Counter[str] = Counter()

    async def arrived(self, who: str) -> None:
        self._links[who] += 1

    async def left(self, who: str) -> bool:
        self._links[who] -= 1
        if self._links[who] > 0:
            return True
        del self._links[who]
        return False


class Bus:
    """Our own small bus on Redis. Losing it makes the service slower, never lossy."""

    def __init__(self, url: str, *, node: str) -> None:
        self._node = node
        self._redis = redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, decode_responses=True
        )
        self._hint: dict[str, Any] | None = None
        self._has_hint = asyncio.Event()
        self._links: dict[str, int] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.news = asyncio.Event()
        self.hears = False

    def start(self) -> None:
        loops: Sequence[Callable[[], Awaitable[None]]] = (
            self._listen,
            self._speak,
            self._beat,
            self._renew,
        )
        self._tasks = [
            asyncio.create_task(self._forever(loop), name=f"bus {loop.__name__}") for loop in loops
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for key in list(self._links):
            await self._try(self._redis.zrem(_place(key), self._node))
        await self._redis.aclose()

    def hint(self, facts: Sequence[Fact]) -> None:
        """Many at once are one hint: whoever hears it reads all that is new."""
        for fact in facts:
            number = 0
            if isinstance(fact, MessagePosted):
                number = fact.message["seq"]
            elif isinstance(fact, EntryFact):
                number = fact.number
            self._hint = {"conversation": getattr(fact, "conversation", None), "number": number}
        self._has_hint.set()

    async def arrived(self, who: str) -> None:
        """Somebody is linked to this node."""
        self._links[who] = self._links.get(who, 0) + 1
        await self._try(self._keep_link(who))

    async def left(self, who: str) -> bool:
        """One link of theirs is gone. True when they have another, here or on another node."""
        self._links[who] = self._links.get(who, 1) - 1
        if self._links[who] > 0:
            return True
        del self._links[who]
        await self._try(self._redis.zrem(_place(who), self._node))
        elsewhere = await self._try(self._redis.zcount(_place(who), time.time(), "+inf"))
        return bool(elsewhere)

    def has_link(self, who: str) -> bool:
        """Whether they are linked to this node."""
        return who in self._links

    async def _forever(self, loop: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await loop()
            except (RedisError, OSError, DeafError, TimeoutError, ValueError) as error:
                if self.hears:
                    log.warning("bus_lost", error=type(error).__name__)
                self.hears = False
                await asyncio.sleep(BEAT.total_seconds() / 2)

    async def _listen(self) -> None:
        clock = asyncio.get_running_loop().time
        async with self._redis.pubsub() as channel:
            await channel.subscribe(CHANNEL)
            heard = clock()
            while True:
                message = await channel.get_message(
                    ignore_subscribe_messages=True, timeout=BEAT.total_seconds()
                )
                told = json.loads(message["data"]) if message else {}
                if self._takes_in(told):
                    heard = clock()
                if clock() - heard > DEAF_AFTER.total_seconds():
                    raise DeafError

    def _takes_in(self, told: dict[str, Any]) -> bool:
        """True for our own heartbeat: the way to Redis and back is open."""
        if "conversation" in told and told.get("from") != self._node:
            self.news.set()
        if told.get("beat") != self._node:
            return False
        if not self.hears:
            log.info("bus_heard")
        self.hears = True
        return True

    async def _speak(self) -> None:
        while True:
            await self._has_hint.wait()
            self._has_hint.clear()
            await self._publish({**(self._hint or {}), "from": self._node})

    async def _beat(self) -> None:
        while True:
            await self._publish({"beat": self._node})
            await asyncio.sleep(BEAT.total_seconds())

    async def _renew(self) -> None:
        while True:
            for who in list(self._links):
                await self._keep_link(who)
            await asyncio.sleep(LINK_RENEW.total_seconds())

    async def _publish(self, told: dict[str, Any]) -> None:
        await self._redis.publish(CHANNEL, json.dumps(told))

    async def _keep_link(self, who: str) -> None:
        ends = time.time() + LINK_LIFE.total_seconds()
        async with self._redis.pipeline(transaction=False) as together:
            _ = together.zadd(_place(who), {self._node: ends})
            _ = together.expire(_place(who), int(LINK_LIFE.total_seconds()) * 2)
            await together.execute()

    async def _try(self, asked: Awaitable[T]) -> T | None:
        """None when Redis is away: nobody is known to be linked elsewhere then."""
        with contextlib.suppress(RedisError, OSError, TimeoutError):
            return await asked
        return None


def _place(who: str) -> str:
    return f"cap:links:{who}"
