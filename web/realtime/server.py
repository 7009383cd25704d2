"""The Socket.IO server itself: its limits, whose pages may link to it, how it ends."""

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from web.realtime.rooms import Rooms
from web.realtime.sockets import Sockets
from web.settings import Mode, Settings

BODY_LIMIT = 2 * 1024 * 1024
PACKET_LIMIT = 256 * 1024
"""Of one packet on a socket. What is larger may come by request."""


def open_sockets(settings: Settings) -> Sockets:
    """Commands of one connection are handled in order."""
    return Sockets(
        to_join=settings.time_to_ask,
        of_address=None if settings.is_relaxed else settings.sockets_of_address,
        namespaces=["/chat", "/console"],
        client_manager=Rooms(),
        async_mode="aiohttp",
        async_handlers=False,
        cors_allowed_origins=_origins(settings),
        max_http_buffer_size=PACKET_LIMIT,
        ping_interval=10,
        ping_timeout=8,
        logger=False,
        engineio_logger=_quiet(),
    )


def _quiet() -> logging.Logger:
    """What the library would log, with a trace each time, is rubbish that somebody sent."""
    logger = logging.getLogger("engineio.server")
    logger.setLevel(logging.CRITICAL)
    return logger


def _origins(settings: Settings) -> list[str] | None:
    """Sockets from our own pages only. None: the library compares with the request's own host."""
    return [settings.public_url] if settings.mode is Mode.PRODUCTION else None


def say_goodbye(
    sockets: Sockets,
) -> Callable[[web.Application], Awaitable[None]]:
    """End every socket at once, so that clients look for another node and we can stop.

    Without waiting for what is still to be sent: a socket whose other end is gone never sends it.
    """

    async def disconnect(_app: web.Application) -> None:
        for client in list(sockets.eio.sockets.values()):
            await client.close(wait=False, reason=sockets.eio.reason.SERVER_DISCONNECT)
        await sockets.shutdown()

    return disconnect
