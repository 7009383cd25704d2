"""People who keep writing whatever is killed, and what their own records say in the end."""

import asyncio
import contextlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import socketio

PLAIN = "Could you tell me when the booking team is open"
DANGER = "I am going to kill myself tonight"
PAUSE = 0.03


@dataclass
class Counts:
    """What must be none of."""

    lost: int = 0
    doubled: int = 0
    reordered: int = 0
    changed: int = 0
    ownerless: int = 0
    stuck: int = 0


@dataclass
class Writer:
    """One person: what they sent, in order; what was acknowledged, and as which number; and what
    they were told live under each number.
    """

    first: str
    token: str = ""
    conversation: str = ""
    sent: list[str] = field(default_factory=list)
    acknowledged: dict[str, int] = field(default_factory=dict)
    told: dict[int, str] = field(default_factory=dict)
    contradicted: int = 0

    async def begin(self, url: str) -> None:
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{url}/api/conversations", json={}) as answer,
        ):
            body = await answer.json()
        self.token, self.conversation = body["token"], body["conversation"]

    async def write(self, urls: Callable[[], Sequence[str]], stop: asyncio.Event) -> None:
        """Until told to stop and everything sent is acknowledged; after a break on another node."""
        turn = 0
        while not (stop.is_set() and len(self.sent) == len(self.acknowledged)):
            there = urls()
            if there:
                await self._write_until_cut(there[turn % len(there)], stop)
            turn += 1
            await asyncio.sleep(PAUSE)

    async def _write_until_cut(self, url: str, stop: asyncio.Event) -> None:
        client = socketio.AsyncClient(reconnection=False)
        client.on("message:posted", self._hear, namespace="/chat")
        with contextlib.suppress(Exception):
            await client.connect(
                url,
                namespaces=["/chat"],
                transports=["websocket"],
                auth={"token": self.token},
                wait_timeout=3,
            )
            while not (stop.is_set() and len(self.sent) == len(self.acknowledged)):
                await self._send_next(client)
        with contextlib.suppress(Exception):
            await client.disconnect()

    async def _send_next(self, client: Any) -> None:
        """The oldest that is not acknowledged, again under its own reference; else a new one."""
        if len(self.sent) == len(self.acknowledged):
            self.sent.append(str(uuid.uuid4()))
        ref = self.sent[-1]
        text = self.first if len(self.sent) == 1 else PLAIN
        payload = {"client_ref": ref, "text": text}
        answer = await client.call("message:send", payload, namespace="/chat", timeout=4)
        if answer and answer.get("ok"):
            self.acknowledged[ref] = answer["seq"]
        await asyncio.sleep(PAUSE)

    async def _hear(self, message: dict[str, Any]) -> None:
        before = self.told.setdefault(message["seq"], message["text"])
        self.contradicted += before != message["text"]

    async def transcript(self, url: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """All that the service shows this person now, and the state it is in."""
        found: list[dict[str, Any]] = []
        headers = {"Authorization": f"Bearer {self.token}"}
        async with aiohttp.ClientSession(headers=headers) as http:
            while True:
                after = found[-1]["seq"] if found else 0
                address = f"{url}/api/conversation/messages?since={after}"
                async with http.get(address) as answer:
                    body = await answer.json()
                found += body["messages"]
                if not body["messages"]:
                    return found, body["state"]

    async def count(self, url: str, counts: Counts) -> None:
        """Compare what they know with what the service shows them."""
        kept, state = await self.transcript(url)
        mine = [m["client_ref"] for m in kept if m["speaker"] == "enquirer"]
        numbers = {m["client_ref"]: m["seq"] for m in kept if m["speaker"] == "enquirer"}
        texts = {m["seq"]: m["text"] for m in kept}
        counts.lost += len(set(self.acknowledged) - set(mine))
        counts.lost += len(set(self.told) - set(texts))
        counts.doubled += len(mine) - len(set(mine))
        counts.reordered += mine != [ref for ref in self.sent if ref in numbers]
        counts.reordered += [m["seq"] for m in kept] != list(range(1, len(kept) + 1))
        counts.changed += self.contradicted
        counts.changed += sum(numbers.get(ref) != seq for ref, seq in self.acknowledged.items())
        counts.changed += sum(texts.get(seq, told) != told for seq, told in self.told.items())
        waits = state["state"] in {"waiting", "with_practitioner"}
        counts.stuck += kept[-1]["speaker"] == "enquirer" and not waits
        counts.ownerless += self.first == DANGER and not waits
