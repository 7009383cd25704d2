"""Turns one Socket.IO event into one use case and its outcome into one acknowledgement.

Only `ok: true` means kept.
"""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

import socketio
import structlog
from typing_extensions import override

from models.errors import BadCommandError, NotSignedInError, ServiceError, UnavailableError
from web.bus import Here, Linked
from web.commands import Command, parsed
from web.errors import Sentences

log = structlog.get_logger()

Do = Callable[[str, Any], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Handles:
    """A command's shape and the use case that does it, given the connection's id."""

    shape: type[Command]
    do: Do


class Edge(socketio.AsyncNamespace):  # type: ignore[misc]  # the library carries no types
    """A namespace whose events are a closed table of commands; everything else is refused."""

    def __init__(self, namespace: str, *, sentences: Sentences) -> None:
        super().__init__(namespace)
        self._sentences = sentences
        self.table: Mapping[str, Handles] = {}
        self.linked: Linked = Here()

    @override
    async def trigger_event(self, event: str, *args: Any) -> object:
        if event == "connect":
            await self._connect(*args)
            return None
        if event == "disconnect":
            await self.left(args[0])
            return None
        return await self._command(event, *args)

    async def _connect(self, sid: str, environ: Mapping[str, Any], auth: object = None) -> None:
        try:
            async with self.server.turn(sid, self.namespace):
                await self.entered(sid, environ, auth)
        except NotSignedInError:
            raise socketio.exceptions.ConnectionRefusedError("not_signed_in") from None
        except ServiceError as error:
            raise socketio.exceptions.ConnectionRefusedError(error.code) from None

    async def _command(self, event: str, sid: str, *payload: Any) -> dict[str, Any]:
        async with self.server.turn(sid, self.namespace, size=_size(payload)):
            return await self._done(event, sid, *payload)

    async def _done(self, event: str, sid: str, *payload: Any) -> dict[str, Any]:
        try:
            handles = self._handles(event, payload)
            self.check_allowed(sid, event)
            command = parsed(handles.shape, payload[0] if payload else None)
            return {"ok": True, **await handles.do(sid, command)}
        except ServiceError as error:
            return {"ok": False, "error": self._sentences.told(error)}
        except Exception as error:  # the socket's edge: logged once, told as unavailable
            log.error("command_failed", command=event, error=type(error).__name__)
            return {"ok": False, "error": self._sentences.told(UnavailableError())}

    def _handles(self, event: str, payload: tuple[object, ...]) -> Handles:
        handles = self.table.get(event)
        if handles is None or len(payload) > 1:
            raise BadCommandError(hint="event")
        return handles

    @abstractmethod
    async def entered(self, sid: str, environ: Mapping[str, Any], auth: object) -> None:
        """Find out who it is and join their rooms. Raises NotSignedInError."""

    @abstractmethod
    def check_allowed(self, sid: str, event: str) -> None:
        """Raises NotAllowedError when this connection may not give this command."""

    @abstractmethod
    async def left(self, sid: str) -> None:
        """The link is gone."""


def _size(payload: tuple[object, ...]) -> int:
    """Characters of what must be read."""
    fields = payload[0].values() if payload and isinstance(payload[0], dict) else ()
    return sum(len(field) for field in fields if isinstance(field, str))


def cookie_of(environ: Mapping[str, Any], name: str) -> str | None:
    """A cookie of the connection's handshake."""
    try:
        jar = SimpleCookie(environ.get("HTTP_COOKIE", ""))
    except CookieError:
        return None
    return jar[name].value if name in jar else None
