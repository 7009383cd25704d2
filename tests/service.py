"""A real service for tests: real store, sockets, screen and worker on a free port; the dialogue is
ours or real Rasa.
"""

import asyncio
import contextlib
import re
import tempfile
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
import socketio
from aiohttp import web
from argon2 import PasswordHasher
from sqlalchemy.engine import make_url

from bot import directory_seed
from bot.dialogue import Answer, Command, CommandKind, Dialogue, Line, Turn
from chat import seed
from chat.reader import ReadingThreads
from chat.reading import Reading
from chat.references import LONDON
from models import migrate
from models.engine import alone
from models.errors import DialogueUnavailableError
from models.vocabulary import FieldId, WordingId
from web.app import Parts, build
from web.keys import SERVICE, TICKER, WATCH, WORKER
from web.readers import Readers, load_readers
from web.settings import Settings
from web.watch import Watch

_LOADED: list[Readers] = []
DATABASES: dict[Path, str] = {}
"""Where a service that is started in this folder keeps its store, when not in the folder itself."""


def readers() -> Readers:
    """The real readers, loaded once a process."""
    if not _LOADED:
        _LOADED.append(load_readers())
    return _LOADED[0]


def patient_policy(var: Path) -> Path:
    """As ours, but for a machine on which a reader may be slow without being broken."""
    ours = Settings().policy.read_text(encoding="utf-8")
    written = re.sub(
        r'(?m)^second_reader_limit = "[^"]+"', 'second_reader_limit = "1 minute"', ours
    )
    (var / "policy.toml").write_text(written, encoding="utf-8")
    return var / "policy.toml"


def pool() -> ReadingThreads:
    """Of the real readers, in this process."""
    return ReadingThreads(Reading(readers().screen, readers().understander))


@dataclass
class FakeDialogue:
    """A dialogue we own: answers from a list, else one plain line; can be down on purpose."""

    answers: list[Answer] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    down: bool = False

    async def answer(self, turn: Turn) -> Answer:
        self.turns.append(turn)
        if self.down:
            raise DialogueUnavailableError(hint="down on purpose")
        if self.answers:
            return self.answers.pop(0)
        return Answer(steps=(Line(WordingId("close.plain")),))

    async def ready(self) -> bool:
        return not self.down


def asks(field_id: str, *, form: str = "appointment_form") -> Answer:
    """The dialogue puts a form's question."""
    line = Line(WordingId(f"ask.{field_id}"))
    return Answer(steps=(line,), asks=FieldId(field_id), active_form=form)


def hands_off() -> Answer:
    return Answer(steps=(Command(CommandKind.HANDOFF),))


@dataclass
class Running:
    """A service that answers at `url`."""

    app: web.Application
    url: str
    var: Path

    @property
    def service(self) -> Any:
        return self.app[SERVICE]

    @property
    def staff(self) -> Sequence[dict[str, Any]]:
        return [person.sign_in() for person in seed.DEMO]

    async def settle(self) -> None:
        """Until every message that was sent is attended to."""
        await self.app[WORKER].drain()

    async def advance(self, seconds: float) -> None:
        """Move the clock through the service's own door."""
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{self.url}/api/dev/clock", json={"advance_seconds": seconds}) as answer,
        ):
            assert answer.status == 200, await answer.text()

    @property
    def watch(self) -> Watch:
        return self.app[WATCH]

    async def tick(self) -> None:
        await self.app[TICKER].run_due()


def settings_for(var: Path, **more: Any) -> Settings:
    more.setdefault("database_url", DATABASES.get(var, f"sqlite:///{var}/cap-chat.db"))
    return Settings(var=var, bind="127.0.0.1:0", **more)


def prepare(url: str) -> None:
    """A store as `make run` leaves one. On SQLite it is made once a process, then copied."""
    path = make_url(url).database
    if make_url(url).get_backend_name() == "sqlite" and path and not Path(path).exists():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(_prepared_file())
    prepare_anew(url)


@cache
def _prepared_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        prepare_anew(f"sqlite:///{folder}/cap-chat.db")
        return (Path(folder) / "cap-chat.db").read_bytes()


def prepare_anew(url: str) -> None:
    """Migrate and seed, with a password hash that is quick to check. The starter directory was
    checked today: on what day the tests run must not matter.
    """
    if migrate.upgrade(url):
        seed.seed(url, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        _fill_directory(url, now=Watch().now())


def _fill_directory(url: str, *, now: datetime) -> None:
    today = now.astimezone(LONDON).date().isoformat()
    written = directory_seed.DIRECTORY_FILE.read_text(encoding="utf-8")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".json") as checked:
        checked.write(re.sub(r'("assured_date": )"[^"]+"', rf'\1"{today}"', written))
        checked.flush()
        with alone(url) as connection:
            directory_seed.fill(connection, demo=True, now=now, path=Path(checked.name))


