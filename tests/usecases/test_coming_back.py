"""Somebody comes back: to the queue after a clinical chat, with the priority they had."""

import pytest

from chat import taking
from models.tables import conversations, enquiries
from tests.usecases.desk import APPOINTMENT, DANGER, Desk


async def closed_after(desk: Desk, text: str):
    conversation = await desk.arrive(text)
    person = await desk.sign_in()
    taken = await taking.take_next(desk.service, person)
    assert taken is not None
    await desk.close(person, taken)
    assert await desk.state(conversation) == "closed"
    return conversation


@pytest.mark.parametrize("hours", [1, 71])
async def test_within_the_window_after_a_clinical_chat_it_is_the_queue_again(desk: Desk, hours):
    conversation = await closed_after(desk, DANGER)
    await desk.wait(hours=hours)
    await desk.sign_in()
    seq = await desk.send(conversation, "hello again")
    assert await desk.state(conversation) == "waiting"
    after = (await desk.said(conversation))[seq:]
    assert after[0]["cards"][0]["kind"] == "emergency"
    assert {line["wording_id"] for line in after} == {"greet.return.clinical"}
    assert after[-1]["asks"] == "safe_now"


async def test_not_safe_after_coming_back_is_an_emergency(desk: Desk):
    conversation = await closed_after(desk, DANGER)
    await desk.wait(hours=1)
    await desk.sign_in()
    await desk.send(conversation, "hi")
    await desk.send(conversation, "I am not safe")
    (row,) = await desk.rows(conversations)
    assert row["priority"] == "emergency"


async def test_with_nobody_signed_in_who_comes_back_gets_the_numbers(desk: Desk):
    conversation = await closed_after(desk, DANGER)
    await desk.wait(hours=1)
    seq = await desk.send(conversation, "hello again")
    after = (await desk.said(conversation))[seq:]
    assert after[0]["wording_id"] == "crisis.nostaff"
    assert "999" in " ".join(line["text"] for line in after)


async def test_after_the_window_the_bot_takes_it_and_the_priority_is_still_not_lowered(desk: Desk):
    conversation = await closed_after(desk, DANGER)
    await desk.wait(hours=73)
    await desk.send(conversation, "what are your opening hours")
    (row,) = await desk.rows(conversations)
    assert row["priority"] in {"very_urgent", "emergency"}
    assert len(await desk.rows(enquiries)) == 2


async def test_a_new_enquiry_is_opened_and_the_old_one_keeps_its_outcome(desk: Desk):
    conversation = await closed_after(desk, DANGER)
    await desk.send(conversation, "me again")
    first, second = await desk.rows(enquiries, conversation_id=conversation)
    assert first["outcomes"] == ["ADVICE_GIVEN"]
    assert second["outcomes"] == []
    assert second["status"] == "waiting_person"


async def test_danger_after_the_close_is_acted_on_in_the_storing_transaction(desk: Desk):
    conversation = await desk.arrive(APPOINTMENT)
    await desk.wait(hours=30)
    assert await desk.state(conversation) == "closed"
    await desk.send(conversation, DANGER)
    assert await desk.state(conversation) == "waiting"
    said = await desk.said(conversation)
    assert any(card["kind"] == "emergency" for line in said for card in line.get("cards") or [])
