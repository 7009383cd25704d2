"""Killed at any moment while people write: what was acknowledged is there once, in its order.

Counted as the kill test counts, from the writers' own records.
"""

import asyncio
import contextlib
import random
from collections.abc import Sequence

from bench.children import Service, end, start_service
from bench.figures import Opening, Sample
from bench.stage import NO_BOT, Stage
from tests.faults.records import PLAIN, Counts, Writer

WRITERS = 6
SHORTEST, LONGEST = 0.3, 1.2


@contextlib.asynccontextmanager
async def kills(stage: Stage) -> Opening:
    """Lost, doubled, reordered or changed messages together, after all the kills so far."""
    var, moment = stage.room("kills"), random.Random(20261126)  # noqa: S311 - no secret
    process, service = await start_service(var, NO_BOT)
    writers = [Writer(PLAIN) for _ in range(WRITERS)]
    for writer in writers:
        await writer.begin(service.url)
    try:

        async def measure() -> Sample:
            nonlocal process, service
            there: list[Service] = [service]
            stop = asyncio.Event()

            def urls() -> Sequence[str]:
                return [one.url for one in there]

            writing = [asyncio.create_task(writer.write(urls, stop)) for writer in writers]
            for _ in range(max(1, stage.sizes.kills // stage.sizes.repeats)):
                await asyncio.sleep(moment.uniform(SHORTEST, LONGEST))
                there.clear()
                process.kill()
                await process.wait()
                process, service = await start_service(var, NO_BOT)
                there.append(service)
            stop.set()
            await asyncio.gather(*writing)
            return await _counted(writers, service.url)

        yield measure
    finally:
        await end(process)


async def _counted(writers: Sequence[Writer], url: str) -> Sample:
    counts = Counts()
    for writer in writers:
        await writer.count(url, counts)
    parts = {
        "acknowledged": float(sum(len(writer.acknowledged) for writer in writers)),
        "lost": float(counts.lost),
        "doubled": float(counts.doubled),
        "reordered": float(counts.reordered),
        "changed": float(counts.changed),
    }
    return Sample(counts.lost + counts.doubled + counts.reordered + counts.changed, parts)