@contextlib.asynccontextmanager
async def running_service(
    var: Path,
    *,
    dialogue: Dialogue | None = None,
    watch: Watch | None = None,
    port: int = 0,
    **more: Any,
) -> AsyncIterator[Running]:
    """Start on a free port; without a dialogue of the test's own it is a FakeDialogue."""
    settings = settings_for(var, **more)
    prepare(settings.database_url)
    parts = Parts(settings, pool(), dialogue or FakeDialogue(), watch or Watch())
    runner = web.AppRunner(build(parts), access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, reuse_address=True)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield Running(runner.app, f"http://127.0.0.1:{port}", var)
    finally:
        await runner.cleanup()


class Link:
    """One Socket.IO connection of a test, which remembers what it was told."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self.client = socketio.AsyncClient(reconnection=False)
        self.heard: list[tuple[str, Any]] = []
        self.client.on("*", self._hear, namespace=namespace)
        self.client.on("connect_error", self._refused, namespace=namespace)

    async def _hear(self, event: str, *told: Any) -> None:
        self.heard.append((event, told[0] if told else None))

    async def _refused(self, why: Any) -> None:
        self.heard.append(("connect_error", why))

    async def open(self, url: str, **how: Any) -> "Link":
        await self.client.connect(
            url, namespaces=[self.namespace], transports=["websocket"], wait_timeout=5, **how
        )
        return self

    async def call(self, event: str, payload: Any = None) -> dict[str, Any]:
        answer: dict[str, Any] = await self.client.call(
            event, payload if payload is not None else {}, namespace=self.namespace, timeout=10
        )
        return answer

    async def do(self, event: str, payload: Any = None) -> dict[str, Any]:
        """As `call`, and it must have been kept."""
        answer = await self.call(event, payload)
        assert answer["ok"], answer
        return answer

    def told(self, event: str) -> list[Any]:
        return [told for name, told in self.heard if name == event]

    async def hears(self, event: str, *, within: float = 15.0, where: Any = None) -> Any:
        """The first such fact, waited for."""
        async with asyncio.timeout(within):
            while True:
                for told in self.told(event):
                    if where is None or where(told):
                        return told
                await self.client.sleep(0.01)

    async def close(self) -> None:
        await self.client.disconnect()


class Person(Link):
    """An enquirer with a socket."""

    def __init__(self) -> None:
        super().__init__("/chat")
        self.token = ""
        self.reference = ""
        self.conversation = ""
        self.resume_code = ""

    async def arrive(self, url: str, **start: Any) -> "Person":
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{url}/api/conversations", json=start) as answer,
        ):
            assert answer.status == 201, await answer.text()
            body = await answer.json()
        self.token, self.reference = body["token"], body["reference"]
        self.conversation, self.resume_code = body["conversation"], body["resume_code"]
        await self.open(url, auth={"token": self.token})
        return self

    async def send(self, text: str, **more: Any) -> dict[str, Any]:
        return await self.do(
            "message:send", {"client_ref": str(uuid.uuid4()), "text": text, **more}
        )

    async def messages(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.do("messages:since", {"seq": 0}))["messages"]
        return found

    async def state(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.do("messages:since", {"seq": 0}))["state"]
        return found


class Console(Link):
    """A practitioner with an open console, signed in over HTTP first."""

    def __init__(self) -> None:
        super().__init__("/console")
        self.cookie = ""
        self.url = ""

    async def arrive(
        self, url: str, *, username: str = "priya", on_shift: bool = True
    ) -> "Console":
        self.url = url
        async with aiohttp.ClientSession() as http:
            body = {"username": username, "password": seed.DEMO_PASSWORD}
            async with http.post(f"{url}/api/staff/sign-in", json=body) as answer:
                assert answer.status == 200, await answer.text()
                self.cookie = answer.cookies["cap_staff"].value
        await self.open(url, headers={"Cookie": f"cap_staff={self.cookie}"})
        if on_shift:
            await self.do("presence:set", {"available": True})
        return self

    async def get(self, path: str, *, status: int = 200) -> Any:
        async with (
            aiohttp.ClientSession(cookies={"cap_staff": self.cookie}) as http,
            http.get(f"{self.url}{path}") as answer,
        ):
            assert answer.status == status, await answer.text()
            return await answer.json()

    async def enquiry(self, reference: str) -> dict[str, Any]:
        found: dict[str, Any] = await self.get(f"/api/staff/enquiries/{reference}")
        return found
