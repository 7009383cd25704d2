"""The sweep proves each minute that nobody is lost; what it finds it mends and counts."""

import pytest
from sqlalchemy import delete, update

from chat import taking
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
