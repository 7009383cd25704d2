"""Everybody comes back at once after a break: all resume where they were and miss nothing, while a
person who talks is served within their numbers. `RETURNING=2000` for a whole nation's worth.
"""

import asyncio
import os
from collections.abc import Iterator

import aiohttp
import pytest

from bench.people import Enquirer, begin, many
from tests.faults.honest import check_served, honest
from tests.faults.process import ServiceProcess, serving_all

RETURNING = int(os.environ.get("RETURNING", "300"))
GREETED = 1  # the number of the first message, which each of them saw
SAID = "Could you tell me when the booking team is open"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120 + RETURNING // 2)]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    relaxed = {"CAP_CHAT_RATE_LIMITS": "relaxed"}
    yield from serving_all(tmp_path_factory.mktemp("var"), **relaxed)


async def test_who_comes_back_in_a_crowd_misses_nothing_and_holds_up_nobody(
    service: ServiceProcess,
):
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        people = await many(RETURNING, lambda: was_here(http, service.url))
        async with honest(service.url) as others:
            before = await others.talk(2)
            talking = asyncio.create_task(others.talk(5))
            back = [come_back(http, service.url, person) for person in people]
            missed = await asyncio.gather(*back)
            during = await talking
        assert sum(missed) == 0
        await asyncio.gather(*(person.leave() for person in people))
    check_served(before, during)


async def was_here(http: aiohttp.ClientSession, url: str) -> Enquirer:
    """Linked, and gone; what they said last was kept after their link was lost."""
    person = await (await begin(http, url)).connect(http, url)
    await person.leave()
    headers = {"Authorization": f"Bearer {person.token}"}
    body = {"client_ref": person.conversation, "text": SAID}
    address = f"{url}/api/conversation/messages"
    async with http.post(address, json=body, headers=headers) as answer:
        assert answer.status == 201, await answer.text()
    return person


async def come_back(http: aiohttp.ClientSession, url: str, person: Enquirer) -> int:
    """How many messages are missing, doubled or out of order after the one that was last seen."""
    await person.connect(http, url)
    found = await person.do("messages:since", {"seq": GREETED})
    numbers = [message["seq"] for message in found["messages"]]
    missing = numbers != list(range(GREETED + 1, found["state"]["last_seq"] + 1))
    return int(missing or SAID not in {message["text"] for message in found["messages"]})
