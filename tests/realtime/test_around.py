"""Commands around a conversation over real sockets: who may give them, and what consoles hear."""

import pytest

from tests.service import Console, Person, running_service

DANGER = "I am going to kill myself tonight"
SUPERVISOR_ONLY = (
    ("surge:set", {"on": True, "reason": "forty waiting"}),
    ("entry:reassign", {"entry": "e", "to": "tom", "reason": "knows them"}),
    ("sender:limit", {"conversation": "c", "scope": "conversation", "reason": "floods"}),
    ("sender:lift", {"conversation": "c", "reason": "over"}),
)


@pytest.fixture
async def service(tmp_path):
    async with running_service(tmp_path) as running:
        yield running


async def waits(service) -> Person:
    person = await Person().arrive(service.url)
    await person.send(DANGER)
    await service.settle()
    return person


@pytest.mark.parametrize(("command", "payload"), SUPERVISOR_ONLY, ids=lambda given: str(given)[:14])
async def test_what_is_a_supervisors_is_refused_to_others(service, command, payload):
    priya = await Console().arrive(service.url)
    answer = await priya.call(command, payload)
    assert answer["error"]["code"] == "not_allowed"


async def test_a_snapshot_and_the_facts_after_it_are_the_next_snapshot(service):
    priya = await Console().arrive(service.url)
    sue = await Console().arrive(service.url, username="sue")
    before = (await priya.hears("queue:snapshot")).copy()
    await waits(service)
    await sue.do("surge:set", {"on": True, "reason": "forty waiting"})
    await sue.do("presence:set", {"available": False, "reason": "meal"})
    here = {one["staff"]: one for one in before["presence"]}
    await priya.hears("presence:changed", where=lambda one: one["reason"] == "meal")
    for told in priya.told("presence:changed"):
        here[told["staff"]] = told
    surge = priya.told("surge:changed")[-1]
    after = await (await Console().arrive(service.url, username="tom", on_shift=False)).hears(
        "queue:snapshot"
    )
    assert after["surge"] == surge
    assert {one["staff"]: one for one in after["presence"]} == here


async def test_a_console_that_comes_back_is_told_all_that_is_open(service):
    await waits(service)
    priya = await Console().arrive(service.url)
    tom = await Console().arrive(service.url, username="tom")
    sue = await Console().arrive(service.url, username="sue")
    taken = await priya.do("entry:next")
    await sue.do("conversation:join", {"conversation": taken["conversation"], "speak": False})
    to_tom = {"kind": "staff", "id": "tom"}
    made = await priya.do(
        "shift:hand_over", {"to": to_tom, "summary": "safe now", "signed": "priya"}
    )
    again = await Console().arrive(service.url, username="tom")
    standing = await again.do("entry:mine")
    told = await tom.hears("hand_over:offered")
    assert standing["offers"]["hand_overs"] == [told]
    assert told["hand_over"] == made["hand_over"]
    beside = (await sue.do("entry:mine"))["beside"]
    assert [one["conversation"] for one in beside] == [taken["conversation"]]
    accepted = await tom.do("hand_over:answer", {"hand_over": made["hand_over"], "accept": True})
    assert [one["conversation"] for one in accepted["taken"]] == [taken["conversation"]]
    assert (await priya.hears("hand_over:ended"))["how"] == "accepted"
    assert (await again.do("entry:mine"))["offers"]["hand_overs"] == []


async def test_a_colleague_sees_who_types_and_the_person_sees_that_somebody_does(service):
    person = await waits(service)
    priya = await Console().arrive(service.url)
    sue = await Console().arrive(service.url, username="sue")
    taken = await priya.do("entry:next")
    conversation = taken["conversation"]
    await sue.do("conversation:join", {"conversation": conversation, "speak": False})
    await priya.do("typing:set", {"conversation": conversation, "on": True})
    seen = await sue.hears("typing:changed")
    assert (seen["name"], seen["speaker"]) == ("Priya", "practitioner")
    assert await person.hears("typing:changed") == {"speaker": "practitioner", "on": True}
    await sue.do("typing:set", {"conversation": conversation, "on": True})
    assert len(person.told("typing:changed")) == 1
