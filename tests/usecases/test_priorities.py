"""Raised by staff, a priority does all that danger in words does; lowered, it promises less."""

import pytest

from chat import prioritising, taking
from models.errors import NotAllowedError
from models.tables import clocks, conversations, enquiries, queue_entries
from models.vocabulary import Priority
from tests.usecases.desk import APPOINTMENT, DANGER, Desk


async def set_to(desk: Desk, conversation, priority: Priority, *, by=None) -> None:
    await prioritising.set_priority(
        desk.service,
        by or await desk.sign_in(),
        conversation=conversation,
        priority=priority,
        reason="talked with her sister",
    )


async def running(desk: Desk) -> set[str]:
    found = await desk.rows(clocks)
    return {row["kind"] for row in found if not (row["stopped_at"] or row["met_at"])}


async def test_raised_while_with_the_bot_they_are_brought_to_the_queue_and_told(desk: Desk):
    conversation = await desk.arrive(APPOINTMENT)
    await set_to(desk, conversation, Priority.VERY_URGENT)
    assert await desk.state(conversation) == "waiting"
    (entry,) = await desk.rows(queue_entries)
    assert entry["priority"] == "very_urgent"
    assert {"FIRST_HUMAN_VERY_URGENT", "URGENT_ASSESS"} <= await running(desk)
    assert any(
        (wording or "").startswith("crisis.") for wording in await desk.wordings(conversation)
    )


async def test_raised_in_a_conversation_the_clocks_the_enquiry_and_the_place_follow(desk: Desk):
    conversation = await desk.arrive("can I talk to a person please")
    priya = await desk.sign_in()
    assert await taking.take_next(desk.service, priya) is not None
    await set_to(desk, conversation, Priority.EMERGENCY, by=priya)
    (entry,) = await desk.rows(queue_entries)
    (enquiry,) = await desk.rows(enquiries)
    assert entry["priority"] == enquiry["priority"] == "emergency"
    assert enquiry["clinical"]
    assert enquiry["due_at"] == entry["due_at"]
    assert "URGENT_ASSESS" in await running(desk)


async def test_lowered_whoever_waits_stands_in_the_queue_at_routine_or_above(desk: Desk):
    conversation = await desk.arrive(DANGER)
    await set_to(desk, conversation, Priority.NONE)
    (entry,) = await desk.rows(queue_entries)
    (row,) = await desk.rows(conversations)
    assert (entry["priority"], entry["state"]) == ("routine", "waiting")
    assert row["priority"] == "none"
    assert await desk.sweep() == 0


async def test_lowered_the_promise_of_a_first_word_is_the_new_one(desk: Desk):
    conversation = await desk.arrive(DANGER)
    await set_to(desk, conversation, Priority.URGENT)
    replies = {kind for kind in await running(desk) if kind.startswith("FIRST_HUMAN")}
    assert replies == {"FIRST_HUMAN_URGENT"}
    assert "URGENT_ASSESS" in await running(desk)


async def test_a_shift_lead_raises_and_does_not_lower(desk: Desk):
    conversation = await desk.arrive(DANGER)
    with pytest.raises(NotAllowedError):
        await set_to(desk, conversation, Priority.ROUTINE, by=await desk.sign_in("sue"))
    await set_to(desk, conversation, Priority.EMERGENCY, by=await desk.sign_in("sue"))
    (entry,) = await desk.rows(queue_entries)
    assert entry["priority"] == "emergency"
