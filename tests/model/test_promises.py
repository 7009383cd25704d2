"""Each promise that the walks look for can be found broken: the store is spoilt by hand, and it is
seen. A promise that could not fail would prove nothing.
"""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from chat import taking
from models.tables import (
    claims,
    clocks,
    conversations,
    enquiries,
    events,
    messages,
    outbox,
    queue_entries,
    readings,
    tallies,
    timers,
)
from models.vocabulary import Priority
from tests.model.machine import STARTS
from tests.model.promises import AFTER_TIME, ALWAYS, Seen, broken, look
from tests.model.town import Town
from tests.model.words import DANGER, PLAIN


@pytest.fixture
def town():
    """Priya has somebody at risk; somebody else is with the bot."""
    opened = Town(STARTS[0])
    opened.link("priya")
    for text in (DANGER, PLAIN):
        opened.arrive(text)
    assert opened.run(taking.take_next(opened.service, opened.practitioners["priya"].who))
    yield opened
    opened.close()


def seen(town: Town, *, later: timedelta = timedelta(), **known) -> Seen:
    rows = town.read(look)
    return Seen(town.watch.now() + later, town.service.policy, rows, **known)


def names(found: list[str]) -> set[str]:
    return {line.partition(":")[0] for line in found}


TAKEN = conversations.c.state == "with_practitioner"
SPOILT: dict[str, Any] = {
    "screened_first": delete(readings),
    "stored_before_shown": delete(messages).where(messages.c.seq == 2),
    "one_owner": update(conversations).where(TAKEN).values(holder="tom"),
    "one_claim": update(claims).values(ended_at=STARTS[0]),
    "log_tells_the_state": delete(events).where(events.c.kind == "entry_taken"),
    "never_lost": update(enquiries).values(due_at=None),
    "nothing_clinical_is_closed_by_a_machine": update(enquiries).values(status="closed"),
    "most_pressing_first": update(queue_entries).values(rank=2),
    "ratchet": update(conversations).values(priority="none"),
    "danger_reaches_people": update(readings).values(priority="urgent"),
    "clocks_are_watched": delete(timers),
    "nothing_had_to_be_mended": update(tallies).values(value=1),
}


def test_in_a_store_in_order_every_promise_holds(town):
    assert broken(seen(town), (*ALWAYS, *AFTER_TIME)) == []
    known = {*SPOILT, "capacity"}
    assert {promise.__name__ for promise in ALWAYS} == known


@pytest.mark.parametrize("promise", list(SPOILT))
def test_a_spoilt_store_is_seen(town, promise):
    lowest = {row["id"]: Priority(row["priority"]) for row in town.rows(conversations)}
    town.change(SPOILT[promise])
    assert promise in names(broken(seen(town, lowest=lowest)))


def test_more_than_one_may_hold_is_seen(town):
    rows = town.read(look)
    (entry,) = rows["queue_entry"]
    rows["queue_entry"] = [entry] * (town.service.policy.capacity + 1)
    whole = Seen(town.watch.now(), town.service.policy, rows)
    assert "capacity" in names(broken(whole))


def test_the_bot_that_speaks_over_a_person_is_seen(town):
    town.change(update(messages).values(speaker="bot"))
    assert "log_tells_the_state" in names(broken(seen(town)))


def test_what_is_due_and_left_is_seen(town):
    found = broken(seen(town, later=timedelta(hours=5)), AFTER_TIME)
    assert {"nothing_overdue_is_left", "silence_is_a_signal"} <= names(found)


def test_work_that_nobody_has_promised_is_seen(town):
    town.change(update(readings).values(second_at=None))
    town.change(delete(outbox))
    assert "screened_first" in names(broken(seen(town)))


def test_a_claim_for_ever_is_seen(town):
    town.change(update(queue_entries).values(lease_until=None))
    assert "one_claim" in names(broken(seen(town)))


def test_a_missed_clock_without_a_record_is_seen(town):
    town.change(update(clocks).values(due_at=STARTS[0] - timedelta(hours=1)))
    assert "nothing_overdue_is_left" in names(broken(seen(town), AFTER_TIME))
