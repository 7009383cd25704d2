"""Floods from one address: connects, rubbish, messages, new conversations, pages. Whoever comes
from another address is served within their numbers, and danger in the flood is acted on.
"""

import asyncio
import contextlib
import itertools
import json
import os
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import aiohttp
import pytest

from bench.people import DANGER, Enquirer, begin
from tests.faults.honest import check_served, honest, queue, signed_in
from tests.faults.process import ROOT, ServiceProcess, serving_all
from tests.faults.raw import Raw, command, frame, frame_head, until_dropped
from web.settings import Settings
from web.turns import TOGETHER

SECONDS = 5
BEFORE = 5  # messages on the same link
ALARM = 30  # seconds in which danger in a flood is in the queue
PRESSING = {"very_urgent", "emergency"}
A_SECOND = Settings().turns_a_second
PACKET_LIMIT = 256 * 1024

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    yield from serving_all(tmp_path_factory.mktemp("var"))


@dataclass
class Flooding:
    counts: dict[str, int] = field(default_factory=dict)
    enough: bool = False


@contextlib.asynccontextmanager
async def flooding(
    kind: str, url: str, *tokens: str, seconds: float = SECONDS
) -> AsyncIterator[Flooding]:
    """While it lasts, or until it is enough; what it counted is known in the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.faults.flood", kind, url, str(seconds), *tokens),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
    )
    flood = Flooding()
    try:
        yield flood
        if flood.enough:
            return
        told, _ = await asyncio.wait_for(process.communicate(), seconds + 30)
        flood.counts = json.loads(told)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


SOURCES = (f"127.0.1.{number}" for number in itertools.count(1))


async def somebody(url: str) -> Enquirer:
    """Begun from an address that has not begun anything yet."""
    connector = aiohttp.TCPConnector(local_addr=(next(SOURCES), 0))
    async with aiohttp.ClientSession(connector=connector) as http:
        return await begin(http, url)


@pytest.mark.parametrize(
    ("kind", "must_count", "turns"),
    [
        ("connects", "refused", 2),
        ("bad_frames", "cut", 0),
        ("messages", "messages", 0),
        ("starts", "429", 1),
        ("pages", "200", 1),
    ],
)
async def test_a_flood_from_one_address_holds_up_nobody_from_another(
    service: ServiceProcess, kind: str, must_count: str, turns: int
):
    """`turns`: that each of the counted takes; 0 when the flooder does not wait for answers."""
    flooder = await somebody(service.url)
    async with honest(service.url) as others:
        before = await others.talk(2)
        async with flooding(kind, service.url, flooder.token) as flood:
            during = await others.talk(SECONDS)
        assert flood.counts.get(must_count, 0) > 10, flood.counts
        had = flood.counts[must_count] * turns
        assert had <= A_SECOND * (TOGETHER + flood.counts["lasted"]), flood.counts
        check_served(before, during)


async def is_seen(url: str, person: Enquirer) -> None:
    """Until they are in the queue for the words of danger that they wrote, and as pressing."""
    async with aiohttp.ClientSession() as http:
        cookie = await signed_in(http, url)
        while True:
            for entry in await queue(http, url, cookie):
                reasons = " ".join(str(reason["text"]) for reason in entry["reasons"])
                theirs = entry["conversation"] == person.conversation
                if theirs and "kill myself" in reasons and entry["priority"] in PRESSING:
                    return
            await asyncio.sleep(0.1)


async def test_danger_in_the_middle_of_a_flood_is_screened_and_brings_a_person(
    service: ServiceProcess,
):
    flooder = await somebody(service.url)
    async with flooding("messages", service.url, flooder.token, seconds=ALARM * 2) as flood:
        await asyncio.sleep(1)
        link = await (await Raw.open(service.url)).upgrade()
        await link.join(flooder.token)
        plain = [
            command(n, "message:send", {"client_ref": str(uuid.uuid4()), "text": f"la {n}"})
            for n in range(BEFORE)
        ]
        danger = {"client_ref": str(uuid.uuid4()), "text": DANGER}
        await link.say(b"".join(plain) + command(BEFORE, "message:send", danger))
        await asyncio.wait_for(is_seen(service.url, flooder), ALARM)
        flood.enough = True
    link.close()


async def test_danger_in_a_flood_of_new_conversations_is_let_in(service: ServiceProcess):
    async with flooding("starts", service.url), aiohttp.ClientSession() as http:
        await asyncio.sleep(1)
        async with asyncio.timeout(ALARM):
            person = await begin(http, service.url, text=DANGER)
            await is_seen(service.url, person)


async def test_a_packet_that_is_too_large_ends_its_socket_and_nothing_else(
    service: ServiceProcess,
):
    person = await somebody(service.url)
    link = await (await Raw.open(service.url)).upgrade()
    await link.join(person.token)
    await link.say(frame_head(PACKET_LIMIT + 1) + b"4")
    await until_dropped(service.pid, [link], within=10)
    link.close()
    again = await (await Raw.open(service.url)).upgrade()
    await again.join(person.token)
    await again.say(frame("41/chat,"))
    again.close()
