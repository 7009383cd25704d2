"""From one practitioner to another: one owner at every instant, and the person told who."""

from collections import Counter

import pytest

from chat import giving_back, practitioner, taking, transferring
from models.errors import AtCapacityError, BadCommandError, NotFoundError, NotYoursError
from models.facts import AlarmRaised, TransferTold
from models.tables import claims, clocks, conversations, enquiries, queue_entries, transfers
from tests.usecases.desk import DANGER, Desk

TO_TOM = transferring.Offer("staff", "tom", "needs CAMHS", "Safe now, sister is there")
TO_CAMHS = transferring.Offer("specialty", "CAMHS", "needs CAMHS", "Safe now")


async def held(desk: Desk):
    await desk.arrive(DANGER)
    priya, tom = await desk.sign_in(), await desk.sign_in("tom")
    taken = await taking.take_next(desk.service, priya)
    assert taken is not None
    return priya, tom, taken


async def offered(desk: Desk, sender, taken, offer=TO_TOM):
    made = await transferring.offer(
        desk.service, sender, conversation=taken.conversation, offer=offer
    )
    return made["transfer"]


async def holder(desk: Desk):
    (conversation,) = await desk.rows(conversations)
    (entry,) = await desk.rows(queue_entries)
    (enquiry,) = await desk.rows(enquiries)
    assert conversation["holder"] == entry["claimed_by"] == enquiry["owner_id"]
    assert conversation["claim_version"] == entry["claim_version"]
    return conversation["holder"]


@pytest.mark.parametrize("offer", [TO_TOM, TO_CAMHS])
async def test_accepted_it_changes_hands_and_the_clocks_go_on(desk: Desk, offer):
    priya, tom, taken = await held(desk)
    before = {row["id"]: row["due_at"] for row in await desk.rows(clocks)}
    transfer = await offered(desk, priya, taken, offer)
    assert await holder(desk) == "priya"
    now_tom = await transferring.accept(desk.service, tom, transfer=transfer)
    assert await holder(desk) == "tom"
    assert now_tom.claim_version == taken.claim_version + 1
    assert (await desk.wordings(taken.conversation))[-1] == "handoff.transfer"
    assert {row["id"]: row["due_at"] for row in await desk.rows(clocks)} == before
    ended = Counter(row["ended_how"] for row in await desk.rows(claims))
    assert ended == {"transferred": 1, None: 1}


async def test_the_sender_can_write_until_it_is_accepted_and_not_after(desk: Desk):
    priya, tom, taken = await held(desk)
    transfer = await offered(desk, priya, taken)

    async def say(ref):
        await practitioner.say(
            desk.service,
            priya,
            conversation=taken.conversation,
            client_ref=ref,
            text="hello",
            version=taken.claim_version,
        )

    await say("one")
    await transferring.accept(desk.service, tom, transfer=transfer)
    with pytest.raises(NotYoursError):
        await say("two")


async def test_refused_it_stays_with_the_sender_who_is_told_why(desk: Desk):
    priya, tom, taken = await held(desk)
    transfer = await offered(desk, priya, taken)
    with pytest.raises(BadCommandError):
        await transferring.refuse(desk.service, tom, transfer=transfer, reason=" ")
    await transferring.refuse(desk.service, tom, transfer=transfer, reason="in a call")
    assert await holder(desk) == "priya"
    last = [fact for fact in desk.told if isinstance(fact, TransferTold)][-1]
    assert (last.staff, last.transfer["how"], last.transfer["reason"]) == (
        ("priya",),
        "refused",
        "in a call",
    )
    with pytest.raises(NotFoundError):
        await transferring.accept(desk.service, tom, transfer=transfer)


async def test_unanswered_it_runs_out_and_cannot_be_accepted_later(desk: Desk):
    priya, tom, taken = await held(desk)
    transfer = await offered(desk, priya, taken)
    for _ in range(18):
        await desk.wait(seconds=10)
        await taking.renew(
            desk.service, priya, entry=taken.entry["entry"], version=taken.claim_version
        )
    assert [row["ended_how"] for row in await desk.rows(transfers)] == ["expired"]
    assert await holder(desk) == "priya"
    with pytest.raises(NotFoundError):
        await transferring.accept(desk.service, tom, transfer=transfer)


async def test_an_offer_of_somebody_who_has_given_it_back_moves_nothing(desk: Desk):
    priya, tom, taken = await held(desk)
    transfer = await offered(desk, priya, taken)
    await giving_back.release(
        desk.service,
        priya,
        entry=taken.entry["entry"],
        version=taken.claim_version,
        reason="end of shift",
    )
    with pytest.raises(NotYoursError):
        await transferring.accept(desk.service, tom, transfer=transfer)
    assert await desk.state(taken.conversation) == "waiting"


async def test_only_who_was_asked_may_answer(desk: Desk):
    priya, _tom, taken = await held(desk)
    grace = await desk.sign_in("grace")
    transfer = await offered(desk, priya, taken)
    for somebody in (priya, grace):
        with pytest.raises(NotFoundError):
            await transferring.accept(desk.service, somebody, transfer=transfer)
    assert await holder(desk) == "priya"


async def test_somebody_absent_is_not_offered_anything(desk: Desk):
    priya, _tom, taken = await held(desk)
    absent = transferring.Offer("staff", "grace", "needs LD", "Safe now")
    with pytest.raises(BadCommandError):
        await offered(desk, priya, taken, absent)
    assert await desk.rows(transfers) == []


async def test_a_full_colleague_cannot_accept_and_the_offer_stays_open(desk: Desk):
    priya, tom, taken = await held(desk)
    transfer = await offered(desk, priya, taken)
    for _ in range(desk.service.policy.capacity):
        await desk.arrive(DANGER)
        assert await taking.take_next(desk.service, tom) is not None
    with pytest.raises(AtCapacityError):
        await transferring.accept(desk.service, tom, transfer=transfer)
    assert [row["ended_how"] for row in await desk.rows(transfers)] == [None]


async def test_the_second_hand_off_warns(desk: Desk):
    priya, tom, taken = await held(desk)
    first = await offered(desk, priya, taken)
    back = await transferring.accept(desk.service, tom, transfer=first)
    to_priya = transferring.Offer("staff", "priya", "knows them", "Safe now")
    made = await transferring.offer(
        desk.service, tom, conversation=back.conversation, offer=to_priya
    )
    assert (made["hand_offs"], made["warning"]) == (1, True)
    await transferring.accept(desk.service, priya, transfer=made["transfer"])
    kinds = [fact.alarm["kind"] for fact in desk.told if isinstance(fact, AlarmRaised)]
    assert kinds.count("many_hand_offs") == 1
