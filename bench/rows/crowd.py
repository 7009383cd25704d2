"""Many people at once: idle ones beside a live conversation, their memory, and all coming back."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import psutil

from bench.children import serving
from bench.figures import Opening, Sample
from bench.link import Link
from bench.people import DANGER, Enquirer, begin, kept, many, practitioner
from bench.stage import NO_BOT, Stage
from bench.timing import percentile, seconds_of

HELD = 4
MESSAGES_A_SECOND = 10
WINDOWS = 4
KIB = 1024


@contextlib.asynccontextmanager
async def idle_people(stage: Stage, url: str, how_many: int) -> AsyncIterator[list[Enquirer]]:
    """Connected, and saying nothing."""

    async def one() -> Enquirer:
        return await (await begin(stage.http, url)).connect(stage.http, url)

    people = await many(how_many, one)
    try:
        yield people
    finally:
        await asyncio.gather(*(person.leave() for person in people))


@contextlib.asynccontextmanager
async def reach(stage: Stage) -> Opening:
    """Milliseconds from a person's page to the screen of the practitioner who holds them, p99."""
    async with serving(stage.room("reach"), NO_BOT) as service:
        talking = [await begin(stage.http, service.url, text=DANGER) for _ in range(HELD)]
        desk = await practitioner(stage.http, service.url, "priya")
        for person in talking:
            await person.connect(stage.http, service.url)
            kept(await desk.call("entry:next", {}))
        async with idle_people(stage, service.url, stage.sizes.idle):

            async def measure() -> Sample:
                messages = int(stage.sizes.seconds * WINDOWS * MESSAGES_A_SECOND)
                took = await _reach(desk, talking, messages)
                slowest, median = percentile(took, 0.99) * 1000, percentile(took, 0.5) * 1000
                return Sample(slowest, {"p50_ms": median, "messages": len(took)})

            yield measure
        await desk.close()
        await asyncio.gather(*(person.leave() for person in talking))


async def _reach(desk: Link, talking: list[Enquirer], messages: int) -> list[float]:
    """Sent at a steady pace, whether or not the one before has arrived."""
    began: dict[str, float] = {}
    took: list[float] = []
    arrived = asyncio.Event()

    def hear(event: str, told: Any) -> None:
        if event == "message:posted" and told["text"] in began:
            took.append(time.perf_counter() - began.pop(told["text"]))
            if len(took) == messages:
                arrived.set()

    desk.heard = hear
    sending = []
    for number in range(messages):
        text = f"I will be at the bus stop {number} soon"
        began[text] = time.perf_counter()
        sending.append(asyncio.create_task(talking[number % len(talking)].send(text)))
        await asyncio.sleep(1 / MESSAGES_A_SECOND)
    await asyncio.gather(*sending)
    async with asyncio.timeout(30):
        await arrived.wait()
    desk.heard = None
    return took


@contextlib.asynccontextmanager
async def memory(stage: Stage) -> Opening:
    """Bytes that one more idle conversation takes ÷ those of one more bare connection."""
    step = max(stage.sizes.idle // 4, 100)
    async with contextlib.AsyncExitStack() as ending:
        service = await ending.enter_async_context(serving(stage.room("memory"), NO_BOT))
        bare = await stage.bare("socketio")
        bare_pid = _listener(bare)
        await ending.enter_async_context(idle_people(stage, service.url, 50))

        async def measure() -> Sample:
            waiting = await many(step, lambda: begin(stage.http, service.url))
            before = _resident(service.pid)
            for person in waiting:
                await person.connect(stage.http, service.url)
                ending.push_async_callback(person.leave)
            ours = (_resident(service.pid) - before) / step
            before = _resident(bare_pid)
            for _ in range(step):
                ending.push_async_callback((await Link.open(stage.http, bare)).close)
            theirs = max((_resident(bare_pid) - before) / step, 1.0)
            return Sample(ours / theirs, {"ours_kib": ours / KIB, "socketio_kib": theirs / KIB})

        yield measure


def _resident(pid: int) -> int:
    return int(psutil.Process(pid).memory_info().rss)


def _listener(url: str) -> int:
    """Of our own children the one that serves there."""
    port = int(url.rpartition(":")[2])
    for child in psutil.Process().children(recursive=True):
        if any(
            link.status == "LISTEN" and link.laddr.port == port for link in child.net_connections()
        ):
            return child.pid
    raise LookupError("no child of ours listens there")


@contextlib.asynccontextmanager
async def reconnect(stage: Stage) -> Opening:
    """Seconds until all are back and have caught up ÷ until as many bare clients are connected."""
    service, bare = await stage.plain(), await stage.bare("socketio")
    people = await many(stage.sizes.crowd, lambda: begin(stage.http, service.url))

    async def back(person: Enquirer) -> None:
        await person.connect(stage.http, service.url)
        caught_up = await person.do("messages:since", {"seq": 0})
        assert caught_up["messages"], "nothing was resumed"

    async def measure() -> Sample:
        links: list[Link] = []

        async def connect() -> None:
            links.append(await Link.open(stage.http, bare))

        theirs = await seconds_of(lambda: asyncio.gather(*(connect() for _ in people)))
        await asyncio.gather(*(link.close() for link in links))
        mine = await seconds_of(lambda: asyncio.gather(*(back(person) for person in people)))
        await asyncio.gather(*(person.leave() for person in people))
        return Sample(mine / theirs, {"ours_s": mine, "socketio_s": theirs})

    yield measure
