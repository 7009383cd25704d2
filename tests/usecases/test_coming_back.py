"""Somebody comes back: to the queue after a clinical chat, with the priority they had."""

import pytest

from bot.dialogue import Answer, Command, CommandKind
from chat import enquirer, prioritising, taking
from models.tables import conversations, enquiries
from models.vocabulary import LeaveHow, Priority
from tests.usecases.desk import APPOINTMENT, DANGER, Desk, open_desk

GUJARATI = "મારે મારી દીકરીની દવા વિશે પૂછવું છે"


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


async def test_after_the_window_what_was_pressing_before_is_closed_by_no_clock(desk: Desk):
    conversation = await desk.arrive(APPOINTMENT)
    await enquirer.ask_for_person(desk.service, conversation)
    person = await desk.sign_in()
    taken = await taking.take_next(desk.service, person)
    assert taken is not None
    await desk.close(person, taken)
    await prioritising.set_priority(
        desk.service,
        person,
        conversation=conversation,
        priority=Priority.VERY_URGENT,
        reason="her sister phoned",
    )
    await desk.wait(hours=73)
    await desk.send(conversation, APPOINTMENT)
    assert await desk.state(conversation) == "with_bot"
    await desk.wait(hours=1)
    assert await desk.state(conversation) == "closed"
    (_before, now) = await desk.rows(enquiries)
    assert (now["status"], now["owner_id"]) == ("tracking", "review")


async def test_who_is_gone_before_their_words_are_read_is_brought_back_to_the_queue(tmp_path):
    """Said, "done" pressed, and only then read: what needs a person still gets one."""
    async with open_desk(tmp_path, attends=False) as desk:
        conversation = await desk.arrive(APPOINTMENT)
        await desk.worker.take_over(all_leases=True)
        await desk.worker.drain()
        await desk.send(conversation, GUJARATI)
        await enquirer.leave(desk.service, conversation, how=LeaveHow.DONE)
        assert await desk.state(conversation) == "closed"
        await desk.worker.take_over(all_leases=True)
        await desk.worker.drain()
        assert await desk.state(conversation) == "waiting"
        taken = await taking.take_next(desk.service, await desk.sign_in())
        assert taken is not None
        assert taken.conversation == conversation
        assert await desk.sweep() == 0


async def test_what_a_referral_form_without_an_answer_has_come_to_is_an_outcome(desk: Desk):
    complete = Command(CommandKind.ENQUIRY_COMPLETE, {"kind": "pro_routine"})
    desk.dialogue.answers.append(Answer(steps=(complete,)))
    await desk.arrive(APPOINTMENT)
    (enquiry,) = await desk.rows(enquiries)
    assert (enquiry["status"], enquiry["outcomes"]) == ("closed", ["INFO_GIVEN"])
