"""The sweep proves each minute that nobody is lost; what it finds it mends and counts."""

from typing import Any

import pytest
from sqlalchemy import Table, delete, update

from chat import taking
from models.facts import AlarmRaised
from models.tables import (
    clocks,
    conversations,
    enquiries,
    outbox,
    queue_entries,
    readings,
    tallies,
    timers,
)
from models.vocabulary import ConversationId
from tests.usecases.desk import APPOINTMENT, DANGER, Desk


async def repairs(desk: Desk) -> int:
    (row,) = await desk.rows(tallies, name="sweep_repairs")
    return int(row["value"])


async def test_a_service_in_order_needs_no_repair(desk: Desk):
    await desk.arrive(APPOINTMENT)
    await desk.arrive(DANGER)
    person = await desk.sign_in()
    taken = await taking.take_next(desk.service, person)
    assert taken is not None
    assert await desk.sweep() == 0
    await desk.close(person, taken)
    assert await desk.sweep() == 0
    assert await repairs(desk) == 0


async def test_somebody_waiting_without_a_place_gets_it_back_at_their_priority(desk: Desk):
    conversation = await desk.arrive(DANGER)
    await desk.change(delete(queue_entries))
    assert await desk.sweep() == 1
    (entry,) = await desk.rows(queue_entries)
    assert entry["conversation_id"] == conversation
    assert entry["priority"] in {"very_urgent", "emergency"}
    assert entry["state"] == "waiting"
    assert await repairs(desk) == 1
    assert await desk.sweep() == 0


async def test_a_message_nobody_promised_to_read_is_read(desk: Desk):
    conversation = await desk.arrive(APPOINTMENT)
    await desk.change(update(readings).values(second_at=None))
    await desk.change(delete(outbox))
    assert await desk.sweep() == 1
    found = await desk.rows(readings, conversation_id=conversation)
    assert all(row["second_at"] is not None for row in found)
    assert await desk.sweep() == 0


@pytest.mark.parametrize("broken", [{"due_at": None}, {"next_step": "none"}])
async def test_an_enquiry_without_a_next_step_or_a_time_is_given_to_a_person(desk: Desk, broken):
    conversation = await desk.arrive(APPOINTMENT)
    await desk.change(update(enquiries).values(status="open", **broken))
    assert await desk.sweep() == 1
    assert await desk.state(conversation) == "waiting"
    (enquiry,) = await desk.rows(enquiries)
    assert (enquiry["owner_kind"], enquiry["next_step"]) == ("queue", "practitioner_joins")
    assert enquiry["due_at"] is not None


@pytest.mark.parametrize("status", ["open", "tracking", "with_person"])
async def test_an_enquiry_that_lost_its_time_after_the_end_is_reviewed(desk: Desk, status):
    """Mended once: it would be counted each minute otherwise, and still have nobody."""
    await desk.arrive(APPOINTMENT)
    await desk.wait(hours=1)
    await desk.change(update(enquiries).values(status=status, due_at=None))
    assert await desk.sweep() == 1
    (enquiry,) = await desk.rows(enquiries)
    assert (enquiry["status"], enquiry["owner_id"]) == ("tracking", "review")
    assert enquiry["due_at"] is not None
    assert await desk.sweep() == 0


async def test_a_running_clock_that_nothing_watches_is_watched_again_and_still_missed(desk: Desk):
    await desk.arrive(DANGER)
    await desk.change(delete(timers))
    running = [row for row in await desk.rows(clocks) if row["stopped_at"] is None]
    assert await desk.sweep() == len(running)
    await desk.wait(hours=5)
    assert all(row["missed_at"] is not None for row in await desk.rows(clocks))


async def test_a_conversation_with_a_practitioner_and_no_claim_goes_back_to_the_queue(desk: Desk):
    conversation = await desk.arrive(DANGER)
    taken = await taking.take_next(desk.service, await desk.sign_in())
    assert taken is not None
    await desk.change(update(queue_entries).values(state="done"))
    assert await desk.sweep() == 1
    assert await desk.state(conversation) == "waiting"
    (row,) = await desk.rows(conversations)
    assert row["priority"] in {"very_urgent", "emergency"}
    assert row["holder"] is None


async def held_by_priya(desk: Desk) -> ConversationId:
    conversation = await desk.arrive(DANGER)
    assert await taking.take_next(desk.service, await desk.sign_in()) is not None
    return conversation


ASTRAY: dict[str, tuple[Table, dict[str, Any]]] = {
    "taken, and still in the queue": (queue_entries, {"state": "waiting", "claimed_by": None}),
    "with the bot, and taken": (conversations, {"state": "with_bot", "holder": None}),
    "waiting, and taken": (conversations, {"state": "waiting", "holder": None}),
    "with another than who took them": (conversations, {"holder": "tom"}),
    "taken for ever": (queue_entries, {"lease_until": None}),
}


@pytest.mark.parametrize("fault", list(ASTRAY))
async def test_two_owners_or_a_claim_without_end_lead_back_to_the_queue(desk: Desk, fault):
    conversation = await held_by_priya(desk)
    table, broken = ASTRAY[fault]
    await desk.change(update(table).values(**broken))
    desk.told.clear()
    assert await desk.sweep() == 1
    assert await desk.state(conversation) == "waiting"
    (entry,) = await desk.rows(queue_entries)
    (row,) = await desk.rows(conversations)
    assert (entry["state"], entry["claimed_by"], row["holder"]) == ("waiting", None, None)
    assert await desk.sweep() == 0
    taken = await taking.take_next(desk.service, await desk.sign_in("tom"))
    assert taken is not None
    assert taken.conversation == conversation


async def test_nobody_is_left_in_the_queue_after_the_end(desk: Desk):
    conversation = await held_by_priya(desk)
    await desk.change(update(conversations).values(state="closed", holder=None))
    await desk.change(update(enquiries).values(status="closed", outcomes=["ADVICE_GIVEN"]))
    assert await desk.sweep() == 1
    assert await desk.state(conversation) == "closed"
    assert [row["state"] for row in await desk.rows(queue_entries)] == ["done"]
    assert await desk.sweep() == 0


async def test_what_had_to_be_mended_sounds_the_alarm_and_is_counted(desk: Desk):
    await desk.arrive(DANGER)
    assert await desk.sweep() == 0
    assert not [fact for fact in desk.told if is_sweep_alarm(fact)]
    await desk.change(delete(queue_entries))
    await desk.sweep()
    assert len([fact for fact in desk.told if is_sweep_alarm(fact)]) == 1
    assert await repairs(desk) == 1


def is_sweep_alarm(fact: object) -> bool:
    return isinstance(fact, AlarmRaised) and fact.alarm["kind"] == "sweep_repairs"
