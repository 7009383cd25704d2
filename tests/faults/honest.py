"""People who mean it, and the practitioner who has them on the screen: how long both wait, before
an attack and while it lasts.
"""

import asyncio
import contextlib
import statistics
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bench.link import Link
from bench.people import DANGER, Enquirer, begin, kept
from chat.seed import DEMO_PASSWORD
from tests.faults.raw import ELSEWHERE

PEOPLE = 3
PAUSE = 0.2
"""Between two messages of all together; each stays under the pace that one person may have."""
USUAL, SLOWEST = 2.0, 5.0
"""Seconds in which half, and nine of ten, are acknowledged and on the screen, however slow the
machine; or four times what it took before the attack.
"""
TIMES = 4


@dataclass
class Waits:
    """Seconds: to the acknowledgement, and to the practitioner's screen."""

    acknowledged: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)

    def told(self) -> dict[str, tuple[float, float]]:
        return {
            name: (round(statistics.median(of), 3), round(_ninth(of), 3))
            for name, of in (("ack", self.acknowledged), ("screen", self.shown))
        }


def _ninth(of: list[float]) -> float:
    return sorted(of)[int(len(of) * 0.9)]


@dataclass
class Honest:
    """At `url`, from an address of their own; `http` comes from it too."""

    url: str
    http: aiohttp.ClientSession
    people: list[Enquirer]
    desk: Link

    async def talk(self, seconds: float) -> Waits:
        """At a steady pace, whether or not the message before has arrived."""
        waits, began = Waits(), dict[str, float]()
        messages, all_shown = int(seconds / PAUSE), asyncio.Event()

        def hear(event: str, told: Any) -> None:
            if event == "message:posted" and told["text"] in began:
                waits.shown.append(time.perf_counter() - began[told["text"]])
                if len(waits.shown) == messages:
                    all_shown.set()

        async def send(person: Enquirer, text: str) -> None:
            await person.send(text)
            waits.acknowledged.append(time.perf_counter() - began[text])

        self.desk.heard = hear
        sending = []
        for number in range(messages):
            text = f"I will be at the bus stop {number} at {time.perf_counter()}"
            began[text] = time.perf_counter()
            person = self.people[number % len(self.people)]
            sending.append(asyncio.create_task(send(person, text)))
            await asyncio.sleep(PAUSE)
        await asyncio.gather(*sending)
        async with asyncio.timeout(30):
            await all_shown.wait()
        self.desk.heard = None
        return waits


@contextlib.asynccontextmanager
async def honest(url: str, *, source: str = ELSEWHERE) -> AsyncIterator[Honest]:
    """Each in danger, with the practitioner, and talking; given back in the end."""
    connector = aiohttp.TCPConnector(local_addr=(source, 0), limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:
        people = [await begin(http, url, text=DANGER) for _ in range(PEOPLE)]
        cookie = await signed_in(http, url)
        desk = await Link.open(http, url, namespace="/console", headers=cookie)
        kept(await desk.call("presence:set", {"available": True}))
        for person in people:
            await person.connect(http, url)
        await _take(desk, people, await queue(http, url, cookie))
        renewing = asyncio.create_task(_renew(desk))
        try:
            yield Honest(url, http, people, desk)
        finally:
            renewing.cancel()
            for held in (await desk.call("entry:mine", {}))["taken"]:
                kept(await desk.call("entry:release", {**_claim(held), "reason": "the day ends"}))
            await desk.close()
            await asyncio.gather(*(person.leave() for person in people))


async def signed_in(http: aiohttp.ClientSession, url: str) -> dict[str, str]:
    body = {"username": "priya", "password": DEMO_PASSWORD}
    async with http.post(f"{url}/api/staff/sign-in", json=body) as answer:
        answer.raise_for_status()
        return {"Cookie": f"cap_staff={answer.cookies['cap_staff'].value}"}


async def queue(
    http: aiohttp.ClientSession, url: str, cookie: dict[str, str]
) -> list[dict[str, Any]]:
    async with http.get(f"{url}/api/staff/queue", headers=cookie) as answer:
        entries: list[dict[str, Any]] = (await answer.json())["entries"]
        return entries


async def _take(desk: Link, people: list[Enquirer], entries: list[dict[str, Any]]) -> None:
    """These and nobody else, whoever is before them."""
    conversations = {person.conversation for person in people}
    for entry in entries:
        if entry["conversation"] in conversations:
            taken = {"entry": entry["entry"], "reason": "knows them"}
            kept(await desk.call("entry:take", taken))


async def _renew(desk: Link) -> None:
    """As the console does, so that everybody stays with the practitioner."""
    while True:
        for held in (await desk.call("entry:mine", {}))["taken"]:
            await desk.call("lease:renew", _claim(held))
        await asyncio.sleep(5)


def _claim(held: dict[str, Any]) -> dict[str, Any]:
    return {"entry": held["entry"]["entry"], "claim_version": held["claim_version"]}


def check_served(before: Waits, during: Waits) -> None:
    """Others wait no longer than they may."""
    told = f"before {before.told()}, during {during.told()}"
    for was, now in (
        (before.acknowledged, during.acknowledged),
        (before.shown, during.shown),
    ):
        assert statistics.median(now) <= max(USUAL, TIMES * statistics.median(was)), told
        assert _ninth(now) <= max(SLOWEST, TIMES * _ninth(was)), told
