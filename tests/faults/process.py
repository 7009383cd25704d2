"""Starts the service as a process of its own, to be killed as a machine would lose it."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.service import prepare

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class ServiceProcess:
    process: subprocess.Popen[bytes]
    url: str
    pid: int

    def kill(self) -> None:
        """As a power cut would: no goodbye, nothing flushed."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


async def start(var: Path, **environment: str) -> ServiceProcess:
    """`cap-chat serve` on a free port, ready. The store at `var`, or the one that the environment
    names, is migrated and seeded first.
    """
    prepare(environment.get("CAP_CHAT_DATABASE_URL", f"sqlite:///{var}/cap-chat.db"))
    return await start_again(var, **environment)


async def start_again(var: Path, **environment: str) -> ServiceProcess:
    """On a prepared store. Raises AssertionError when the process ends before it serves."""
    run_file = var / "run.json"
    run_file.unlink(missing_ok=True)
    process = subprocess.Popen(  # noqa: ASYNC220  starts and returns at once
        [sys.executable, "-m", "web.cli", "serve", "--port", "0", "--var", str(var)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.DEVNULL,
        stderr=(var / "service.log").open("ab"),
    )
    async with asyncio.timeout(120):
        while not run_file.exists():
            assert process.poll() is None, (var / "service.log").read_text()
            await asyncio.sleep(0.05)
    told: dict[str, Any] = json.loads(run_file.read_text())
    return ServiceProcess(process, told["url"], told["pid"])


@contextlib.asynccontextmanager
async def serving(var: Path, **environment: str) -> AsyncIterator[ServiceProcess]:
    service = await start(var, **environment)
    try:
        yield service
    finally:
        if service.process.poll() is None:
            service.process.terminate()
            service.process.wait(timeout=20)


def serving_all(var: Path, **environment: str) -> Iterator[ServiceProcess]:
    """For a fixture of a module: one service for all of its tests, without an assistant."""
    without = {"CAP_CHAT_BOT_URL": "http://127.0.0.1:9", **environment}
    service = asyncio.run(start(var, **without))
    try:
        yield service
    finally:
        service.process.terminate()
        service.process.wait(timeout=20)
