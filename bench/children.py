"""Starts the processes that are measured, each on a free loopback port, and ends them."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from web.settings import ROOT

START_WITHIN = 180.0
STOP_WITHIN = 15.0
LOOK_EVERY = 0.05


class ChildFailedError(RuntimeError):
    """It ended before it served. Carries the end of its log."""


@dataclass(frozen=True, slots=True)
class Service:
    """A running `cap-chat serve`."""

    url: str
    pid: int
    var: Path


@contextlib.asynccontextmanager
async def serving(var: Path, environment: Mapping[str, str]) -> AsyncIterator[Service]:
    """The service on a free port, ready."""
    process, service = await start_service(var, environment)
    try:
        yield service
    finally:
        await end(process)


async def start_service(var: Path, environment: Mapping[str, str]) -> tuple[Process, Service]:
    """As `serving`, for whoever ends the process themselves."""
    run_file = var / "run.json"
    run_file.unlink(missing_ok=True)
    program = [str(ROOT / "bin" / "cap-chat"), "serve", "--port", "0", "--var", str(var)]
    process = await start(program, var / "service.log", **environment)
    try:
        await until(run_file.exists, process, var / "service.log")
    except BaseException:
        await end(process)
        raise
    told = json.loads(run_file.read_text(encoding="utf-8"))
    return process, Service(told["url"], told["pid"], var)


@contextlib.asynccontextmanager
async def bare(kind: str, folder: Path) -> AsyncIterator[str]:
    """A bare server of `bench.bare`; yields its address."""
    told = folder / "port"
    process = await start(
        [sys.executable, "-m", "bench.bare", kind, str(folder)], folder / "bare.log"
    )
    try:
        await until(told.exists, process, folder / "bare.log")
        yield f"http://127.0.0.1:{told.read_text(encoding='utf-8')}"
    finally:
        await end(process)


async def start(program: list[str], log: Path, **environment: str) -> Process:
    """In a group of its own; `CAP_CHAT_` settings of ours do not reach it."""
    passed = {name: one for name, one in os.environ.items() if not name.startswith("CAP_CHAT_")}
    with log.open("ab") as written:
        return await asyncio.create_subprocess_exec(
            *program,
            cwd=ROOT,
            env=passed | {"PYTHONPATH": str(ROOT), "CAP_CHAT_RATE_LIMITS": "relaxed"} | environment,
            stdin=subprocess.PIPE,
            stdout=written,
            stderr=written,
        )


async def end(process: Process) -> None:
    """Asked first, made to after a while."""
    for how in (process.terminate, process.kill):
        with contextlib.suppress(ProcessLookupError):
            how()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_WITHIN)
            return


def end_of(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-2000:]


async def until(happened: Callable[[], bool], process: Process, log: Path) -> None:
    async with asyncio.timeout(START_WITHIN):
        while not happened():
            if process.returncode is not None:
                raise ChildFailedError(end_of(log))
            await asyncio.sleep(LOOK_EVERY)
