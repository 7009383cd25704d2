"""A restricted sender: stored, screened, shown numbers; danger lifts it."""

import pytest

from chat import enquirer, limiting
from models.errors import BadCommandError, NotFoundError
from models.facts import ConsoleTold
from models.tables import conversations, queue_entries, readings, sender_limits
from models.vocabulary import ConversationId
from tests.usecases.desk import APPOINTMENT, DANGER, Desk

PLACE = "192.0.2.7"


async def from_place(desk: Desk, text: str | None = None) -> ConversationId:
    started = await enquirer.start(
        desk.service, author=None, text=text, client_ref=None, address=PLACE
    )
    await desk.worker.drain()
    return started.conversation


async def limited(desk: Desk, scope: str = "conversation"):
    conversation = await from_place(desk)
    sue = await desk.sign_in("sue")
    told = await limiting.limit(
        desk.service, sue, conversation=conversation, scope=scope, reason="floods us"
    )
    return conversation, sue, told


async def test_what_a_limited_sender_writes_is_kept_screened_and_answered_with_numbers(desk: Desk):
    conversation, _sue, _told = await limited(desk)
    seq = await desk.send(conversation, APPOINTMENT)
    last = (await desk.said(conversation))[-1]
    assert [row["seq"] for row in await desk.rows(readings)] == [seq]
    assert [row["second_at"] is not None for row in await desk.rows(readings)] == [True]
    assert last["wording_id"] == "limited.numbers"
    assert "116" in str(last) or "111" in str(last)
    assert desk.dialogue.turns == []
    await enquirer.ask_for_person(desk.service, conversation)
    assert await desk.rows(queue_entries) == []


async def test_danger_lifts_it_in_the_storing_transaction(desk: Desk):
    conversation, _sue, _told = await limited(desk)
    await desk.send(conversation, DANGER)
    assert await desk.state(conversation) == "waiting"
    (row,) = await desk.rows(sender_limits)
    assert (row["lifted_by"], row["lifted_why"]) == ("screen", "danger")


async def test_an_address_limits_what_is_begun_there_and_nothing_else(desk: Desk):
    await limited(desk, "address")
    there = await from_place(desk, APPOINTMENT)
    assert (await desk.wordings(there))[-1] == "limited.numbers"
    elsewhere = await desk.arrive(APPOINTMENT)
    assert (await desk.wordings(elsewhere))[-1] != "limited.numbers"
    assert PLACE not in str(await desk.rows(conversations)) + str(await desk.rows(sender_limits))


async def test_an_unknown_address_cannot_be_limited_and_nothing_is_limited_twice(desk: Desk):
    sue = await desk.sign_in("sue")
    conversation = await desk.arrive()
    with pytest.raises(BadCommandError):
        await limiting.limit(
            desk.service, sue, conversation=conversation, scope="address", reason="floods"
        )
    for expected in (None, BadCommandError):
        act = limiting.limit(
            desk.service, sue, conversation=conversation, scope="conversation", reason="floods"
        )
        if expected is None:
            await act
        else:
            with pytest.raises(expected):
                await act


async def test_a_supervisor_lifts_it_and_the_facts_say_how_it_stands(desk: Desk):
    conversation, sue, told = await limited(desk)
    assert told["limit"]["scope"] == "conversation"
    await limiting.lift(desk.service, sue, conversation=conversation, reason="talked with them")
    facts = [f.told for f in desk.told if isinstance(f, ConsoleTold) and f.name == "limit:changed"]
    assert [fact["limit"] is None for fact in facts] == [False, True]
    await desk.send(conversation, APPOINTMENT)
    assert (await desk.wordings(conversation))[-1] != "limited.numbers"
    with pytest.raises(NotFoundError):
        await limiting.lift(desk.service, sue, conversation=conversation, reason="again")
