"""Trains the assistant when its sources changed, and keeps its process alive beside ours.

Knows nothing of dialogue; its log never holds what people write.
"""

import asyncio
import contextlib
import hashlib
import os
import random
import secrets
import signal
import socket
import subprocess
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import structlog

from bot.rasa_client import RasaDialogue

ASSISTANT = Path(__file__).resolve().parents[1] / "bot" / "assistant"
MODELS = Path(__file__).resolve().parents[1] / "var" / "assistant"
SOURCES = ("config.yml", "domain/*.yml", "data/*.yml", "cap/*.py", "launch.py", "requirements.lock")
LOG_FILE = "rasa.log"
LARGEST_LOG = 5_000_000  # bytes, after which it starts anew at the next start

LOOK_AGAIN = timedelta(milliseconds=100)
LOOK_EVERY = timedelta(seconds=5)  # once it serves
MOST_SILENCES = 3  # running, after which it counts as hung
TIME_TO_STOP = timedelta(seconds=3)
TIME_TO_START = timedelta(seconds=60)
FIRST_BACK_OFF = timedelta(milliseconds=500)
LONGEST_BACK_OFF = timedelta(seconds=30)
PORTS = range(20_000, 32_000)  # below those that the system hands out to outgoing connections
STEADY_AFTER = timedelta(seconds=60)  # a run this long makes the next back-off short again

log = structlog.get_logger()


class TrainingFailedError(RuntimeError):
    """Rasa refused the assistant's sources. Carries the end of what it said of them."""


