"""Killed at any moment: no acknowledged message is gone, doubled or out of order.

Nobody is left without an owner.
"""

import asyncio
import contextlib
import random
import uuid
from pathlib import Path

import aiohttp
import pytest
import socketio
from sqlalchemy import select

from chat.sweep import _ownerless, _unread, _without_entry
from models.engine import open_engine
from models.tables import messages, outbox
from tests.faults.process import ServiceProcess, start

KILLS = 4
NO_BOT = {"CAP_CHAT_BOT_URL": "http://127.0.0.1:9", "CAP_CHAT_RATE_LIMITS": "relaxed"}
WRITERS = 6
PLAIN = "Could you tell me when the booking team is open"


class Writer:
    """Somebody who keeps sending, and remembers what was acknowledged under which number."""

    def __init__(self) -> None:
        self.token = ""
        self.conversation = ""
        self.acknowledged: dict[str, int] = {}
        self.pending: list[str] = []

    async def begin(self, url: str) -> None:
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{url}/api/conversations", json={}) as answer,
        ):
            body = await answer.json()
        self.token, self.conversation = body["token"], body["conversation"]

    async def write_until_cut(self, url: str, stop: asyncio.Event) -> None:
        client = socketio.AsyncClient(reconnection=False)
        with contextlib.suppress(Exception):
            await client.connect(
                url, namespaces=["/chat"], transports=["websocket"], auth={"token": self.token}
            )
            while not stop.is_set():
                ref = self.pending[0] if self.pending else str(uuid.uuid4())
                self.pending = [ref]
                payload = {"client_ref": ref, "text": PLAIN}
                answer = await client.call("message:send", payload, namespace="/chat", timeout=3)
                if answer and answer.get("ok"):
                    self.acknowledged[ref] = answer["seq"]
                    self.pending = []
        with contextlib.suppress(Exception):
            await client.disconnect()


async def write_and_kill(service: ServiceProcess, writers: list[Writer], seconds: float) -> None:
    stop = asyncio.Event()
    writing = [asyncio.create_task(writer.write_until_cut(service.url, stop)) for writer in writers]
    await asyncio.sleep(seconds)
    service.kill()
    stop.set()
    await asyncio.gather(*writing)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_killed_server_loses_doubles_and_reorders_nothing_it_acknowledged(tmp_path: Path):
    moment = random.Random(20261124)
    service = await start(tmp_path, **NO_BOT)
    writers = [Writer() for _ in range(WRITERS)]
    for writer in writers:
        await writer.begin(service.url)
    for _ in range(KILLS):
        await write_and_kill(service, writers, moment.uniform(0.3, 1.2))
        service = await start(tmp_path, **NO_BOT)
    await until_nothing_is_open(tmp_path)
    service.process.terminate()
    service.process.wait(timeout=20)
    assert sum(len(writer.acknowledged) for writer in writers) > 50
    engine = open_engine(f"sqlite:///{tmp_path}/cap-chat.db")
    with engine.connect() as db:
        for writer in writers:
            statement = (
                select(messages.c.seq, messages.c.client_ref)
                .where(messages.c.conversation_id == writer.conversation)
                .order_by(messages.c.seq)
            )
            rows = db.execute(statement).all()
            assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
            kept = [row.client_ref for row in rows if row.client_ref in writer.acknowledged]
            assert {row.client_ref: row.seq for row in rows if row.client_ref in kept} == {
                **writer.acknowledged
            }
            assert kept == sorted(kept, key=writer.acknowledged.__getitem__)
        assert _unread(db) == []
        assert _without_entry(db) == []
        assert _ownerless(db) == []


async def until_nothing_is_open(var: Path) -> None:
    """Until the work that the kill interrupted has been taken up and ended."""
    engine = open_engine(f"sqlite:///{var}/cap-chat.db")
    async with asyncio.timeout(150):
        while True:
            with engine.connect() as db:
                if (
                    db.execute(select(outbox.c.id).where(outbox.c.done_at.is_(None))).first()
                    is None
                ):
                    return
            await asyncio.sleep(0.1)
