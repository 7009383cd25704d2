"""From the chat to the phone: number read back, safety kept, tries written down, records."""

import pytest

from chat import concerns, phoning, taking
from models.errors import BadCommandError, NotYoursError
from models.tables import (
    audit_rows,
    clocks,
    conversations,
    emergency_calls,
    enquiries,
    events,
    queue_entries,
    safeguarding_records,
    tasks,
)
from tests.usecases.desk import DANGER, Desk

WISH = phoning.PhoneWish("0116 496 0123", safe_to_say_nhs=True, safe_to_leave_message=False)
CONCERN = concerns.SafeguardingConcern(
    "adult_domestic", "Ann, 34", "Her partner locks her in", "Told the duty worker"
)
CALL = concerns.CallMade("ambulance", "12 High Street", "EMAS 4711", ("where", "what", "stay"))


async def held(desk: Desk):
    await desk.arrive(DANGER)
    priya = await desk.sign_in()
    taken = await taking.take_next(desk.service, priya)
    assert taken is not None
    return priya, taken


async def moved(desk: Desk, wish=WISH):
    priya, taken = await held(desk)
    told = await phoning.to_phone(desk.service, priya, conversation=taken.conversation, wish=wish)
    return priya, taken, told


async def test_the_number_is_read_back_and_the_owner_and_the_clocks_stay(desk: Desk):
    priya, taken = await held(desk)
    before = {row["id"]: row["due_at"] for row in await desk.rows(clocks)}
    told = await phoning.to_phone(desk.service, priya, conversation=taken.conversation, wish=WISH)
    assert told["read_back"] == "01164 960 123"
    (conversation,) = await desk.rows(conversations)
    assert (conversation["state"], conversation["holder"]) == ("on_phone", "priya")
    after = {row["id"]: row["due_at"] for row in await desk.rows(clocks)}
    assert before.items() <= after.items()
    (enquiry,) = await desk.rows(enquiries)
    assert (enquiry["owner_id"], enquiry["next_step"]) == ("priya", "call_person")
    assert enquiry["captured"]["safe_to_call"] == {"say_nhs": True, "leave_message": False}
    (task,) = await desk.rows(tasks, work_list="callbacks")
    assert (task["id"], task["owner"]) == (told["task"], "priya")
    last = (await desk.said(taken.conversation))[-2:]
    assert "…123" in str(last)
    assert "0123" not in str(last)


async def test_a_number_that_cannot_be_called_moves_nothing(desk: Desk):
    priya, taken = await held(desk)
    wish = phoning.PhoneWish("12", safe_to_say_nhs=True, safe_to_leave_message=True)
    with pytest.raises(BadCommandError):
        await phoning.to_phone(desk.service, priya, conversation=taken.conversation, wish=wish)
    assert await desk.state(taken.conversation) == "with_practitioner"


async def test_tries_are_counted_and_spoken_keeps_the_clock(desk: Desk):
    priya, taken, told = await moved(desk)
    tried = await phoning.attempt(desk.service, priya, task=told["task"], result="no_answer")
    assert [one["result"] for one in tried["attempts"]] == ["no_answer"]
    assert "callback.missed" in await desk.wordings(taken.conversation)
    done = await phoning.attempt(desk.service, priya, task=told["task"], result="spoken")
    assert [one["result"] for one in done["attempts"]] == ["no_answer", "spoken"]
    (task,) = await desk.rows(tasks, work_list="callbacks")
    assert (task["state"], task["done_at"] is not None) == ("spoken", True)
    (clock,) = await desk.rows(clocks, kind="URGENT_CALLBACK")
    assert clock["met_at"] is not None


async def test_no_message_is_left_where_that_is_not_safe(desk: Desk):
    priya, _taken, told = await moved(desk)
    with pytest.raises(BadCommandError):
        await phoning.attempt(desk.service, priya, task=told["task"], result="message_left")
    (task,) = await desk.rows(tasks, work_list="callbacks")
    assert task["detail"]["attempts"] == []


async def test_a_number_given_anew_keeps_the_one_task(desk: Desk):
    priya, taken, told = await moved(desk)
    again = phoning.PhoneWish("07700 900456", safe_to_say_nhs=False, safe_to_leave_message=False)
    second = await phoning.to_phone(
        desk.service, priya, conversation=taken.conversation, wish=again
    )
    assert second["task"] == told["task"]
    await phoning.to_chat(desk.service, priya, conversation=taken.conversation)
    assert await desk.state(taken.conversation) == "with_practitioner"


async def test_a_concern_is_a_record_of_its_own_with_its_task_and_no_words_in_the_log(desk: Desk):
    priya, taken = await held(desk)
    kept = await concerns.record_safeguarding(
        desk.service, priya, conversation=taken.conversation, concern=CONCERN
    )
    (row,) = await desk.rows(safeguarding_records)
    assert (row["by"], row["category"], row["concern"]) == (
        "priya",
        "adult_domestic",
        CONCERN.concern,
    )
    assert len(await desk.rows(tasks, work_list="safeguarding")) == 1
    logged = str(await desk.rows(events)) + str(await desk.rows(audit_rows))
    assert CONCERN.concern not in logged
    (again,) = await taking.holding(desk.service, priya.id)
    assert again.briefing["safeguarding"] == [kept]
    assert CONCERN.concern not in str(await desk.said(taken.conversation))


async def test_a_call_of_ours_needs_its_checklist_and_is_checked_back_on(desk: Desk):
    priya, taken = await held(desk)
    short = concerns.CallMade("ambulance", "12 High Street", "EMAS 4711", ("where",))
    with pytest.raises(BadCommandError):
        await concerns.record_call(desk.service, priya, conversation=taken.conversation, call=short)
    kept = await concerns.record_call(
        desk.service, priya, conversation=taken.conversation, call=CALL
    )
    (row,) = await desk.rows(emergency_calls)
    assert (row["incident_reference"], row["checklist"]["stay"]) == ("EMAS 4711", True)
    assert row["checklist"]["dangers"] is False
    (task,) = await desk.rows(tasks, kind="EMERGENCY_999_BY_US")
    assert task["due_at"] - row["at"] == desk.service.policy.emergency_check_back
    (again,) = await taking.holding(desk.service, priya.id)
    assert again.briefing["emergency_calls"] == [kept]


async def test_nobody_records_about_somebody_elses_conversation(desk: Desk):
    _priya, taken = await held(desk)
    tom = await desk.sign_in("tom")
    with pytest.raises(NotYoursError):
        await concerns.record_safeguarding(
            desk.service, tom, conversation=taken.conversation, concern=CONCERN
        )
    with pytest.raises(NotYoursError):
        await phoning.to_phone(desk.service, tom, conversation=taken.conversation, wish=WISH)
    assert await desk.rows(safeguarding_records) == []
    assert [row["state"] for row in await desk.rows(queue_entries)] == ["claimed"]
