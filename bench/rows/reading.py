"""The screen on one core: a message's two readings, its cold start and its memory."""

import contextlib
import json
import sys
from collections.abc import Mapping

from bench.children import end, end_of, start
from bench.figures import NotMeasurableError, Opening, Sample
from bench.stage import Stage

PARTS = ("p50_ms", "p95_ms", "start_s", "memory_mib")


@contextlib.asynccontextmanager
async def readers(stage: Stage) -> Opening:
    """Milliseconds of both readings, p95."""

    async def measure() -> Sample:
        return _sample(await _told(stage), "p95_ms")

    yield measure


@contextlib.asynccontextmanager
async def cold_start(stage: Stage) -> Opening:
    """Seconds from the import to the first message read."""

    async def measure() -> Sample:
        return _sample(await _told(stage), "start_s")

    yield measure


@contextlib.asynccontextmanager
async def memory(stage: Stage) -> Opening:
    """Mebibytes that the process has grown by."""

    async def measure() -> Sample:
        return _sample(await _told(stage), "memory_mib")

    yield measure


def _sample(told: Mapping[str, float], figure: str) -> Sample:
    return Sample(told[figure], {part: told[part] for part in PARTS if part != figure})


async def _told(stage: Stage) -> Mapping[str, float]:
    """A process of its own each time: a start is cold once."""
    log = stage.room("screen") / "told"
    process = await start([sys.executable, "-W", "ignore", "-m", "bench.screen_alone"], log)
    try:
        if await process.wait() != 0:
            raise NotMeasurableError(end_of(log))
    finally:
        await end(process)
    told: Mapping[str, float] = json.loads(log.read_text(encoding="utf-8").splitlines()[-1])
    return told
