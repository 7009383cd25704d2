"""Bare servers to compare with: a python-socketio echo, the same with a commit before each answer,
and a raw websocket echo. `python -m bench.bare KIND FOLDER`; ends when its standard input does.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

import socketio
import uvloop
from aiohttp import WSMsgType, web
from sqlalchemy import insert

from bench.limits import kept, limit_engine

BACKLOG = 2_048


def socketio_echo() -> web.Application:
    """Acknowledges what it is sent. Ordered as ours is."""
    app, server = _server()
    server.on("echo", lambda _sid, payload: payload)
    return app


def committing_echo(folder: Path) -> web.Application:
    """One insert and one commit, in the loop, before the acknowledgement."""
    app, server = _server()
    engine = limit_engine(f"sqlite:///{folder}/bare.db")
    connection = engine.connect()
    numbers = iter(range(1, sys.maxsize))

    async def echo(_sid: str, payload: dict[str, Any]) -> dict[str, Any]:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        row = {
            "number": next(numbers),
            "client_ref": payload["client_ref"],
            "said": payload["text"],
        }
        connection.execute(insert(kept), row)
        connection.exec_driver_sql("COMMIT")
        return payload

    server.on("echo", echo)
    return app


def _server() -> tuple[web.Application, socketio.AsyncServer]:
    server = socketio.AsyncServer(
        async_mode="aiohttp", async_handlers=False, logger=False, engineio_logger=False
    )
    app = web.Application()
    server.attach(app)
    return app, server


def websocket_echo() -> web.Application:
    async def echo(request: web.Request) -> web.WebSocketResponse:
        answer = web.WebSocketResponse()
        await answer.prepare(request)
        async for message in answer:
            if message.type is WSMsgType.TEXT:
                await answer.send_str(message.data)
        return answer

    app = web.Application()
    app.router.add_get("/", echo)
    return app


async def serve(app: web.Application, folder: Path) -> None:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=BACKLOG).start()
    written = folder / "port.new"
    written.write_text(str(runner.addresses[0][1]), encoding="utf-8")
    written.replace(folder / "port")
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


def main(kind: str, folder: Path) -> None:
    match kind:
        case "socketio":
            app = socketio_echo()
        case "commit":
            app = committing_echo(folder)
        case _:
            app = websocket_echo()
    uvloop.run(serve(app, folder))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
