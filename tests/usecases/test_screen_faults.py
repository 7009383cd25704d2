"""The screen in the service when it breaks: a person comes, an alarm sounds, nothing is lost."""

import threading
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from chat.reader import MessageReader, ReadingThreads
from chat.reading import Reading
from chat.self_test import ALARM, self_test
from chat.ticker import Ticker
from models.facts import AlarmRaised
from models.readings import FirstReading, ReaderFault
from models.tables import conversations, readings
from tests.service import readers
from tests.usecases.desk import APPOINTMENT, DANGER, Desk, open_desk

GUJARATI = "મારે મારી દીકરીની દવા વિશે પૂછવું છે"


@dataclass(frozen=True)
class Failing:
    """A screen whose named part fails."""

    part: str
    release: threading.Event | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(readers().screen, name)

    def first(self, text: str) -> Any:
        if self.part == "blind":
            return FirstReading()
        found = readers().screen.first(text)
        return replace(found, failed="ValueError") if self.part == "first" else found

    def features(self, text: str, earlier: Any = ()) -> Any:
        if self.part == "late":
            assert self.release is not None
            self.release.wait(20)
        if self.part in {"broken", "blind"}:
            return None
        found: Any = readers().screen.features(text, earlier)
        missing = {"absent": {"encoded": None}, "unlike": {"alike": None}}.get(self.part, {})
        return replace(found, **missing)


@pytest.fixture
def release():
    event = threading.Event()
    yield event
    event.set()


def fail(desk: Desk, part: str, release: threading.Event, *, limit: float = 20) -> None:
    screen: Any = Failing(part, release)
    reader = MessageReader(
        ReadingThreads(Reading(screen, readers().understander)), limit=timedelta(seconds=limit)
    )
    desk.service = replace(desk.service, reader=reader)
    desk.worker._service = desk.service
    desk.ticker._service = desk.service


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        ("late", ReaderFault.LATE),
        ("broken", ReaderFault.BROKEN),
        ("absent", ReaderFault.ABSENT),
        ("unlike", ReaderFault.ABSENT),
    ],
)
async def test_a_second_reader_that_fails_brings_a_person_at_once(desk, part, fault, release):
    fail(desk, part, release, limit=0.05 if part == "late" else 20)
    conversation = await desk.arrive(APPOINTMENT)
    (row,) = await desk.rows(readings, conversation_id=conversation)
    assert row["second_fault"] == fault.value
    assert await desk.state(conversation) == "waiting"
    (held,) = await desk.rows(conversations, id=conversation)
    assert held["priority"] == "urgent"


async def test_a_broken_first_reader_brings_a_person(desk, release):
    fail(desk, "first", release)
    conversation = await desk.arrive(APPOINTMENT)
    assert await desk.state(conversation) == "waiting"


async def test_a_language_we_cannot_read_brings_a_person(desk):
    conversation = await desk.arrive(GUJARATI)
    assert await desk.state(conversation) == "waiting"


async def test_a_denial_afterwards_lowers_nothing(desk):
    conversation = await desk.arrive(DANGER)
    (before,) = await desk.rows(conversations, id=conversation)
    await desk.send(conversation, "just joking, I am fine, cancel that")
    (after,) = await desk.rows(conversations, id=conversation)
    assert after["priority"] == before["priority"]
    assert await desk.state(conversation) == "waiting"


async def test_a_message_whose_second_reading_is_missing_is_read_after_a_restart(tmp_path: Path):
    async with open_desk(tmp_path) as desk:
        conversation = await desk.arrive(APPOINTMENT)
        await desk.change(update(readings).values(second_at=None))
    async with open_desk(tmp_path) as again:
        assert await again.sweep() == 1
        (row,) = await again.rows(readings, conversation_id=conversation)
        assert row["second_at"] is not None


async def test_the_self_test_finds_every_line_that_must_be_flagged(desk):
    assert await self_test(desk.service) == 0
    assert desk.service.metrics.screen_missed._value.get() == 0
    assert [fact for fact in desk.told if isinstance(fact, AlarmRaised)] == []


async def test_a_screen_that_fails_its_self_test_sounds_the_alarm(desk, release):
    fail(desk, "blind", release)
    desk.ticker = Ticker(desk.service)
    desk.watch.advance(timedelta(days=1))
    await desk.ticker.run_due()
    alarms = [fact.alarm["kind"] for fact in desk.told if isinstance(fact, AlarmRaised)]
    assert alarms.count(ALARM) == 1
    assert desk.service.metrics.screen_missed._value.get() > 0
