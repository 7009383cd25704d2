"""Whose turn it is: of one address only so many requests and commands are worked on at once, and in
a second. The others wait, in order, and are never refused here: danger among them is heard.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from models.errors import BadCommandError
from web.address import address_of
from web.guard import Handler
from web.keys import SETTINGS

LARGE = 64 * 1024
"""Bytes. Longer bodies are read one after another: no message that anybody types is as long."""
LARGE_AT_ONCE = 4
SHORT = 500
"""Characters that cost about as much to read as all else that a turn does."""
OF_A_FILE = 0.1
"""Cost of a turn; a page has a score of files."""
TOGETHER = 3
"""Seconds' worth of turns that may come at once, and then take as long to be earned again."""
MOST_LANES = 1000
SOCKETS = "/socket.io/"


@dataclass(slots=True)
class _Lane:
    room: asyncio.Semaphore
    left: float
    at: float
    asked: int = 0


class Turns:
    """For each address so many at once and, when there is a pace, so many a second on average:
    a few seconds' worth may come together. Without any limit when `at_once` is None.
    """

    def __init__(self, at_once: int | None, *, a_second: int | None = None) -> None:
        self._at_once, self._a_second = at_once, a_second
        self._lanes: dict[str, _Lane] = {}

    @contextlib.asynccontextmanager
    async def turn(self, address: str, *, cost: float = 1) -> AsyncIterator[None]:
        """Wait for a turn and have it. `cost`: in usual turns."""
        if self._at_once is None:
            yield
            return
        lane = self._lane(address, self._at_once)
        lane.asked += 1
        try:
            async with lane.room:
                await asyncio.sleep(self._wait(lane, cost))
                yield
        finally:
            lane.asked -= 1
            if not lane.asked and (self._a_second is None or len(self._lanes) > MOST_LANES):
                self._forget()

    def _lane(self, address: str, at_once: int) -> _Lane:
        lane = self._lanes.get(address)
        if lane is None:
            now = asyncio.get_running_loop().time()
            lane = _Lane(asyncio.Semaphore(at_once), self._most, now)
            self._lanes[address] = lane
        return lane

    @property
    def _most(self) -> float:
        return float((self._a_second or 0) * TOGETHER)

    def _wait(self, lane: _Lane, cost: float) -> float:
        """Seconds until this lane has earned what a turn costs."""
        if self._a_second is None:
            return 0.0
        now = asyncio.get_running_loop().time()
        lane.left = min(self._most, lane.left + (now - lane.at) * self._a_second) - cost
        lane.at = now
        return max(0.0, -lane.left / self._a_second)

    def _forget(self) -> None:
        """Lanes in which nobody waits and all is earned again."""
        now = asyncio.get_running_loop().time()
        for address, lane in list(self._lanes.items()):
            if not lane.asked and now - lane.at >= TOGETHER:
                del self._lanes[address]


TURNS = web.AppKey("turns", Turns)
LARGE_TURNS = web.AppKey("large_turns", Turns)


def share(app: web.Application) -> None:
    """Between addresses. In load tests all come from one, so there is nothing to share."""
    settings = app[SETTINGS]
    app[TURNS] = Turns(
        None if settings.is_relaxed else settings.turns_of_address,
        a_second=settings.turns_a_second,
    )
    app[LARGE_TURNS] = Turns(LARGE_AT_ONCE)


@web.middleware
async def in_turn(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Hear a request out, in bounded time, before it takes a turn: who is slow holds up nobody.

    Sockets take a turn for each command instead.
    """
    if request.path == SOCKETS:
        return await handler(request)
    if request.can_read_body:
        await _hear_out(request, within=request.app[SETTINGS].time_to_say)
    cost = OF_A_FILE
    if not request.path.startswith("/static/"):
        cost = cost_of(len(await request.read()) if request.can_read_body else 0)
    async with request.app[TURNS].turn(address_of(request), cost=cost):
        return await handler(request)


def cost_of(size: int) -> float:
    """Of a turn in which so many characters are read."""
    return 1 + size / SHORT


async def _hear_out(request: web.Request, *, within: timedelta) -> None:
    """Raises BadCommandError for a body in parts, which only files are sent in, and for one that
    is not here in time.
    """
    if request.content_type.startswith("multipart/"):
        raise BadCommandError(hint="body")
    length = request.content_length
    try:
        async with asyncio.timeout(within.total_seconds()):
            if length is not None and length <= LARGE:
                await request.read()
                return
            async with request.app[LARGE_TURNS].turn(address_of(request)):
                await request.read()
    except TimeoutError:
        request.protocol.close()
        raise BadCommandError(hint="body") from None
