"""More than one practitioner around a conversation: one owner at every instant, all can help."""

import pytest

from chat import joining, practitioner, reassigning, surging, taking
from models.errors import (
    AlreadyClaimedError,
    AtCapacityError,
    BadCommandError,
    ClosedError,
    NotYoursError,
)
from models.facts import ConsoleTold
from models.tables import audit_rows, claims, conversations, enquiries, queue_entries
from models.vocabulary import ClientRef
from tests.usecases.desk import DANGER, Desk


async def held(desk: Desk):
    conversation = await desk.arrive(DANGER)
    priya, tom = await desk.sign_in(), await desk.sign_in("tom")
    taken = await taking.take_next(desk.service, priya)
    assert taken is not None
    return conversation, priya, tom, taken


async def say(desk: Desk, person, taken, text="hello"):
    return await practitioner.say(
        desk.service,
        person,
        conversation=taken.conversation,
        client_ref=ClientRef(f"{person.id}-{text}"),
        text=text,
        version=taken.claim_version,
    )


async def join(desk: Desk, person, conversation, *, speak=True):
    return await joining.join(desk.service, person, conversation=conversation, speak=speak)


async def owner(desk: Desk):
    (conversation,) = await desk.rows(conversations)
    (entry,) = await desk.rows(queue_entries)
    (enquiry,) = await desk.rows(enquiries)
    assert conversation["holder"] == entry["claimed_by"] == enquiry["owner_id"]
    return conversation["holder"]


async def test_who_joins_is_named_to_the_person_both_speak_and_the_owner_stays(desk: Desk):
    conversation, priya, tom, taken = await held(desk)
    with pytest.raises(NotYoursError):
        await say(desk, tom, taken)
    joined = await join(desk, tom, conversation)
    assert joined.briefing["colleagues"][0]["staff"] == "tom"
    assert (await desk.wordings(conversation))[-1] == "handoff.also.joined"
    await say(desk, tom, taken, "I am Tom")
    await say(desk, priya, taken, "and I am Priya")
    said = [(m["name"], m["text"]) for m in await desk.said(conversation) if m.get("name")]
    assert said == [("Tom", "I am Tom"), ("Priya", "and I am Priya")]
    assert await owner(desk) == "priya"


async def test_who_reads_along_is_not_told_of_and_cannot_speak(desk: Desk):
    conversation, _priya, _tom, taken = await held(desk)
    sue = await desk.sign_in("sue")
    before = await desk.wordings(conversation)
    await join(desk, sue, conversation, speak=False)
    assert await desk.wordings(conversation) == before
    with pytest.raises(NotYoursError):
        await say(desk, sue, taken)
    (noted,) = await desk.rows(audit_rows, action="conversation:read_along")
    assert noted["actor"] == "sue"


async def test_who_has_gone_again_cannot_speak_and_the_person_is_told(desk: Desk):
    conversation, _priya, tom, taken = await held(desk)
    await join(desk, tom, conversation)
    await joining.part(desk.service, tom, conversation=conversation)
    assert (await desk.wordings(conversation))[-1] == "handoff.also.left"
    with pytest.raises(NotYoursError):
        await say(desk, tom, taken)
    with pytest.raises(NotYoursError):
        await joining.part(desk.service, tom, conversation=conversation)


async def test_nobody_speaks_beside_an_owner_who_is_not_there(desk: Desk):
    conversation = await desk.arrive(DANGER)
    tom = await desk.sign_in("tom")
    with pytest.raises(NotYoursError):
        await join(desk, tom, conversation)
    with pytest.raises(ClosedError):
        await join(desk, tom, await desk.arrive("hello"), speak=False)


async def test_a_close_ends_it_for_colleagues_too(desk: Desk):
    conversation, priya, tom, taken = await held(desk)
    await join(desk, tom, conversation)
    assert len(await joining.beside(desk.service, tom)) == 1
    await desk.close(priya, taken)
    assert await joining.beside(desk.service, tom) == []
    with pytest.raises(NotYoursError):
        await say(desk, tom, taken)


