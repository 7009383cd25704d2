"""Two nodes on one store and one Redis: anybody is served on any of them, with Redis or without."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from chat import transcript
from models.vocabulary import ConversationId
from tests.redis import Server, redis_server, wire_to
from tests.service import Console, Person, Running, running_service
from web.keys import FOLLOWER
from web.watch import Watch

DANGER = "I am going to kill myself tonight"
PLAIN = "Could you tell me when the booking team is open"

pytestmark = [pytest.mark.redis, pytest.mark.slow]


@dataclass
class Nodes:
    a: Running
    b: Running
    redis: Server

    async def settle(self) -> None:
        await self.a.settle()
        await self.b.settle()


@contextlib.asynccontextmanager
async def two_nodes(tmp_path, redis_url: str) -> AsyncIterator[tuple[Running, Running]]:
    how: dict[str, Any] = {"redis_url": redis_url, "rate_limits": "relaxed", "watch": Watch()}
    async with running_service(tmp_path, **how) as a, running_service(tmp_path, **how) as b:
        for node in (a, b):
            await hearing(node)
        yield a, b


async def hearing(node: Running, *, is_heard: bool = True) -> None:
    """Until this node's own heartbeat comes back, or does not any more."""
    await until(lambda: node.app[FOLLOWER].bus.hears is is_heard)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(15):
        while True:
            if is_so():
                return
            await asyncio.sleep(0.02)


async def until_left(node: Running, conversation: str) -> None:
    async with asyncio.timeout(15):
        while True:
            if await left_at(node, conversation) is not None:
                return
            await asyncio.sleep(0.02)


@pytest.fixture
async def nodes(tmp_path) -> AsyncIterator[Nodes]:
    with redis_server() as redis:
        async with two_nodes(tmp_path, redis.url) as (a, b):
            yield Nodes(a, b, redis)


def say(taken, text: str) -> dict:
    return {
        "conversation": taken["conversation"],
        "client_ref": str(uuid.uuid4()),
        "text": text,
        "claim_version": taken["claim_version"],
    }


async def test_a_practitioner_on_one_node_and_a_person_on_the_other_talk_live(nodes):
    console = await Console().arrive(nodes.b.url)
    person = await Person().arrive(nodes.a.url)
    await person.send(DANGER)
    queued = await console.hears("entry:queued")
    assert queued["conversation"] == person.conversation
    assert await console.hears("alarm:raised")
    taken = await console.do("entry:take", {"entry": queued["entry"]})
    state = await person.hears(
        "conversation:changed", where=lambda told: told["state"] == "with_practitioner"
    )
    assert state["speaking_with"] == "Priya"
    await console.do("message:say", say(taken, "Hello, I am here with you"))
    heard = await person.hears("message:posted", where=lambda m: m["speaker"] == "practitioner")
    assert heard["text"] == "Hello, I am here with you"
    await person.send("thank you")
    await console.hears("message:posted", where=lambda m: m["text"] == "thank you")
    await nodes.settle()
    for link in (person, console):
        told = [m["seq"] for m in link.told("message:posted")]
        assert len(told) == len(set(told))


def has_heard_of(console: Console, person: Person) -> bool:
    return person.conversation in [e["conversation"] for e in console.told("entry:queued")]


async def test_two_consoles_on_two_nodes_hear_every_fact_of_the_queue_once(nodes):
    """A node may tell its own a moment before another's: the console asks again at a gap."""
    here = await Console().arrive(nodes.a.url)
    there = await Console().arrive(nodes.b.url, username="tom")
    for _ in range(3):
        person = await Person().arrive(nodes.a.url)
        await person.send(DANGER)
        await until(partial(has_heard_of, there, person))
        await until(partial(has_heard_of, here, person))
    await there.do("entry:next")
    await here.hears("entry:taken")
    await nodes.settle()
    numbers = [told["event"] for name, told in here.heard if name.startswith("entry:")]
    assert sorted(numbers) == list(range(numbers[0], numbers[0] + len(numbers)))


