"""Durably acknowledged messages a second, and one connection's latency, against bare parts."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Mapping

import aiohttp

from bench.children import Service, serving
from bench.figures import Measure, Opening, Sample
from bench.limits import SAID, group_commits
from bench.link import Link
from bench.people import Enquirer, begin, many
from bench.postgres import database
from bench.stage import NO_BOT, Stage
from bench.timing import Act, latencies, per_second, percentile


@contextlib.asynccontextmanager
async def senders(stage: Stage, service: Service, how_many: int) -> AsyncIterator[list[Enquirer]]:
    """People with a link whose conversation waits for a practitioner: both readers on, no bot."""

    async def one() -> Enquirer:
        enquirer = await begin(stage.http, service.url, text=SAID)
        return await enquirer.connect(stage.http, service.url)

    people = await many(how_many, one)
    try:
        yield people
    finally:
        await asyncio.gather(*(person.leave() for person in people))


@contextlib.asynccontextmanager
async def echoes(stage: Stage, url: str, how_many: int) -> AsyncIterator[list[Act]]:
    """As many callers of a bare Socket.IO server."""
    links = await many(how_many, lambda: Link.open(stage.http, url))
    try:
        yield [_echo(link) for link in links]
    finally:
        await asyncio.gather(*(link.close() for link in links))


def _echo(link: Link) -> Act:
    return lambda: link.call("echo", {"client_ref": str(uuid.uuid4()), "text": SAID})


@contextlib.asynccontextmanager
async def over_socketio(stage: Stage) -> Opening:
    """÷ plain python-socketio."""
    service, bare = await stage.plain(), await stage.bare("socketio")
    async with (
        senders(stage, service, stage.sizes.senders) as people,
        echoes(stage, bare, stage.sizes.senders) as callers,
    ):
        yield _ratio(stage, [person.send for person in people], callers, name="socketio")


@contextlib.asynccontextmanager
async def over_websocket(stage: Stage) -> Opening:
    """÷ a raw aiohttp websocket."""
    service, bare = await stage.plain(), await stage.bare("websocket")
    async with senders(stage, service, stage.sizes.senders) as people:
        sockets = await many(stage.sizes.senders, lambda: stage.http.ws_connect(bare))
        yield _ratio(
            stage,
            [person.send for person in people],
            [_raw(socket) for socket in sockets],
            name="websocket",
        )
        await asyncio.gather(*(socket.close() for socket in sockets))


def _raw(socket: aiohttp.ClientWebSocketResponse) -> Act:
    async def echo() -> None:
        await socket.send_str(SAID)
        await socket.receive_str()

    return echo


def _ratio(stage: Stage, ours: list[Act], bare: list[Act], *, name: str) -> Measure:
    async def measure() -> Sample:
        theirs = await per_second(bare, stage.sizes.seconds)
        mine = await per_second(ours, stage.sizes.seconds)
        return Sample(mine / theirs, {"ours_per_s": mine, f"{name}_per_s": theirs})

    return measure


@contextlib.asynccontextmanager
async def over_sqlite(stage: Stage) -> Opening:
    """÷ what SQLite can make durable in groups."""
    folder = stage.room("limit")
    service = await stage.plain()
    async with senders(stage, service, stage.sizes.senders) as people:
        yield _of_limit(stage, people, f"sqlite:///{folder}/limit.db")


@contextlib.asynccontextmanager
async def over_postgres(stage: Stage) -> Opening:
    """The same, both on a PostgreSQL with its real settings."""
    async with database(stage.room("postgres")) as server:
        environment: Mapping[str, str] = {**NO_BOT, "CAP_CHAT_DATABASE_URL": server.fresh("ours")}
        async with (
            serving(stage.room("on-postgres"), environment) as service,
            senders(stage, service, stage.sizes.senders) as people,
        ):
            yield _of_limit(stage, people, server.fresh("bare"))


def _of_limit(stage: Stage, people: list[Enquirer], url: str) -> Measure:
    async def measure() -> Sample:
        group, seconds = len(people), stage.sizes.seconds
        limit = await asyncio.to_thread(group_commits, url, group=group, seconds=seconds)
        mine = await per_second([person.send for person in people], seconds)
        return Sample(mine / limit, {"ours_per_s": mine, "limit_per_s": limit})

    return measure


@contextlib.asynccontextmanager
async def ack_median(stage: Stage) -> Opening:
    async with _one_connection(stage, 0.50) as measure:
        yield measure


@contextlib.asynccontextmanager
async def ack_slowest(stage: Stage) -> Opening:
    async with _one_connection(stage, 0.99) as measure:
        yield measure


@contextlib.asynccontextmanager
async def _one_connection(stage: Stage, share: float) -> Opening:
    """÷ one commit and an echo with nothing else."""
    service, bare = await stage.plain(), await stage.bare("commit")
    async with senders(stage, service, 1) as people, echoes(stage, bare, 1) as callers:

        async def measure() -> Sample:
            theirs = percentile(await latencies(callers[0], seconds=stage.sizes.seconds), share)
            mine = percentile(await latencies(people[0].send, seconds=stage.sizes.seconds), share)
            parts = {"ours_ms": mine * 1000, "commit_and_echo_ms": theirs * 1000}
            return Sample(mine / theirs, parts)

        yield measure
