"""The doors: every link from outside, from its first byte to its last, before anybody is known.

Bounds how many there are, how long one may take to ask, and how long leave unread what it is sent.
"""

import asyncio
import resource
import socket
import struct
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import structlog
from aiohttp import web
from typing_extensions import override

from web.guard import Handler
from web.settings import Settings

LOOK_EVERY = timedelta(milliseconds=500)
KEPT_FREE = 200
"""Open files that are no links: the store, the assistant, the process that reads."""
SENT_AHEAD = 128 * 1024
"""Bytes that the system keeps for a link beside us; by itself it would keep megabytes for each."""
AT_ONCE = struct.pack("ii", 1, 0)
"""Linger for no time: what nobody reads is thrown away with the link."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Limits:
    """`links` in all and `of_address`; `to_ask`: until the head of the first request is here;
    `to_read`: how long the other end may leave unread what is on its way to it.
    """

    links: int
    of_address: int
    to_ask: timedelta
    to_read: timedelta


class Doors:
    """Every open link. Full, it makes room by closing whoever is idle longest, of the same address
    first: somebody who means to write is not kept out by those who say nothing.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open: dict[str, dict[Door, None]] = {}
        self._of_handler: dict[object, Door] = {}
        self._count = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="doors")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def admit(self, door: "Door") -> bool:
        """Whether the link may stay: one more of its address, and one more in all."""
        same = self._open.get(door.address, {})
        if len(same) >= self._limits.of_address and not _make_room(same):
            return False
        if self._count >= self._limits.links and not self._make_room():
            return False
        self._open.setdefault(door.address, {})[door] = None
        self._of_handler[door.handler] = door
        self._count += 1
        return True

    def rests(self, door: "Door") -> None:
        """Nothing is asked on this link now: it is idle for the shortest time of all."""
        door.busy = False
        same = self._open.get(door.address, {})
        if door in same:
            same[door] = same.pop(door)

    def forget(self, door: "Door") -> None:
        same = self._open.get(door.address, {})
        if door not in same:
            return
        del same[door]
        del self._of_handler[door.handler]
        self._count -= 1
        if not same:
            del self._open[door.address]

    def _make_room(self) -> bool:
        """Of the address with most links, whoever is idle longest goes."""
        return any(_make_room(same) for same in sorted(self._open.values(), key=len, reverse=True))

    def of(self, request: web.Request) -> "Door | None":
        """None for a link that did not come in by these doors."""
        return self._of_handler.get(request.protocol)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK_EVERY.total_seconds())
            self._look(loop.time())

    def _look(self, now: float) -> None:
        """Close every link that took too long."""
        for door in [door for same in self._open.values() for door in same]:
            asks_for = 0.0 if door.asks_since is None else now - door.asks_since
            too_late = asks_for > self._limits.to_ask.total_seconds()
            if too_late or door.unread_for(now) > self._limits.to_read.total_seconds():
                door.drop()


def _make_room(same: "dict[Door, None]") -> bool:
    idle = next((door for door in same if not door.busy), None)
    if idle is None:
        return False
    idle.drop()
    return True


class Door(asyncio.Protocol):
    """One link. Hands everything on to the handler that speaks HTTP, once it is admitted."""

    def __init__(self, doors: Doors, handler: web.RequestHandler) -> None:
        self._doors, self.handler = doors, handler
        self._transport: asyncio.Transport | None = None
        self._unread_since: float | None = None
        self.address = ""
        self.asks_since: float | None = None
        self.busy = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        link = cast(asyncio.Transport, transport)
        peer = link.get_extra_info("peername")
        self.address = str(peer[0]) if isinstance(peer, tuple) else ""
        if not self._doors.admit(self):
            link.abort()
            return
        self._transport = link
        _set(link, socket.SO_SNDBUF, SENT_AHEAD)
        self.asks_since = asyncio.get_running_loop().time()
        self.handler.connection_made(link)

    @override
    def data_received(self, data: bytes) -> None:
        if self._transport is not None:
            self.handler.data_received(data)

    @override
    def eof_received(self) -> None:
        if self._transport is not None:
            self.handler.eof_received()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._doors.forget(self)
        if self._transport is not None:
            self._transport = None
            self.handler.connection_lost(exc)

    @override
    def pause_writing(self) -> None:
        self._unread_since = asyncio.get_running_loop().time()
        self.handler.pause_writing()

    @override
    def resume_writing(self) -> None:
        self._unread_since = None
        self.handler.resume_writing()

    def unread_for(self, now: float) -> float:
        """Seconds since what we send is not taken: too much waits, or we want to close and
        something still waits.
        """
        closing = self._transport is not None and self._transport.is_closing()
        if self._unread_since is None and closing:
            self._unread_since = now
        return 0.0 if self._unread_since is None else now - self._unread_since

    def drop(self) -> None:
        """Without waiting for anything the other end would have to do."""
        if self._transport is not None:
            _set(self._transport, socket.SO_LINGER, AT_ONCE)
            self._transport.abort()
        self._doors.forget(self)


def _set(link: asyncio.Transport, option: int, value: int | bytes) -> None:
    sock = link.get_extra_info("socket")
    if sock is not None and sock.fileno() >= 0:
        sock.setsockopt(socket.SOL_SOCKET, option, value)


DOORS = web.AppKey("doors", Doors)


def open_doors(settings: Settings) -> Doors:
    """As many links as the settings say, or as the system lets this process have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    links = settings.links if most == resource.RLIM_INFINITY else most - KEPT_FREE
    if links < settings.links:
        log.warning("few_links", links=links)
    return Doors(
        Limits(
            links=min(settings.links, links),
            of_address=settings.links if _all_are_one(settings) else settings.links_of_address,
            to_ask=settings.time_to_ask,
            to_read=settings.time_to_read,
        )
    )


async def listen(runner: web.AppRunner, doors: Doors, settings: Settings) -> asyncio.Server:
    """Every link comes in by the doors, which hand it on to the application."""
    handlers = runner.server
    if handlers is None:
        raise RuntimeError("set the runner up before listening")
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: Door(doors, handlers()), settings.host, settings.port, backlog=2048
    )


def _all_are_one(settings: Settings) -> bool:
    """Behind proxies every link comes from theirs; load tests come from one address."""
    return settings.proxies > 0 or settings.is_relaxed


@web.middleware
async def while_asked(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A link is busy while a request of it is answered, or for as long as it is a socket."""
    doors = request.app.get(DOORS)
    door = doors.of(request) if doors is not None else None
    if doors is None or door is None:
        return await handler(request)
    door.busy, door.asks_since = True, None
    try:
        return await handler(request)
    finally:
        doors.rests(door)
