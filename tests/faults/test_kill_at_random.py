"""Server, assistant, Redis and PostgreSQL killed at random under load: nothing is lost, doubled,
reordered, ownerless or stuck, counted from the people's own records. `make kill` goes on for long.
"""

import asyncio
import contextlib
import os
import random
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from sqlalchemy import select

from chat.sweep import _ownerless, _unread, _without_entry
from models.engine import open_engine
from models.tables import outbox
from tests.faults.process import ServiceProcess, start, start_again
from tests.faults.records import DANGER, PLAIN, Counts, Writer
from tests.postgres import Postgres
from tests.redis import redis_server

ROUNDS = int(os.environ.get("KILL_ROUNDS", "20"))
A_ROUND = 20  # seconds, of a busy machine
STARTS = 5
WRITERS = 6
RELAXED = {"CAP_CHAT_RATE_LIMITS": "relaxed"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.rasa,
    pytest.mark.timeout(240 + ROUNDS * A_ROUND),
]


@dataclass
class Site:
    """What runs, and how each part is killed and brought back."""

    address: str
    environment: dict[str, str]
    folders: list[Path]
    nodes: list[ServiceProcess | None] = field(default_factory=list)
    coming: list[asyncio.Task[None]] = field(default_factory=list)
    others: dict[str, tuple[Callable[[], None], Callable[[], None]]] = field(default_factory=dict)

    async def open(self) -> None:
        for folder in self.folders:
            self.nodes.append(await start(folder, **self.environment))

    def urls(self) -> list[str]:
        return [node.url for node in self.nodes if node is not None]

    async def hurt(self, chance: random.Random) -> str:
        what = chance.choice(["server", "assistant", *self.others])
        number = chance.choice([n for n, node in enumerate(self.nodes) if node is not None])
        if what == "server":
            await self._kill_node(number)
        elif what == "assistant":
            self._kill_assistant(number)
        else:
            kill, bring_back = self.others[what]
            kill()
            await asyncio.sleep(chance.uniform(0.1, 0.6))
            await asyncio.to_thread(bring_back)
        return what

    async def _kill_node(self, number: int) -> None:
        """It comes back while the next is killed, unless no other is left to serve."""
        node = self.nodes[number]
        assert node is not None
        self.nodes[number] = None
        node.kill()
        self.coming.append(asyncio.create_task(self._start_node(number)))
        if not self.urls():
            await self.all_back()

    async def _start_node(self, number: int) -> None:
        """As whatever supervises it would: again, should the store be away just then."""
        for _ in range(STARTS):
            with contextlib.suppress(AssertionError):
                self.nodes[number] = await start_again(self.folders[number], **self.environment)
                return
        raise AssertionError("a node does not start")

    async def all_back(self) -> None:
        await asyncio.gather(*self.coming)

    def _kill_assistant(self, number: int) -> None:
        node = self.nodes[number]
        assert node is not None
        for child in psutil.Process(node.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                if "launch.py" in " ".join(child.cmdline()):
                    child.kill()

    def close(self) -> None:
        for node in self.nodes:
            if node is not None:
                node.process.terminate()
        for node in self.nodes:
            if node is not None:
                node.process.wait(timeout=30)


@contextlib.asynccontextmanager
async def sqlite_site(folder: Path) -> AsyncIterator[Site]:
    """One node with its file."""
    yield Site(f"sqlite:///{folder}/cap-chat.db", RELAXED, [folder])


@contextlib.asynccontextmanager
async def postgres_site(folder: Path) -> AsyncIterator[Site]:
    """Two nodes with one secret, on PostgreSQL and Redis."""
    folders = [folder / "a", folder / "b"]
    for one in folders:
        one.mkdir()
    (folders[0] / "key").write_bytes(os.urandom(32))
    shutil.copy(folders[0] / "key", folders[1] / "key")
    postgres = Postgres()
    with redis_server() as redis:
        environment = {
            **RELAXED,
            "CAP_CHAT_DATABASE_URL": postgres.address,
            "CAP_CHAT_REDIS_URL": redis.url,
        }
        site = Site(postgres.address, environment, folders)
        site.others = {
            "redis": (redis.kill, redis.start),
            "postgresql": (postgres.kill, postgres.start),
        }
        try:
            yield site
        finally:
            postgres.stop()


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(sqlite_site, id="sqlite"),
        pytest.param(postgres_site, id="postgresql", marks=[pytest.mark.postgres]),
    ],
)
async def test_whatever_is_killed_nothing_is_lost_doubled_reordered_ownerless_or_stuck(
    tmp_path: Path, at: Callable[[Path], contextlib.AbstractAsyncContextManager[Site]]
):
    chance = random.Random(20261126)
    async with at(tmp_path) as site:
        await site.open()
        try:
            counts, killed = await live_through(site, chance)
        finally:
            site.close()
    assert counts == Counts(), killed


async def live_through(site: Site, chance: random.Random) -> tuple[Counts, list[str]]:
    writers = [Writer(DANGER if number % 3 == 0 else PLAIN) for number in range(WRITERS)]
    for writer in writers:
        await writer.begin(site.urls()[0])
    stop = asyncio.Event()
    writing = [asyncio.create_task(writer.write(site.urls, stop)) for writer in writers]
    killed = []
    for _ in range(ROUNDS):
        await asyncio.sleep(chance.uniform(0.2, 0.8))
        killed.append(await site.hurt(chance))
    await site.all_back()
    stop.set()
    await asyncio.wait_for(asyncio.gather(*writing), 90)
    assert sum(len(writer.acknowledged) for writer in writers) > ROUNDS
    counts = Counts()
    await until_nothing_is_open(site.address)
    for writer in writers:
        await writer.count(site.urls()[-1], counts)
    with open_engine(site.address).connect() as db:
        counts.stuck += len(_unread(db))
        counts.ownerless += len(_without_entry(db)) + len(_ownerless(db))
    return counts, killed


async def until_nothing_is_open(address: str) -> None:
    """Until the work that the killing interrupted has been taken up and ended."""
    engine = open_engine(address)
    open_work = select(outbox.c.id).where(outbox.c.done_at.is_(None))
    async with asyncio.timeout(120):
        while True:
            with engine.connect() as db:
                if db.execute(open_work).first() is None:
                    return
            await asyncio.sleep(0.1)