def model_path(folder: Path = MODELS) -> Path:
    """Where the model of the present sources is, or will be once trained: named by their hash."""
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(ASSISTANT.glob(pattern)):
            digest.update(path.relative_to(ASSISTANT).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return folder.absolute() / f"assistant-{digest.hexdigest()[:16]}.tar.gz"


def train(folder: Path = MODELS) -> Path:
    """The model of the present sources, trained if not there yet. Raise TrainingFailedError."""
    wanted = model_path(folder)
    if wanted.is_file():
        return wanted
    wanted.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=wanted.parent) as made_in:
        command = ["train", "--config", "config.yml", "--domain", "domain", "--data", "data"]
        run = subprocess.run(  # noqa: S603 - our own launcher, fixed arguments
            [
                *_launcher(),
                *command,
                "--out",
                made_in,
                "--fixed-model-name",
                "assistant",
                "--quiet",
            ],
            cwd=ASSISTANT,
            env=_environment() | {"RASA_CACHE_DIRECTORY": f"{made_in}/cache"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        made = Path(made_in) / "assistant.tar.gz"
        if run.returncode != 0 or not made.is_file():
            raise TrainingFailedError(run.stdout[-2000:])
        made.replace(wanted)
    return wanted


class RasaProcess:
    """One Rasa on a free loopback port, with a token of its own; ended or hung, it starts anew."""

    def __init__(
        self, var: Path, *, models: Path = MODELS, look_every: timedelta = LOOK_EVERY
    ) -> None:
        self.token = secrets.token_urlsafe(32)
        self._look_every = look_every
        self._port = _free_port()
        self._log = var / LOG_FILE
        self._models = models
        self._process: Process | None = None
        self._is_ready = False
        self._became_ready = asyncio.Condition()

    @classmethod
    @contextlib.asynccontextmanager
    async def supervised(
        cls, var: Path, *, models: Path = MODELS, look_every: timedelta = LOOK_EVERY
    ) -> AsyncIterator["RasaProcess"]:
        """Yield at once while it trains, if stale, and starts; it ends with the block or us."""
        rasa = cls(var, models=models, look_every=look_every)
        supervision = asyncio.create_task(rasa._supervise(), name="rasa supervision")
        try:
            yield rasa
        finally:
            supervision.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await supervision

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int | None:
        """Of the process now running; None between two runs."""
        return self._process.pid if self._process else None

    @property
    def healthy(self) -> bool:
        """Whether it runs and has said that its model is loaded."""
        return self._process is not None and self._is_ready

    async def until_ready(
        self, patience: timedelta = TIME_TO_START, *, after: int | None = None
    ) -> None:
        """Wait until one other than `after` is ready. Raise TimeoutError after `patience`."""
        async with asyncio.timeout(patience.total_seconds()), self._became_ready:
            await self._became_ready.wait_for(lambda: self.healthy and self.pid != after)

    async def _supervise(self) -> None:
        back_off = FIRST_BACK_OFF
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            try:
                await self._run_once()
            except (OSError, TrainingFailedError, TimeoutError) as error:
                log.warning("rasa_does_not_start", why=type(error).__name__)
            if clock() - began > STEADY_AFTER.total_seconds():
                back_off = FIRST_BACK_OFF
            await asyncio.sleep(back_off.total_seconds())
            back_off = min(back_off * 2, LONGEST_BACK_OFF)

    async def _run_once(self) -> None:
        model = await asyncio.to_thread(train, self._models)
        process = self._process = await self._start(model)
        log.info("rasa_started", pid=process.pid)
        try:
            async with RasaDialogue([self.url], token=self.token) as dialogue:
                async with asyncio.timeout(TIME_TO_START.total_seconds()):
                    await self._watch_start(process, dialogue)
                await self._watch_serving(process, dialogue)
            log.warning("rasa_ended", code=process.returncode)
        finally:
            self._is_ready = False
            self._process = None
            await _end(process)

    async def _start(self, model: Path) -> Process:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        grown = self._log.exists() and self._log.stat().st_size > LARGEST_LOG
        settings = ["-i", "127.0.0.1", "-p", str(self._port), "-m", str(model)]
        files = ["--credentials", "credentials.yml", "--endpoints", "endpoints.yml"]
        with self._log.open("wb" if grown else "ab") as written:
            return await asyncio.create_subprocess_exec(
                *_launcher(),
                "run",
                *settings,
                *files,
                cwd=ASSISTANT,
                env=_environment()
                | {"CAP_ASSISTANT_TOKEN": self.token, "CAP_ASSISTANT_CHILD": "1"},
                stdin=subprocess.PIPE,  # closes when we die, however we die; the child watches it
                stdout=written,
                stderr=written,
                start_new_session=True,
            )

    async def _watch_start(self, process: Process, dialogue: RasaDialogue) -> None:
        while not await dialogue.ready():
            if await _ends_within(process, LOOK_AGAIN):
                return
        async with self._became_ready:
            self._is_ready = True
            self._became_ready.notify_all()

    async def _watch_serving(self, process: Process, dialogue: RasaDialogue) -> None:
        """Until it ends, or has hung for a while."""
        silences = 0
        while silences < MOST_SILENCES and not await _ends_within(process, self._look_every):
            silences = 0 if await dialogue.ready() else silences + 1


async def _ends_within(process: Process, patience: timedelta) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience.total_seconds()):
            await process.wait()
    return process.returncode is not None


async def _end(process: Process) -> None:
    """Stop the process and all of its group: asked first, made to after a while."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        if await _ends_within(process, TIME_TO_STOP):
            return


def _launcher() -> list[str]:
    return [str(ASSISTANT / ".venv" / "bin" / "python"), "-W", "ignore", "launch.py"]


def _environment() -> dict[str, str]:
    """What the child needs of our environment and no more: none of the service's secrets."""
    passed = ("HOME", "LANG", "LC_ALL", "LOG_LEVEL", "PATH", "TMPDIR", "TZ")
    ours = {name: os.environ[name] for name in passed if name in os.environ}
    return ours | {"RASA_TELEMETRY_ENABLED": "false", "PYTHONUNBUFFERED": "1"}


def _free_port() -> int:
    while True:
        port = random.SystemRandom().choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
