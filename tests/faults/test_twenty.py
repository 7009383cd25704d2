"""Faults of the bench of twenty that no other test plays whole: see `tests/faults/bench.py`."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from chat import enquirer, practitioner, taking
from models.errors import AtCapacityError, TooLongError
from models.tables import conversations, enquiries, queue_entries
from models.vocabulary import ClientRef
from tests.model.town import SlowDialogue
from tests.usecases.desk import APPOINTMENT, DANGER, Desk, open_desk
from web.watch import Watch

FRIDAY_AT_TWO_TO_FIVE = datetime(2026, 11, 27, 16, 58, tzinfo=UTC)
PERSON = "can I talk to a person please"


async def test_a_slow_bot_holds_nobody_up_and_its_late_answer_is_not_heard(on_each_store):
    dialogue = SlowDialogue()
    dialogue.hold()
    async with open_desk(on_each_store, dialogue=dialogue) as desk:
        started = await enquirer.start(
            desk.service, author=None, text=APPOINTMENT, client_ref=ClientRef("first")
        )
        while not dialogue.asked:
            await asyncio.wait(desk.worker._lanes.values(), timeout=0.01)
        await enquirer.send(
            desk.service, started.conversation, client_ref=ClientRef("second"), text=DANGER
        )
        assert await desk.state(started.conversation) == "waiting"
        assert await taking.take_next(desk.service, await desk.sign_in()) is not None
        before = await desk.said(started.conversation)
        dialogue.let_go()
        await desk.worker.drain()
        assert await desk.said(started.conversation) == before


async def test_whoever_is_full_takes_nobody_and_the_next_free_one_does(desk: Desk):
    priya, tom = await desk.sign_in(), await desk.sign_in("tom")
    capacity = desk.service.policy.capacity
    for _ in range(capacity + 1):
        await desk.arrive(PERSON)
    for _ in range(capacity):
        assert await taking.take_next(desk.service, priya) is not None
    (left,) = await desk.rows(queue_entries, state="waiting")
    with pytest.raises(AtCapacityError):
        await taking.take_next(desk.service, priya)
    with pytest.raises(AtCapacityError):
        await taking.take(desk.service, priya, entry=left["id"], reason="knows her")
    (still,) = await desk.rows(queue_entries, state="waiting")
    assert still["id"] == left["id"]
    taken = await taking.take_next(desk.service, tom)
    assert taken is not None
    assert taken.entry["entry"] == left["id"]


class FromFriday(Watch):
    """Real time, moved to a Friday just before the offices close."""

    def __init__(self) -> None:
        super().__init__(FRIDAY_AT_TWO_TO_FIVE - datetime.now(UTC))


async def test_a_working_day_that_ends_in_the_middle_ends_nothing(on_each_store):
    async with open_desk(on_each_store, watch=FromFriday()) as desk:
        talking = await desk.arrive(DANGER)
        priya = await desk.sign_in()
        taken = await taking.take_next(desk.service, priya)
        assert taken is not None
        waiting = await desk.arrive(PERSON)
        desk.watch.advance(timedelta(minutes=5))
        await taking.renew(
            desk.service, priya, entry=taken.entry["entry"], version=taken.claim_version
        )
        await desk.ticker.run_due()
        assert await desk.state(talking) == "with_practitioner"
        assert await desk.state(waiting) == "waiting"
        await practitioner.say(
            desk.service,
            priya,
            conversation=talking,
            client_ref=ClientRef("after five"),
            text="I am still here",
            version=taken.claim_version,
        )
        (row,) = await desk.rows(enquiries, conversation_id=waiting)
        assert row["due_at"] is not None
        assert await desk.sweep() == 0


async def test_four_thousand_characters_are_kept_and_one_more_is_not(desk: Desk):
    conversation = await desk.arrive()
    limit = desk.service.policy.message_length
    longest = (f"{APPOINTMENT}. " * limit)[:limit]
    await desk.send(conversation, longest)
    said = await desk.said(conversation)
    assert longest.strip() in {line["text"].strip() for line in said}
    with pytest.raises(TooLongError):
        await desk.send(conversation, "x" + longest)
    kept = [line for line in await desk.said(conversation) if line["speaker"] == "enquirer"]
    assert len(kept) == 1


async def test_danger_at_the_end_of_a_text_that_is_too_long_brings_a_person(desk: Desk):
    conversation = await desk.arrive()
    with pytest.raises(TooLongError):
        await desk.send(conversation, f"{'and so on ' * 500} {DANGER}")
    assert await desk.state(conversation) == "waiting"


async def test_danger_said_while_waiting_moves_them_before_all_others(desk: Desk):
    for _ in range(3):
        await desk.arrive(PERSON)
    last = await desk.arrive(PERSON)
    await desk.send(last, DANGER)
    taken = await taking.take_next(desk.service, await desk.sign_in())
    assert taken is not None
    assert taken.conversation == last
    said = await desk.said(last)
    assert any(card["kind"] == "emergency" for line in said for card in line.get("cards") or [])


async def test_a_new_chat_after_danger_leaves_the_first_in_its_place(desk: Desk):
    first = await desk.arrive(DANGER)
    (before,) = await desk.rows(queue_entries)
    await desk.arrive("sorry about before, what are your opening hours")
    (row,) = await desk.rows(conversations, id=first)
    (after,) = await desk.rows(queue_entries, conversation_id=first)
    assert row["priority"] in {"very_urgent", "emergency"}
    assert dict(after) == dict(before)
    taken = await taking.take_next(desk.service, await desk.sign_in())
    assert taken is not None
    assert taken.conversation == first


async def test_one_emergency_behind_a_hundred_routine_is_taken_next(desk: Desk):
    for _ in range(100):
        started = await enquirer.start(desk.service, author=None, text=None, client_ref=None)
        await enquirer.ask_for_person(desk.service, started.conversation)
    last = await desk.arrive("I have just taken all of my tablets")
    taken = await taking.take_next(desk.service, await desk.sign_in())
    assert taken is not None
    assert taken.conversation == last
