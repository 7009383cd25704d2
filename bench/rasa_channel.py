"""Rasa's own Socket.IO channel, serving the product's assistant in the product's environment."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

from bench.children import LOOK_EVERY, START_WITHIN, ChildFailedError, end, end_of, start
from web.rasa_process import ASSISTANT, train

CREDENTIALS = """\
socketio:
  user_message_evt: user_uttered
  bot_message_evt: bot_uttered
  session_persistence: false
"""
ENDPOINTS = """\
tracker_store:
  type: cap.trackers.RecentTrackers
nlg:
  type: bench.rasa_side.Wrapped
"""


@contextlib.asynccontextmanager
async def rasa_channel(folder: Path) -> AsyncIterator[str]:
    """Its address, once the model is loaded."""
    model = await asyncio.to_thread(train)
    credentials = folder / "credentials.yml"
    credentials.write_text(CREDENTIALS, encoding="utf-8")
    endpoints = folder / "endpoints.yml"
    endpoints.write_text(ENDPOINTS, encoding="utf-8")
    port, log = _free_port(), folder / "rasa.log"
    launcher = [str(ASSISTANT / ".venv" / "bin" / "python"), "-W", "ignore"]
    program = [*launcher, str(ASSISTANT / "launch.py"), "run", "-i", "127.0.0.1", "-p", str(port)]
    files = ["--credentials", str(credentials), "--endpoints", str(endpoints)]
    process = await start([*program, "-m", str(model), *files], log, CAP_ASSISTANT_CHILD="1")
    url = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(START_WITHIN):
            while not await _is_loaded(url):
                if process.returncode is not None:
                    raise ChildFailedError(end_of(log))
                await asyncio.sleep(LOOK_EVERY)
        yield url
    finally:
        await end(process)


async def _is_loaded(url: str) -> bool:
    """Its page of status would need the API enabled; the channel's is up with the model."""
    try:
        async with aiohttp.ClientSession() as http, http.get(f"{url}/webhooks/socketio/") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