async def test_the_colleagues_and_the_facts_after_them_are_the_colleagues_later(desk: Desk):
    conversation, priya, tom, taken = await held(desk)
    sue = await desk.sign_in("sue")
    colleagues = taken.briefing["colleagues"]
    desk.told.clear()
    await join(desk, sue, conversation, speak=False)
    await join(desk, tom, conversation)
    await joining.part(desk.service, sue, conversation=conversation)
    for fact in desk.told:
        if isinstance(fact, ConsoleTold) and fact.name == "colleagues:changed":
            colleagues = fact.told["colleagues"]
    (again,) = await taking.holding(desk.service, priya.id)
    assert colleagues == again.briefing["colleagues"]
    assert [(one["staff"], one["speaks"]) for one in colleagues] == [("tom", True)]


async def reassign(desk: Desk, entry, to):
    sue = await desk.sign_in("sue")
    await reassigning.reassign(desk.service, sue, entry=entry, to=to, reason="knows them")


async def test_a_supervisor_gives_a_held_conversation_to_another(desk: Desk):
    conversation, priya, tom, taken = await held(desk)
    await reassign(desk, taken.entry["entry"], "tom")
    assert await owner(desk) == "tom"
    assert (await desk.wordings(conversation))[-1] == "handoff.transfer"
    with pytest.raises(NotYoursError):
        await say(desk, priya, taken)
    (theirs,) = await taking.holding(desk.service, tom.id)
    await say(desk, tom, theirs)
    ended = sorted(str(row["ended_how"]) for row in await desk.rows(claims))
    assert ended == ["None", "transferred"]
    (noted,) = await desk.rows(audit_rows, action="entry:reassign")
    assert noted["detail"] == {"to": "tom", "from": "priya", "reason": "knows them"}


async def test_a_supervisor_gives_a_waiting_one_to_somebody_on_shift_only(desk: Desk):
    await desk.arrive(DANGER)
    await desk.sign_in("tom")
    (entry,) = await desk.rows(queue_entries)
    with pytest.raises(BadCommandError):
        await reassign(desk, entry["id"], "grace")
    await reassign(desk, entry["id"], "tom")
    assert await owner(desk) == "tom"
    with pytest.raises(AlreadyClaimedError):
        await reassign(desk, entry["id"], "tom")


async def test_nobody_is_given_more_than_they_may_hold(desk: Desk):
    _conversation, _priya, tom, taken = await held(desk)
    for _ in range(desk.service.policy.capacity):
        await desk.arrive(DANGER)
        assert await taking.take_next(desk.service, tom) is not None
    with pytest.raises(AtCapacityError):
        await reassign(desk, taken.entry["entry"], "tom")
    held_by = {row["claimed_by"] for row in await desk.rows(queue_entries, id=taken.entry["entry"])}
    assert held_by == {"priya"}


async def test_in_a_surge_nobody_is_kept_for_a_specialty_and_the_bot_asks_less(desk: Desk):
    sue = await desk.sign_in("sue")
    told = await surging.set_surge(desk.service, sue, on=True, reason="forty waiting")
    assert (await taking.snapshot(desk.service))["surge"] == told
    await desk.arrive("I need to change my appointment")
    known = desk.dialogue.turns[-1].captured
    assert surging.NOT_ASKED in known.values()
    assert not {"call_me", "phone", "safe_now", "narrative", "comm_needs"} & set(known)
    assert surging.left_out() <= desk.service.capture.ids()
    off = await surging.set_surge(desk.service, sue, on=False, reason="over")
    assert (await taking.snapshot(desk.service))["surge"] == off
    await desk.arrive("I need to change my appointment")
    assert surging.NOT_ASKED not in desk.dialogue.turns[-1].captured.values()
