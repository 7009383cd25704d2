"""Light clients: Socket.IO frames written by hand over one websocket, so that the measuring costs
little and the same for whatever is measured.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Self

import aiohttp

ANSWER_WITHIN = 60.0
Heard = Callable[[str, Any], None]


class RefusedError(RuntimeError):
    """The server does not let this connection in."""


class Link:
    """One Socket.IO connection to one namespace."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, namespace: str) -> None:
        self._socket = socket
        self._where = "" if namespace == "/" else f"{namespace},"
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._number = 0
        self._reading: asyncio.Task[None] | None = None
        self.heard: Heard | None = None

    @classmethod
    async def open(
        cls,
        http: aiohttp.ClientSession,
        url: str,
        *,
        namespace: str = "/",
        auth: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        """Connected and let in. Raises RefusedError."""
        address = f"{url}/socket.io/?EIO=4&transport=websocket"
        socket = await http.ws_connect(address, headers=headers, max_msg_size=0, compress=0)
        link = cls(socket, namespace)
        await socket.receive_str(timeout=ANSWER_WITHIN)  # the opening
        await socket.send_str(f"40{link._where}{json.dumps(auth) if auth else ''}")
        while not (told := await socket.receive_str(timeout=ANSWER_WITHIN)).startswith("40"):
            if told.startswith("44"):
                raise RefusedError(told[:40])
            link._take(told)  # news may be sent ahead of the welcome
        link._reading = asyncio.create_task(link._read())
        return link

    async def call(self, event: str, payload: object) -> Any:
        """The acknowledgement's one value."""
        self._number += 1
        number = self._number
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_str(f"42{self._where}{number}{json.dumps([event, payload])}")
        async with asyncio.timeout(ANSWER_WITHIN):
            return await answer

    async def emit(self, event: str, payload: object) -> None:
        await self._socket.send_str(f"42{self._where}{json.dumps([event, payload])}")

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
        with contextlib.suppress(Exception):
            await self._socket.close()

    async def _read(self) -> None:
        async for message in self._socket:
            self._take(message.data)
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionResetError("the link is gone"))

    def _take(self, frame: str) -> None:
        if frame == "2":
            self._pong = asyncio.ensure_future(self._socket.send_str("3"))
            return
        body = frame[2:].removeprefix(self._where)
        if frame.startswith("43"):
            number, _, rest = body.partition("[")
            answer = self._waiting.pop(int(number))
            if not answer.done():
                answer.set_result(json.loads(f"[{rest}")[0])
        elif frame.startswith("42") and self.heard is not None:
            event, *told = json.loads(body)
            self.heard(event, told[0] if told else None)
