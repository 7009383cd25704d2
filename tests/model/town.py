"""A small town at the service's door: people, practitioners, a slow bot and a clock, driven through
the real use cases on a real store. Only the second reader and the dialogue are ours.
"""

import asyncio
import atexit
import contextlib
import shutil
import tempfile
import uuid
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import select

from bot.dialogue import Answer, Turn
from chat import enquirer, staff, taking
from chat.reader import MessageReader, ReadingThreads
from chat.reading import Reading
from chat.reassigning import colleague
from chat.service import Service
from chat.staff import Availability, SignedIn
from chat.ticker import Ticker
from chat.worker import Worker
from handoff.first_reader import FirstReader
from handoff.sanitise import sanitise
from models.errors import DialogueUnavailableError, ServiceError
from models.facts import Fact, WorkAdded
from models.readings import FirstReading, SecondReading, Understanding
from models.store import Store
from models.vocabulary import ClientRef, ConversationId, EntryId, StaffId
from tests.model.words import HEARD, NOT_UNDERSTOOD
from tests.service import FakeDialogue, prepare, settings_for
from web.watch import Watch
from web.wiring import build_service

T = TypeVar("T")
ON_SHIFT = ("priya", "tom", "grace")
SUPERVISOR = "sue"
ALARMS = {"service_alarms"}  # of nobody on shift, a long queue, a bot that is down: no mending
FAST = "/dev/shm"


class StubScreen:
    """The real rules; the model's finding is read off a list."""

    def first(self, text: str) -> FirstReading:
        return _rules().read(sanitise(text))

    def features(self, text: str, earlier: Sequence[str] = ()) -> Any:
        return text

    def second(self, features: Any, author: Any) -> SecondReading:
        return HEARD.get(features, (SecondReading(calm=True),))[0]


class StubUnderstander:
    def is_plain_reply(self, text: str, **how: Any) -> bool:
        return False

    def read(self, features: Any, **how: Any) -> Understanding:
        if features in HEARD:
            return HEARD[features][1]
        return NOT_UNDERSTOOD


@cache
def _rules() -> FirstReader:
    return FirstReader.load()


@dataclass
class SlowDialogue(FakeDialogue):
    """Answers at once, or holds every answer back until it is let go."""

    holds: bool = False
    free: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0

    async def answer(self, turn: Turn) -> Answer:
        if self.holds:
            self.asked += 1
            try:
                await self.free.wait()
            finally:
                self.asked -= 1
        if self.down:
            raise DialogueUnavailableError(hint="down on purpose")
        return await super().answer(turn)

    def hold(self) -> None:
        self.holds, self.free = True, asyncio.Event()

    def let_go(self) -> None:
        self.holds = False
        self.free.set()