async def test_without_redis_everything_still_arrives(nodes):
    console = await Console().arrive(nodes.b.url)
    person = await Person().arrive(nodes.a.url)
    nodes.redis.kill()
    await hearing(nodes.a, is_heard=False)
    await person.send(DANGER)
    await console.hears("entry:queued")
    taken = await console.do("entry:next")
    await console.do("message:say", say(taken, "Hello"))
    await person.hears("message:posted", where=lambda m: m["speaker"] == "practitioner")
    nodes.redis.start()
    for node in (nodes.a, nodes.b):
        await hearing(node)
    await console.do("message:say", say(taken, "I am still here"))
    await person.hears("message:posted", where=lambda m: m["text"] == "I am still here")
    said = [m["seq"] for m in person.told("message:posted")]
    assert len(said) == len(set(said))


async def test_a_link_to_redis_that_went_deaf_is_noticed_and_made_anew(tmp_path):
    with redis_server() as redis:
        async with wire_to(redis) as wire, two_nodes(tmp_path, wire.url) as (a, _b):
            wire.is_deaf = True
            await hearing(a, is_heard=False)
            wire.is_deaf = False
            await hearing(a)


async def test_who_is_back_through_another_node_has_not_left(nodes):
    person = await Person().arrive(nodes.a.url)
    await person.send(DANGER)
    again = Person()
    await again.open(nodes.b.url, auth={"token": person.token})
    await again.do("messages:since", {"seq": 0})
    await person.close()
    await until(lambda: not nodes.a.app[FOLLOWER].bus.has_link(person.conversation))
    assert await left_at(nodes.b, person.conversation) is None
    await again.close()
    await until_left(nodes.b, person.conversation)


async def left_at(node: Running, conversation: str):
    held = await node.service.store.read(
        lambda db: transcript.read(db, ConversationId(conversation))
    )
    return held["left_at"]


class Wanderer:
    """Somebody whose page looks for another node whenever its link is lost, and keeps a record."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.acknowledged: dict[str, int] = {}
        self.unsent = [str(uuid.uuid4()) for _ in range(40)]

    async def write_all(self, urls: list[str]) -> None:
        while self.unsent:
            link = Person()
            with contextlib.suppress(Exception):
                await link.open(urls[0], auth={"token": self.token})
                while self.unsent:
                    payload = {"client_ref": self.unsent[0], "text": PLAIN}
                    answer = await link.client.call(
                        "message:send", payload, namespace="/chat", timeout=3
                    )
                    if answer and answer.get("ok"):
                        self.acknowledged[self.unsent.pop(0)] = answer["seq"]
            with contextlib.suppress(Exception):
                await link.close()
            urls.append(urls.pop(0))
            await asyncio.sleep(0.01)


async def test_a_rolling_restart_loses_and_repeats_nothing(tmp_path):
    how: dict[str, Any] = {"rate_limits": "relaxed", "watch": Watch()}
    with redis_server() as redis:
        how["redis_url"] = redis.url
        async with contextlib.AsyncExitStack() as second:
            b = await second.enter_async_context(running_service(tmp_path, **how))
            async with running_service(tmp_path, **how) as a:
                people = [await Person().arrive(a.url) for _ in range(4)]
                wanderers = [Wanderer(person.token) for person in people]
                for person in people:
                    await person.close()
                urls = [a.url, b.url]
                writing = [asyncio.create_task(w.write_all(list(urls))) for w in wanderers]
                await until(lambda: sum(len(w.acknowledged) for w in wanderers) >= 20)
            async with running_service(tmp_path, port=int(a.url.rpartition(":")[2]), **how) as anew:
                await hearing(anew)
                await second.aclose()
                await asyncio.gather(*writing)
                for person, wanderer in zip(people, wanderers, strict=True):
                    await person.open(anew.url, auth={"token": wanderer.token})
                    kept = await person.messages()
                    assert [m["seq"] for m in kept] == list(range(1, len(kept) + 1))
                    mine = {m["client_ref"]: m["seq"] for m in kept if m.get("client_ref")}
                    assert len(wanderer.acknowledged) == 40
                    assert {ref: mine[ref] for ref in wanderer.acknowledged} == (
                        wanderer.acknowledged
                    )
                    enquirers = [m for m in kept if m["speaker"] == "enquirer"]
                    assert len(enquirers) == 40
                    await person.close()
