"""Links written byte by byte, for what no library would do: stop in the middle, or never read."""

import asyncio
import base64
import contextlib
import json
import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

import psutil

SMALL = 4096  # bytes that a link which never reads has room for
HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"
JOIN = "/socket.io/?EIO=4&transport=websocket"


@dataclass
class Raw:
    """One TCP link from an address of our choice."""

    sock: socket.socket

    @classmethod
    async def open(cls, url: str, *, source: str = HERE, room: int | None = None) -> Self:
        """`room`: of the window that the other end may fill."""
        sock = socket.socket()
        sock.setblocking(False)
        if room is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        sock.bind((source, 0))
        where = urlsplit(url)
        with contextlib.suppress(ConnectionResetError):  # let in, and out again for the next
            await asyncio.get_running_loop().sock_connect(sock, (where.hostname, where.port))
        return cls(sock)

    @property
    def end(self) -> tuple[object, ...]:
        return tuple(self.sock.getsockname())

    async def say(self, words: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.sock, words)

    async def hear(self, many: int = 65536) -> bytes:
        """Empty when the other end closed; so it is when it cut the link."""
        try:
            return await asyncio.get_running_loop().sock_recv(self.sock, many)
        except ConnectionResetError:
            return b""

    async def hear_all(self) -> bytes:
        """Until the other end closes."""
        heard = b""
        while more := await self.hear():
            heard += more
        return heard

    async def upgrade(self, path: str = JOIN) -> Self:
        """Become a websocket; reads the answer's head and the opening packet."""
        key = base64.b64encode(os.urandom(16)).decode()
        head = (
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
            f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        )
        await self.say(head.encode())
        heard = b""
        while b'"sid"' not in heard:
            more = await self.hear()
            assert more, heard
            heard += more
        return self

    async def join(self, token: str) -> Self:
        """As the person of this token. The welcome is read."""
        await self.say(frame(f"40/chat,{json.dumps({'token': token})}"))
        heard = b""
        while b"40/chat" not in heard:
            more = await self.hear()
            assert more, heard
            heard += more
        return self

    def close(self) -> None:
        self.sock.close()


def frame(text: str | bytes) -> bytes:
    """A text frame as clients send it, masked with zeros."""
    body = text.encode() if isinstance(text, str) else text
    return frame_head(len(body)) + body


def frame_head(length: int) -> bytes:
    if length < 126:
        size = bytes([0x80 | length])
    elif length < 65536:
        size = bytes([0x80 | 126]) + length.to_bytes(2, "big")
    else:
        size = bytes([0x80 | 127]) + length.to_bytes(8, "big")
    return b"\x81" + size + b"\0\0\0\0"


def command(number: int, event: str, payload: object) -> bytes:
    return frame(f"42/chat,{number}{json.dumps([event, payload])}")


def open_ends(pid: int) -> set[tuple[object, ...]]:
    """The other ends of all links that the service holds."""
    links = psutil.Process(pid).net_connections("tcp")
    return {tuple(link.raddr) for link in links}


async def until_held(pid: int, links: Iterable[Raw], *, many: int) -> None:
    """Until the service holds just so many of these. Raises TimeoutError."""
    await _until_held(pid, {link.end for link in links}, many=many, within=20)


async def until_dropped(pid: int, links: Iterable[Raw], *, within: float) -> None:
    """Until the service holds none of them any more. Raises TimeoutError."""
    await _until_held(pid, {link.end for link in links}, many=0, within=within)


async def _until_held(pid: int, ends: set[tuple[object, ...]], *, many: int, within: float) -> None:
    async with asyncio.timeout(within):
        while True:
            if len(ends & await asyncio.to_thread(open_ends, pid)) == many:
                return
            await asyncio.sleep(0.1)


def resident(pid: int) -> int:
    return int(psutil.Process(pid).memory_info().rss)
