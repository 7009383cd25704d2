"""A fresh checkout with a warm package cache: how long until it serves, and its tests are green."""

import asyncio
import contextlib
import time
from pathlib import Path

from bench.children import end, start, until
from bench.figures import NotMeasurableError, Opening, Sample
from bench.stage import Stage
from web.settings import ROOT

RUN_WITHIN = 800.0


@contextlib.asynccontextmanager
async def serves(stage: Stage) -> Opening:
    """Seconds."""

    async def measure() -> Sample:
        tree = await _cloned(stage.room("checkout"))
        began = time.perf_counter()
        await _run(tree, "bin/setup")
        program = [str(tree / "bin" / "cap-chat"), "serve", "--port", "0", "--var", str(tree / "v")]
        process = await start(program, tree.parent / "serve.log")
        try:
            await until((tree / "v" / "run.json").exists, process, tree.parent / "serve.log")
            return Sample(time.perf_counter() - began)
        finally:
            await end(process)

    yield measure


@contextlib.asynccontextmanager
async def is_green(stage: Stage) -> Opening:
    """Seconds."""

    async def measure() -> Sample:
        tree = await _cloned(stage.room("checkout"))
        began = time.perf_counter()
        await _run(tree, "make", "-C", str(tree), "test")
        return Sample(time.perf_counter() - began)

    yield measure


async def _cloned(room: Path) -> Path:
    tree = room / "tree"
    await _run(room, "git", "clone", "--quiet", str(ROOT), str(tree))
    return tree


async def _run(folder: Path, program: str, *arguments: str) -> None:
    """In `folder`; a program with a path is the folder's own."""
    own = str(folder / program) if "/" in program else program
    process = await start([own, *arguments], folder.parent / "checkout.log")
    try:
        async with asyncio.timeout(RUN_WITHIN):
            code = await process.wait()
    finally:
        await end(process)
    if code != 0:
        raise NotMeasurableError(f"{program} ended with {code}")
