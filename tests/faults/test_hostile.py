"""Links that never read and links that say nothing: each is closed in its time, they take bounded
memory, and meanwhile everybody else is served within their numbers.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import aiohttp
import pytest

from bench.people import Enquirer, begin
from tests.faults.honest import check_served, honest
from tests.faults.process import ServiceProcess, serving_all
from tests.faults.raw import (
    ELSEWHERE,
    HERE,
    JOIN,
    SMALL,
    Raw,
    command,
    frame,
    frame_head,
    resident,
    until_dropped,
    until_held,
)

TO_ASK, TO_SAY, TO_READ, IDLE = 2, 3, 6, 4
TIMES = {
    "CAP_CHAT_TIME_TO_ASK": str(TO_ASK),
    "CAP_CHAT_TIME_TO_SAY": str(TO_SAY),
    "CAP_CHAT_TIME_TO_READ": str(TO_READ),
    "CAP_CHAT_TIME_IDLE": str(IDLE),
}
MOST, IN_ALL = 80, 120
LIMITS = {"CAP_CHAT_LINKS_OF_ADDRESS": str(MOST), "CAP_CHAT_LINKS": str(IN_ALL)}
GRACE = 5  # seconds that a busy machine may take on top
SILENT_SOCKET = 10 + 8 + 8 + 2  # the ping, its answer, who looks for it, the goodbye
READERS, ASKED = 20, 400
MIB = 1024 * 1024
MOST_GROWN = 32 * MIB

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    yield from serving_all(tmp_path_factory.mktemp("var"), **TIMES, **LIMITS)


async def with_much_to_read(url: str) -> Enquirer:
    """A conversation of which every catching up is some hundred thousand bytes."""
    async with aiohttp.ClientSession() as http:
        person = await (await begin(http, url)).connect(http, url)
        for number in range(15):
            await person.send(f"{number} {'words ' * 660}")
        await person.leave()
    return person


async def never_reading(url: str, person: Enquirer) -> Raw:
    """Asks for everything again and again on a socket and takes none of it."""
    link = await (await Raw.open(url, room=SMALL)).upgrade()
    await link.join(person.token)
    asked = b"".join(command(n, "messages:since", {"seq": 0}) for n in range(ASKED))
    await link.say(asked + frame("3"))
    return link


async def never_reading_requests(url: str, person: Enquirer) -> Raw:
    link = await Raw.open(url, room=SMALL)
    head = (
        "GET /api/conversation/messages?since=0 HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {person.token}\r\n\r\n"
    )
    await link.say(head.encode() * ASKED)
    return link


async def test_who_never_reads_is_dropped_takes_bounded_memory_and_holds_up_nobody(
    service: ServiceProcess,
):
    async with honest(service.url) as others:
        person = await with_much_to_read(service.url)
        before = await others.talk(5)
        stood = resident(service.pid)
        asking = [never_reading, never_reading_requests] * (READERS // 2)
        talking = asyncio.create_task(others.talk(TO_READ + GRACE))
        links = await asyncio.gather(*(ask(service.url, person) for ask in asking))
        grown = asyncio.create_task(most_grown(service.pid, stood))
        await until_held(service.pid, links, many=READERS)
        await until_dropped(service.pid, links, within=TO_READ * 2 + GRACE)
        check_served(before, await talking)
        grown.cancel()
        assert await grown < MOST_GROWN
        for link in links:
            link.close()


async def most_grown(pid: int, stood: int) -> int:
    """Bytes, watched until told to stop."""
    most = 0
    try:
        while True:
            most = max(most, await asyncio.to_thread(resident, pid) - stood)
            await asyncio.sleep(0.1)
    except asyncio.CancelledError:
        return most


Begin = Callable[[ServiceProcess, Enquirer], Awaitable[Raw]]


async def silent(service: ServiceProcess, person: Enquirer) -> Raw:
    return await Raw.open(service.url)


async def silent_in_the_head(service: ServiceProcess, person: Enquirer) -> Raw:
    link = await Raw.open(service.url)
    await link.say(b"GET /chat HTTP/1.1\r\nHost: loc")
    return link


async def silent_after_an_answer(service: ServiceProcess, person: Enquirer) -> Raw:
    link = await Raw.open(service.url)
    await link.say(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b"200 OK" in await link.hear()
    return link


async def silent_in_the_body(service: ServiceProcess, person: Enquirer) -> Raw:
    link = await Raw.open(service.url)
    await link.say(
        b"POST /api/conversations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n{"
    )
    return link


async def silent_in_a_large_body(service: ServiceProcess, person: Enquirer) -> Raw:
    link = await Raw.open(service.url)
    await link.say(
        b"POST /chat HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nact"
    )
    return link


async def nobodys_socket(service: ServiceProcess, person: Enquirer) -> Raw:
    return await (await Raw.open(service.url)).upgrade()


async def a_stranger_to_us(service: ServiceProcess, person: Enquirer) -> Raw:
    """Joins no conversation, but the unnamed space of the library."""
    link = await (await Raw.open(service.url)).upgrade()
    await link.say(frame("40"))
    return link


async def refused(service: ServiceProcess, person: Enquirer) -> Raw:
    link = await (await Raw.open(service.url)).upgrade()
    await link.say(frame('40/chat,{"token":"none"}'))
    return link


async def gone_without_a_word(service: ServiceProcess, person: Enquirer) -> Raw:
    link = await (await Raw.open(service.url)).upgrade()
    return await link.join(person.token)


async def gone_in_a_packet(service: ServiceProcess, person: Enquirer) -> Raw:
    link = await gone_without_a_word(service, person)
    await link.say(frame_head(5000) + b"42/chat")
    return link


async def half_polling(service: ServiceProcess, person: Enquirer) -> Raw:
    """Opens a session by polling, takes the upgrade, and does not end it."""
    link = await Raw.open(service.url)
    path = JOIN.replace("websocket", "polling")
    await link.say(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    heard = b""
    while b'"sid":"' not in heard:
        heard += await link.hear()
    session = heard.partition(b'"sid":"')[2].partition(b'"')[0].decode()
    link.close()
    return await silent_upgrade(service, session)


async def silent_upgrade(service: ServiceProcess, session: str) -> Raw:
    link = await Raw.open(service.url)
    head = (
        f"GET {JOIN}&sid={session} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
    )
    await link.say(head.encode())
    assert b"101" in await link.hear()
    return link


WAYS: dict[Begin, float] = {
    silent: TO_ASK,
    silent_in_the_head: TO_ASK,
    silent_after_an_answer: IDLE,
    silent_in_the_body: TO_SAY + 1,
    silent_in_a_large_body: TO_SAY + 1,
    nobodys_socket: TO_ASK + 2,
    a_stranger_to_us: TO_ASK + 2,
    refused: TO_ASK + 2,
    half_polling: TO_ASK + 2,
    gone_without_a_word: SILENT_SOCKET,
    gone_in_a_packet: SILENT_SOCKET,
}


async def test_a_link_that_says_nothing_is_closed_in_its_time_wherever_it_stopped(
    service: ServiceProcess,
):
    async with aiohttp.ClientSession() as http:
        person = await begin(http, service.url)

    async def closed_in_time(begins: Begin, within: float) -> str | None:
        link = await begins(service, person)
        try:
            await until_dropped(service.pid, [link], within=within + GRACE)
        except TimeoutError:
            return f"{begins.__name__} is open after {within + GRACE} s"
        finally:
            link.close()
        return None

    late = await asyncio.gather(*(closed_in_time(way, time) for way, time in WAYS.items()))
    assert [one for one in late if one] == []


async def test_the_links_of_one_address_and_in_all_are_bounded_and_who_speaks_gets_in(
    service: ServiceProcess,
):
    links = await asyncio.gather(*(Raw.open(service.url) for _ in range(MOST * 2)))
    await until_held(service.pid, links, many=MOST)
    elsewhere = (Raw.open(service.url, source=ELSEWHERE) for _ in range(MOST))
    links += await asyncio.gather(*elsewhere)
    await until_held(service.pid, links, many=IN_ALL)
    for source in (HERE, ELSEWHERE, "127.0.0.3"):
        link = await Raw.open(service.url, source=source)
        await link.say(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" in await asyncio.wait_for(link.hear(), GRACE), source
        links.append(link)
    for link in links:
        link.close()
