"""The end of a shift: one signed action, and nobody is left with who has gone home."""

import pytest

from chat import handing_over, taking
from chat.offers import offers_to
from models.errors import AtCapacityError, BadCommandError, NotFoundError
from models.facts import ConsoleTold
from models.tables import clocks, conversations, hand_overs, queue_entries
from models.vocabulary import StaffId
from tests.usecases.desk import DANGER, Desk

WISH = handing_over.Wish(StaffId("tom"), "Both safe, sister with Ann", "Priya")


async def holding(desk: Desk, count: int = 2):
    priya, tom = await desk.sign_in(), await desk.sign_in("tom")
    for _ in range(count):
        await desk.arrive(DANGER)
        assert await taking.take_next(desk.service, priya) is not None
    return priya, tom


async def held_by(desk: Desk) -> list[str | None]:
    return [row["claimed_by"] for row in await desk.rows(queue_entries)]


async def offers(desk: Desk, person):
    return (await offers_to(desk.service, person))["hand_overs"]


async def test_accepted_all_change_hands_and_the_clocks_go_on(desk: Desk):
    priya, tom = await holding(desk)
    before = {row["id"]: row["due_at"] for row in await desk.rows(clocks)}
    made = await handing_over.offer(desk.service, priya, WISH)
    assert await held_by(desk) == ["priya", "priya"]
    assert await offers(desk, tom) == [made]
    taken = await handing_over.accept(desk.service, tom, hand_over=made["hand_over"])
    assert len(taken) == 2
    assert await held_by(desk) == ["tom", "tom"]
    assert {row["holder"] for row in await desk.rows(conversations)} == {"tom"}
    assert {row["id"]: row["due_at"] for row in await desk.rows(clocks)} == before
    assert await offers(desk, tom) == []
    for one in taken:
        assert (await desk.wordings(one.conversation))[-1] == "handoff.transfer"


async def test_refused_each_goes_to_the_front_of_its_queue(desk: Desk):
    priya, tom = await holding(desk)
    await desk.arrive(DANGER)
    (newer,) = [row["id"] for row in await desk.rows(queue_entries) if not row["claimed_by"]]
    made = await handing_over.offer(desk.service, priya, WISH)
    with pytest.raises(BadCommandError):
        await handing_over.refuse(desk.service, tom, hand_over=made["hand_over"], reason=" ")
    await handing_over.refuse(desk.service, tom, hand_over=made["hand_over"], reason="in a call")
    entries = (await taking.snapshot(desk.service))["entries"]
    assert [entry["state"] for entry in entries] == ["waiting"] * 3
    assert entries[-1]["entry"] == newer
    ended = [fact for fact in desk.told if isinstance(fact, ConsoleTold)][-1]
    assert (ended.name, ended.staff, ended.told["reason"]) == (
        "hand_over:ended",
        ("priya", "tom"),
        "in a call",
    )


async def test_unanswered_they_go_back_to_the_queue_as_well(desk: Desk):
    priya, tom = await holding(desk, 1)
    made = await handing_over.offer(desk.service, priya, WISH)
    for _ in range(19):
        await desk.wait(seconds=10)
        for taken in await taking.holding(desk.service, priya.id):
            entry = taken.entry["entry"]
            await taking.renew(desk.service, priya, entry=entry, version=taken.claim_version)
    assert [row["ended_how"] for row in await desk.rows(hand_overs)] == ["expired"]
    assert await held_by(desk) == [None]
    with pytest.raises(NotFoundError):
        await handing_over.accept(desk.service, tom, hand_over=made["hand_over"])


async def test_what_went_back_meanwhile_is_not_passed_on(desk: Desk):
    priya, tom = await holding(desk)
    made = await handing_over.offer(desk.service, priya, WISH)
    await desk.wait(seconds=25)
    assert await held_by(desk) == [None, None]
    assert await handing_over.accept(desk.service, tom, hand_over=made["hand_over"]) == []
    assert await held_by(desk) == [None, None]


@pytest.mark.parametrize(
    "wish",
    [
        handing_over.Wish(StaffId("tom"), "Both safe", "Somebody"),
        handing_over.Wish(StaffId("grace"), "Both safe", "Priya"),
        handing_over.Wish(StaffId("priya"), "Both safe", "Priya"),
    ],
    ids=["not signed", "not on shift", "to oneself"],
)
async def test_it_is_signed_and_goes_to_a_colleague_on_shift(desk: Desk, wish):
    priya, _tom = await holding(desk)
    with pytest.raises(BadCommandError):
        await handing_over.offer(desk.service, priya, wish)
    assert await desk.rows(hand_overs) == []


async def test_only_who_was_asked_answers_and_only_what_they_can_hold(desk: Desk):
    priya, tom = await holding(desk)
    grace = await desk.sign_in("grace")
    made = await handing_over.offer(desk.service, priya, WISH)
    with pytest.raises(NotFoundError):
        await handing_over.accept(desk.service, grace, hand_over=made["hand_over"])
    for _ in range(desk.service.policy.capacity - 1):
        await desk.arrive(DANGER)
        assert await taking.take_next(desk.service, tom) is not None
    with pytest.raises(AtCapacityError):
        await handing_over.accept(desk.service, tom, hand_over=made["hand_over"])
    with pytest.raises(AtCapacityError):
        await handing_over.offer(desk.service, priya, WISH)
    assert (await held_by(desk)).count("priya") == 2
