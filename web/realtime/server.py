"""The Socket.IO server itself: its limits, whose pages may link to it, how it ends."""

from collections.abc import Awaitable, Callable

import socketio
from aiohttp import web

from web.settings import Mode, Settings

BODY_LIMIT = 2 * 1024 * 1024


def open_sockets(settings: Settings) -> socketio.AsyncServer:
    """Commands of one connection are handled in order."""
    return socketio.AsyncServer(
        async_mode="aiohttp",
        async_handlers=False,
        cors_allowed_origins=_origins(settings),
        max_http_buffer_size=BODY_LIMIT,
        ping_interval=10,
        ping_timeout=8,
        logger=False,
        engineio_logger=False,
    )


def _origins(settings: Settings) -> list[str] | None:
    """Sockets from our own pages only. None: the library compares with the request's own host."""
    return [settings.public_url] if settings.mode is Mode.PRODUCTION else None


def say_goodbye(
    sockets: socketio.AsyncServer,
) -> Callable[[web.Application], Awaitable[None]]:
    """End every socket at once, so that clients look for another node and we can stop.

    Without waiting for what is still to be sent: a socket whose other end is gone never sends it.
    """

    async def disconnect(_app: web.Application) -> None:
        for client in list(sockets.eio.sockets.values()):
            await client.close(wait=False, reason=sockets.eio.reason.SERVER_DISCONNECT)
        await sockets.shutdown()

    return disconnect