class StillWatch(Watch):
    """Stands still until it is moved, so that a walk that failed goes the same way again."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


@dataclass
class Person:
    """What somebody outside knows: what they sent under which reference, and its number."""

    conversation: ConversationId
    resume_code: str
    start_ref: str
    kept: dict[str, int] = field(default_factory=dict)


@dataclass
class Practitioner:
    who: SignedIn
    linked: bool = False
    held: list[taking.Taken] = field(default_factory=list)
    """All that they ever took: what is over must be refused."""


class Town:
    """One walk's world. Every method runs to its end before it returns."""

    def __init__(self, start: datetime) -> None:
        self.loop = asyncio.new_event_loop()
        parent = FAST if Path(FAST).is_dir() else None
        self.folder = Path(tempfile.mkdtemp(prefix="cap-walk-", dir=parent))
        shutil.copy(_prepared(), self.folder / "cap-chat.db")
        self.watch, self.dialogue = StillWatch(start), SlowDialogue()
        self.told: list[Fact] = []
        self.errors: list[str] = []
        self.people: list[Person] = []
        self.run(self._open())
        self.practitioners = {
            name: Practitioner(self.read(lambda db, one=name: colleague(db, StaffId(one))))
            for name in (*ON_SHIFT, SUPERVISOR)
        }

    # the machinery

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        with _errors_into(self.errors):
            return self.loop.run_until_complete(doing)

    def tried(self, doing: Coroutine[Any, Any, T]) -> T | ServiceError:
        """A refusal of ours is an answer; anything else is a bug."""
        try:
            return self.run(doing)
        except ServiceError as refused:
            return refused

    def read(self, look: Any) -> Any:
        with self.service.store.engine.connect() as connection:
            return look(connection)

    async def _open(self) -> None:
        base = _service()
        settings = settings_for(self.folder)
        store = Store(settings.database_url, tell=self._tell, seal=b"walk" * 8)
        self.worker: Worker | None = None
        self.service = replace(
            base,
            store=store,
            now=self.watch.now,
            dialogue=self.dialogue,
            reader=MessageReader(
                ReadingThreads(Reading(_any(StubScreen()), _any(StubUnderstander()))), limit=HOUR
            ),
            tell=self._tell,
        )
        self.ticker = Ticker(self.service, self_test_after=timedelta(days=3650))
        store.start()
        self.worker = Worker(self.service)
        await self.worker.take_over(all_leases=True)
        await self._settle()

    def _tell(self, facts: Sequence[Fact]) -> None:
        self.told.extend(facts)
        if self.worker is not None:
            self.worker.add([fact for fact in facts if isinstance(fact, WorkAdded)])

    async def _shut(self) -> None:
        assert self.worker is not None
        await self.worker.stop()
        self.service.reader.stop()
        await self.service.store.stop()

    def close(self) -> None:
        self.dialogue.let_go()
        self.run(self._shut())
        self.loop.close()
        shutil.rmtree(self.folder)

    async def _settle(self) -> None:
        """Until all that was sent is attended to, or waits for the bot alone."""
        worker = self.worker
        assert worker is not None
        while len(worker._lanes) > self.dialogue.asked:
            lanes = list(worker._lanes.values())
            await asyncio.wait(lanes, timeout=0.002, return_when=asyncio.FIRST_COMPLETED)

    def settle(self) -> None:
        self.run(self._settle())

    def restart(self) -> None:
        """The machine is lost with all that was only in memory, and comes back."""
        self.run(self._shut())
        self.run(self._open())

    def arrive(self, text: str) -> Person:
        """Somebody opens the chat with these words, which are attended to."""
        ref = new_ref()
        started = self.run(
            enquirer.start(self.service, author=None, text=text, client_ref=ClientRef(ref))
        )
        person = Person(started.conversation, started.resume_code, ref)
        person.kept[ref] = next(m["seq"] for m in started.messages if m.get("client_ref") == ref)
        self.people.append(person)
        self.settle()
        return person

    def change(self, statement: Any) -> None:
        """A fault put into the store by hand."""
        self.run(self._change(statement))

    async def _change(self, statement: Any) -> None:
        await self.service.store.write(lambda tx: tx.execute(statement))

    # time

    def wait(self, **by: float) -> None:
        """Consoles that are linked renew; what is due by then is done, the sweep too."""
        self.watch.advance(timedelta(**by))
        for one in self.practitioners.values():
            if one.linked:
                self._renew(one)
        self.run(self.ticker.run_due())
        self.run(self.ticker.run_due())  # what the sweep has put on a list may be due already
        self.settle()

    def _renew(self, one: Practitioner) -> None:
        self.run(staff.still_here(self.service, frozenset({one.who.id})))
        for taken in self.run(taking.holding(self.service, one.who.id)):
            renewed = taking.renew(
                self.service,
                one.who,
                entry=EntryId(taken.entry["entry"]),
                version=taken.claim_version,
            )
            self.run(renewed)

    # staff

    def link(self, name: str, *, available: bool = True) -> None:
        one = self.practitioners[name]
        one.linked = True
        self.run(staff.set_presence(self.service, one.who, Availability(available=available)))

    def unlink(self, name: str) -> None:
        one = self.practitioners[name]
        one.linked = False
        self.run(staff.gone(self.service, one.who))

    def rows(self, table: Any, **where: Any) -> list[Any]:
        statement = select(table).where(*(table.c[name] == value for name, value in where.items()))
        found: list[Any] = self.read(lambda db: db.execute(statement).mappings().all())
        return found


HOUR = timedelta(hours=1)


def _any(part: Any) -> Any:
    return part


@cache
def _service() -> Service:
    """The parts that hold no state, loaded once; each walk has its own store and clock."""
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_for(Path(folder), rate_limits="relaxed")
        prepare(settings.database_url)
        return build_service(
            settings,
            pool=_any(None),
            dialogue=FakeDialogue(),
            now=Watch().now,
            tell=lambda facts: None,
        )


@cache
def _prepared() -> Path:
    """A migrated and seeded store, made once a process; each walk begins with a copy."""
    folder = Path(tempfile.mkdtemp(prefix="cap-walks-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    prepare(settings_for(folder).database_url)
    return folder / "cap-chat.db"


@contextlib.contextmanager
def _errors_into(found: list[str]) -> Iterator[None]:
    """What the service logs as an error while it runs: a promise had to be mended, or a bug."""

    def keep(_logger: Any, method: str, event: Any) -> Any:
        if method in {"error", "critical"} and event.get("event") not in ALARMS:
            found.append(f"{event.get('event')} {event.get('error', '')}".strip())
        raise structlog.DropEvent

    before = structlog.get_config()["processors"]
    structlog.configure(processors=[keep])
    try:
        yield
    finally:
        structlog.configure(processors=before)


def new_ref() -> str:
    return uuid.uuid4().hex
