"""What a run stands on: the sizes, a folder of its own, and the parts that rows share.

Everything started here ends with the block.
"""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bench.children import Service, bare, serving

NO_BOT: Mapping[str, str] = {"CAP_CHAT_BOT_URL": "http://127.0.0.1:9"}
"""Nobody answers there, so every conversation is brought to a person and the bot costs nothing."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything. `seconds` is for one window of sending."""

    repeats: int
    seconds: float
    senders: int
    idle: int
    crowd: int
    many_messages: int
    entries: int
    services: int
    lanes: int
    kills: int


WHOLE = Sizes(5, 3.0, 64, 2_000, 2_000, 1_000_000, 500, 5_000, 8, 20)
QUICK = Sizes(1, 1.0, 32, 200, 200, 50_000, 500, 5_000, 4, 2)


@dataclass
class Stage:
    """One run. The shared service has no bot; what a row changes for good, it starts for itself."""

    sizes: Sizes
    folder: Path
    http: aiohttp.ClientSession
    _ending: contextlib.AsyncExitStack
    _services: dict[str, Service] = field(default_factory=dict)
    _bare: dict[str, str] = field(default_factory=dict)
    _rooms: int = 0

    @classmethod
    @contextlib.asynccontextmanager
    async def set_up(cls, sizes: Sizes, folder: Path) -> AsyncIterator["Stage"]:
        async with contextlib.AsyncExitStack() as ending:
            http = await ending.enter_async_context(
                aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), trust_env=False)
            )
            yield cls(sizes, folder, http, ending)

    def room(self, name: str) -> Path:
        """A new folder under the run's own."""
        self._rooms += 1
        room = self.folder / f"{self._rooms}-{name}"
        room.mkdir()
        return room

    async def plain(self) -> Service:
        """The service without a bot, on SQLite."""
        return await self._shared("plain", NO_BOT)

    async def with_bot(self) -> Service:
        """The service with its own Rasa, on SQLite."""
        return await self._shared("bot", {})

    async def bare(self, kind: str) -> str:
        """The address of a bare server of `bench.bare`."""
        if kind not in self._bare:
            server = bare(kind, self.room(kind))
            self._bare[kind] = await self._ending.enter_async_context(server)
        return self._bare[kind]

    async def _shared(self, name: str, environment: Mapping[str, str]) -> Service:
        if name not in self._services:
            service = serving(self.room(name), environment)
            self._services[name] = await self._ending.enter_async_context(service)
        return self._services[name]
