"""The Socket.IO server with bounds: how many sockets an address has, how long one may be nobody's,
how much may wait for one; and none of what is no Socket.IO.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import socketio
import structlog
from aiohttp import web
from typing_extensions import override

from models.errors import TooFastError
from web.address import address_of
from web.guard import Handler
from web.turns import SOCKETS as PATH
from web.turns import TURNS, Turns, cost_of

MOST_WAITING = 1000
"""Packets to one socket. Who does not take them is asked to come back and catch up by number."""
MOST_RUBBISH = 10
"""Packets that are no Socket.IO, from one socket."""
FEW_WAITING = 16
LOOK_EVERY = timedelta(seconds=1)
LOOK_AGAIN = timedelta(milliseconds=50)
TO_LEAVE = timedelta(seconds=2)
"""From our goodbye until the link is cut."""
log = structlog.get_logger()


@dataclass(slots=True)
class Socket:
    """One Engine.IO session. `websocket` is the request that became one, else it polls."""

    address: str
    since: float
    turns: Turns
    websocket: web.Request | None = None
    rubbish: int = 0


class Sockets(socketio.AsyncServer):  # type: ignore[misc]  # the library carries no types
    """Drops who keeps a socket and does not use it as one."""

    def __init__(self, *, to_join: timedelta, of_address: int | None, **options: Any) -> None:
        super().__init__(**options)
        self._to_join, self._of_address = to_join.total_seconds(), of_address
        self._sockets: dict[str, Socket] = {}
        self._of: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="sockets")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def check_room(self, address: str) -> None:
        """Raises TooFastError for an address that has as many as it may. Its requests are heard."""
        if self._of_address is not None and self._of.get(address, 0) >= self._of_address:
            raise TooFastError(retry_after=LOOK_EVERY)

    def became_websocket(self, session: str, request: web.Request) -> None:
        """What polled until now goes on over this request."""
        if session in self._sockets:
            self._sockets[session].websocket = request

    @contextlib.asynccontextmanager
    async def turn(self, sid: str, namespace: str, *, size: int = 0) -> AsyncIterator[None]:
        """A turn for one command of a connection, once its answers before are taken."""
        session = self.manager.eio_sid_from_sid(sid, namespace)
        socket = self._sockets.get(session)
        if socket is None:
            yield
            return
        await self._until_taken(session, socket)
        async with socket.turns.turn(socket.address, cost=cost_of(size)):
            yield

    def address_of(self, sid: str, namespace: str) -> str | None:
        """Where a connection comes from; None when it is gone."""
        socket = self._sockets.get(self.manager.eio_sid_from_sid(sid, namespace))
        return socket.address if socket is not None else None

    async def _until_taken(self, session: str, socket: Socket) -> None:
        while True:
            if session not in self._sockets or not self._lags(session, socket):
                return
            await asyncio.sleep(LOOK_AGAIN.total_seconds())

    def _lags(self, session: str, socket: Socket) -> bool:
        if socket.websocket is not None and socket.websocket.transport is not None:
            return bool(socket.websocket.protocol.writing_paused)
        return self._waiting(session) > FEW_WAITING

    def _waiting(self, session: str) -> int:
        kept = self.eio.sockets.get(session)
        return kept.queue.qsize() if kept is not None else 0

    @override
    async def _handle_eio_connect(self, eio_sid: str, environ: Mapping[str, Any]) -> object:
        request: web.Request = environ["aiohttp.request"]
        address = address_of(request)
        socket = Socket(address, asyncio.get_running_loop().time(), request.app[TURNS])
        if _upgrades(request):
            socket.websocket = request
        self._sockets[eio_sid] = socket
        self._of[address] = self._of.get(address, 0) + 1
        return await super()._handle_eio_connect(eio_sid, environ)

    @override
    async def _handle_eio_message(self, eio_sid: str, data: object) -> None:
        if eio_sid not in self._sockets:
            return  # dropped, and what it said before that is still being read
        try:
            await super()._handle_eio_message(eio_sid, data)
        except Exception as error:  # what is no Socket.IO: nobody of ours sends it
            socket = self._sockets.get(eio_sid)
            if socket is None:
                return
            socket.rubbish += 1
            if socket.rubbish > MOST_RUBBISH:
                log.warning("socket_dropped", why="rubbish", error=type(error).__name__)
                await self._drop(eio_sid)

    @override
    async def _handle_eio_disconnect(self, eio_sid: str, reason: object) -> None:
        socket = self._sockets.pop(eio_sid, None)
        if socket is not None:
            self._of[socket.address] -= 1
            if not self._of[socket.address]:
                del self._of[socket.address]
            if socket.websocket is not None:
                loop = asyncio.get_running_loop()
                loop.call_later(TO_LEAVE.total_seconds(), _cut, socket.websocket)
        await super()._handle_eio_disconnect(eio_sid, reason)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK_EVERY.total_seconds())
            for session, socket in list(self._sockets.items()):
                why = self._fault(session, now=loop.time(), since=socket.since)
                if why is not None:
                    log.warning("socket_dropped", why=why)
                    await self._drop(session)

    def _fault(self, session: str, *, now: float, since: float) -> str | None:
        if self._waiting(session) > MOST_WAITING:
            return "unread"
        if now - since > self._to_join and not self._has_joined(session):
            return "nobody"
        return None

    def _has_joined(self, session: str) -> bool:
        spaces = list(self.manager.get_namespaces())
        return any(self.manager.sid_from_eio_sid(session, space) for space in spaces)

    async def _drop(self, session: str) -> None:
        socket, kept = self._sockets.get(session), self.eio.sockets.get(session)
        if kept is not None:
            await kept.close(wait=False, abort=True, reason=self.reason.SERVER_DISCONNECT)
        if socket is not None and socket.websocket is not None:
            _cut(socket.websocket)


def _upgrades(request: web.Request) -> bool:
    return request.headers.get("Upgrade", "").lower() == "websocket"


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


SOCKETS = web.AppKey("sockets", Sockets)


@web.middleware
async def bounded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A new socket needs room; a websocket that ends takes its link with it."""
    if request.path != PATH:
        return await handler(request)
    sockets, session = request.app[SOCKETS], request.query.get("sid")
    if session is None:
        sockets.check_room(address_of(request))
        async with request.app[TURNS].turn(address_of(request)):
            pass
    if not _upgrades(request):
        return await handler(request)
    if session is not None:
        sockets.became_websocket(session, request)
    try:
        return await handler(request)
    finally:
        request.protocol.close()
