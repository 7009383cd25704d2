"""A reviewed reply to an open question settles the model's doubts, never what it finds red."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from chat.reader import MessageReader, ReadingThreads
from chat.reading import Question, Reading
from models.readings import ReaderFault, SecondReading
from models.vocabulary import FieldId, Priority
from tests.service import readers

TODAY = date(2026, 3, 2)


@dataclass(frozen=True)
class Finding:
    """The real screen with a model that finds what it is told to."""

    reading: SecondReading

    def __getattr__(self, name: str) -> Any:
        return getattr(readers().screen, name)

    def second(self, _features: Any, _author: Any) -> SecondReading:
        return self.reading


async def read(reading: SecondReading, text: str, *, asks: str, earlier=()) -> SecondReading:
    screen: Any = Finding(reading)
    reader = MessageReader(
        ReadingThreads(Reading(screen, readers().understander)), limit=timedelta(seconds=20)
    )
    question = Question(text, TODAY, asks=FieldId(asks), earlier=earlier)
    try:
        return (await reader.read(question)).second
    finally:
        reader.stop()


DOUBT = SecondReading(priority=Priority.URGENT, unsure=True)
RED = SecondReading(priority=Priority.VERY_URGENT, unsure=True)
ABSENT = SecondReading(unsure=True, fault=ReaderFault.ABSENT)
REPLIES = [("call_me", "Hope"), ("nhs_number", "i dont know"), ("date_of_birth", "3 march 1988")]


@pytest.mark.parametrize(("asks", "text"), REPLIES)
async def test_a_doubt_about_a_reviewed_reply_is_settled(asks, text):
    assert (await read(DOUBT, text, asks=asks)).calm


@pytest.mark.parametrize("found", [RED, ABSENT], ids=["red", "absent"])
@pytest.mark.parametrize("earlier", [(), ("hello",)], ids=["first", "later"])
@pytest.mark.parametrize(("asks", "text"), REPLIES)
async def test_red_or_a_missing_reading_counts_in_a_reviewed_reply_too(asks, text, earlier, found):
    assert await read(found, text, asks=asks, earlier=earlier) == found


@pytest.mark.parametrize("asks", ["safe_now", "location_now", "narrative"])
async def test_no_reply_to_a_question_of_safety_is_settled_by_its_words(asks):
    assert await read(DOUBT, "yes", asks=asks) == DOUBT


def test_features_alone_are_those_of_a_message_with_nothing_before_it():
    joined = readers().screen.features("no I need someone sooner", ("I have a worker", "yes"))
    apart = readers().screen.features("no I need someone sooner")
    assert joined is not None
    assert apart is not None
    alone = joined.alone()
    assert joined.context_encoded is not None
    assert alone.context_encoded is None
    assert readers().screen.second(alone, None) == readers().screen.second(apart, None)
    for name in ("encoded", "alike"):
        assert (getattr(alone, name) == getattr(apart, name)).all()


@dataclass(frozen=True)
class RedAlone(Finding):
    """Red where it does not know what was said before."""

    def second(self, features: Any, _author: Any) -> SecondReading:
        return self.reading if features.context_encoded is None else SecondReading()


@pytest.mark.parametrize("earlier", [(), ("can it wait?",)], ids=["unasked", "asked"])
async def test_red_alone_counts_only_where_nothing_before_it_explains_it(earlier):
    pool = ReadingThreads(Reading(_any(RedAlone(RED)), readers().understander))
    reader = MessageReader(pool, limit=timedelta(seconds=20))
    question = Question(
        "no I need someone sooner", TODAY, asks=FieldId("can_wait"), earlier=earlier
    )
    try:
        found = (await reader.read(question)).second
    finally:
        reader.stop()
    assert found.priority.is_red is not bool(earlier)


def _any(value: object) -> Any:
    return value
