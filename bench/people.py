"""The people of a measurement: enquirers and practitioners with light links."""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp

from bench.limits import SAID
from bench.link import Link
from chat.seed import DEMO_PASSWORD

T = TypeVar("T")

AT_ONCE = 50
DANGER = "I am going to kill myself tonight"


class NotKeptError(RuntimeError):
    """A command was not acknowledged as kept. Carries the code."""


@dataclass(slots=True)
class Enquirer:
    """Somebody with a conversation; a link when they are connected."""

    token: str
    conversation: str
    link: Link | None = None

    async def connect(self, http: aiohttp.ClientSession, url: str) -> "Enquirer":
        self.link = await Link.open(http, url, namespace="/chat", auth={"token": self.token})
        return self

    async def send(self, text: str = SAID) -> int:
        """Yields the number under which it was kept."""
        payload = {"client_ref": str(uuid.uuid4()), "text": text}
        return int((await self.do("message:send", payload))["seq"])

    async def do(self, event: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        assert self.link is not None
        return kept(await self.link.call(event, payload))

    async def leave(self) -> None:
        if self.link is not None:
            await self.link.close()
            self.link = None


def kept(answer: Any) -> dict[str, Any]:
    if not (isinstance(answer, dict) and answer.get("ok")):
        code = answer.get("error", {}).get("code") if isinstance(answer, dict) else "none"
        raise NotKeptError(str(code))
    return answer


async def begin(http: aiohttp.ClientSession, url: str, *, text: str | None = None) -> Enquirer:
    """A new conversation, begun with `text` if there is any."""
    body = {"text": text, "client_ref": str(uuid.uuid4())} if text else {}
    async with http.post(f"{url}/api/conversations", json=body) as answer:
        answer.raise_for_status()
        told = json.loads(await answer.read())
    return Enquirer(told["token"], told["conversation"])


async def many(how_many: int, make: Callable[[], Awaitable[T]]) -> list[T]:
    """Made a few at a time."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one() -> T:
        async with places:
            return await make()

    return list(await asyncio.gather(*(one() for _ in range(how_many))))


async def practitioner(http: aiohttp.ClientSession, url: str, username: str) -> Link:
    """A console, signed in and on shift."""
    body = {"username": username, "password": DEMO_PASSWORD}
    async with http.post(f"{url}/api/staff/sign-in", json=body) as answer:
        answer.raise_for_status()
        cookie = answer.cookies["cap_staff"].value
    http.cookie_jar.clear()
    link = await Link.open(
        http, url, namespace="/console", headers={"Cookie": f"cap_staff={cookie}"}
    )
    kept(await link.call("presence:set", {"available": True}))
    return link
