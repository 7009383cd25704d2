"""The bot: whole turns against Rasa's own Socket.IO channel, and what they do to plain chat."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

import aiohttp

from bench.figures import Opening, Sample
from bench.link import ANSWER_WITHIN, Link
from bench.people import DANGER, Enquirer, begin, many
from bench.rasa_channel import rasa_channel
from bench.stage import Stage
from bench.timing import latencies, percentile

# What is said in turn, and what our own reading makes of it, which the bare channel is handed.
SAYINGS = (("Hello", "greeting"), ("Thank you", "thanks"))
TURNS = 12
"""A conversation, then the next begins, as people's do: a turn costs more the longer it is."""
CONVERSATIONS = 3
LEAST_PAUSE = 0.02

Turn = Callable[[int], Awaitable[None]]


class Answered:
    """Waits until the bot has answered on a link."""

    def __init__(self, link: Link, is_answer: Callable[[str, Any], bool]) -> None:
        self._answered = asyncio.Event()
        self._is_answer = is_answer
        self.link = link
        link.heard = self._hear

    def _hear(self, event: str, told: Any) -> None:
        if self._is_answer(event, told):
            self._answered.set()

    async def after(self, said: Awaitable[object]) -> None:
        self._answered.clear()
        await said
        async with asyncio.timeout(ANSWER_WITHIN):
            await self._answered.wait()


def _is_of_the_bot(event: str, told: Any) -> bool:
    return event == "message:posted" and told["speaker"] == "bot"


async def _with_us(http: aiohttp.ClientSession, url: str) -> tuple[Turn, Enquirer]:
    person = await (await begin(http, url)).connect(http, url)
    assert person.link is not None
    bot = Answered(person.link, _is_of_the_bot)

    async def turn(number: int) -> None:
        await bot.after(person.send(SAYINGS[number % len(SAYINGS)][0]))

    return turn, person


async def _with_rasa(http: aiohttp.ClientSession, url: str) -> tuple[Turn, Link]:
    link = await Link.open(http, url)
    bot = Answered(link, lambda event, _told: event == "bot_uttered")

    async def turn(number: int) -> None:
        said, intent = SAYINGS[number % len(SAYINGS)]
        reading: Mapping[str, Any] = {"intent": intent, "confidence": 0.9, "values": {}}
        await bot.after(link.emit("user_uttered", {"message": said, "metadata": reading}))

    return turn, link


async def _turns_per_second(lanes: Sequence[Sequence[Turn]]) -> float:
    async def one(turns: Sequence[Turn]) -> None:
        for turn in turns:
            for number in range(TURNS):
                await turn(number)

    began = time.perf_counter()
    await asyncio.gather(*(one(turns) for turns in lanes))
    return sum(map(len, lanes)) * TURNS / (time.perf_counter() - began)


@contextlib.asynccontextmanager
async def turns(stage: Stage) -> Opening:
    """Socket in, stored, read by both readers, Rasa, stored, socket out ÷ Rasa's own channel."""
    service = await stage.with_bot()
    async with rasa_channel(stage.room("rasa")) as bare:

        async def measure() -> Sample:
            lanes, http = stage.sizes.lanes, stage.http
            rasa = await many(lanes * CONVERSATIONS, lambda: _with_rasa(http, bare))
            theirs = await _turns_per_second(_in_lanes([turn for turn, _ in rasa], lanes))
            ours = await many(lanes * CONVERSATIONS, lambda: _with_us(http, service.url))
            mine = await _turns_per_second(_in_lanes([turn for turn, _ in ours], lanes))
            await asyncio.gather(*(link.close() for _, link in rasa))
            await asyncio.gather(*(person.leave() for _, person in ours))
            return Sample(mine / theirs, {"ours_per_s": mine, "rasa_per_s": theirs})

        yield measure


def _in_lanes(turns_of: Sequence[Turn], lanes: int) -> list[Sequence[Turn]]:
    return [turns_of[lane::lanes] for lane in range(lanes)]


@contextlib.asynccontextmanager
async def beside_a_busy_bot(stage: Stage) -> Opening:
    """Plain chat's acknowledgement while every lane has the bot answer, ÷ while it has nothing."""
    service = await stage.with_bot()
    plain = await begin(stage.http, service.url, text=DANGER)
    await plain.connect(stage.http, service.url)

    async def median() -> float:
        took = await latencies(plain.send, seconds=stage.sizes.seconds, pause=LEAST_PAUSE)
        return percentile(took, 0.5)

    async def measure() -> Sample:
        idle = await median()
        async with _saturated(stage, service.url):
            busy = await median()
        return Sample(busy / idle, {"idle_ms": idle * 1000, "saturated_ms": busy * 1000})

    yield measure
    await plain.leave()


@contextlib.asynccontextmanager
async def _saturated(stage: Stage, url: str) -> AsyncIterator[None]:
    people = await many(stage.sizes.lanes, lambda: _with_us(stage.http, url))

    async def keep_asking(turn: Turn) -> None:
        number = 0
        while True:
            await turn(number)
            number += 1

    asking = [asyncio.create_task(keep_asking(turn)) for turn, _ in people]
    await asyncio.wait(asking, timeout=0.5)  # until the bot is under load
    try:
        yield
    finally:
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        await asyncio.gather(*(person.leave() for _, person in people))
