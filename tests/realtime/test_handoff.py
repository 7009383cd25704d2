"""From the bot to a person and back: one owner at every instant, nobody dropped."""

import asyncio
import uuid

import pytest

from bot.dialogue import Answer, Line, Turn
from chat.enquirer import since
from models.vocabulary import ConversationId, WordingId
from tests.service import Console, FakeDialogue, Person, asks, running_service

DANGER = "I am going to kill myself tonight"
PLAN = {
    "agreed_with_person": True,
    "plan_for_person": "You rest tonight and your sister stays with you",
    "next_owner": "Priya",
    "next_step": "call you",
    "due_at": "2026-12-01T10:00:00Z",
}


@pytest.fixture
def dialogue():
    return FakeDialogue()


@pytest.fixture
async def service(tmp_path, dialogue):
    async with running_service(tmp_path, dialogue=dialogue) as running:
        yield running


async def queued(service, text: str = DANGER) -> Person:
    """Somebody who waits for a practitioner."""
    person = await Person().arrive(service.url)
    await person.send(text)
    await service.settle()
    assert (await person.state())["state"] == "waiting"
    return person


def say(taken, text: str) -> dict:
    return {
        "conversation": taken["conversation"],
        "client_ref": str(uuid.uuid4()),
        "text": text,
        "claim_version": taken["claim_version"],
    }


async def test_danger_in_the_middle_of_a_form_stops_the_form(service, dialogue):
    dialogue.answers = [asks("call_me"), asks("phone")]
    console = await Console().arrive(service.url)
    person = await Person().arrive(service.url)
    await person.send("I need to change my appointment")
    await service.settle()
    await person.send("Ann")
    await service.settle()
    before = len(await person.messages())
    await person.send(DANGER)
    await service.settle()
    after = (await person.messages())[before + 1 :]
    assert after[0]["cards"][0]["kind"] == "emergency"
    assert after[0]["wording_id"] == "crisis.self"
    assert {message.get("asks") for message in after} <= {None, "safe_now"}
    entry = await console.hears("entry:queued")
    assert entry["priority"] in {"very_urgent", "emergency"}
    assert entry["reasons"]
    reason = entry["reasons"][0]
    assert DANGER[reason["start"] : reason["end"]] == reason["text"]


async def test_bot_does_not_talk_over_a_person(tmp_path):
    slow = SlowDialogue()
    async with running_service(tmp_path, dialogue=slow) as service:
        console = await Console().arrive(service.url)
        person = await Person().arrive(service.url)
        await person.send("I need to change my appointment")
        await slow.asked.wait()
        await person.do("person:ask")
        taken = await console.do("entry:next")
        slow.may_answer.set()
        await service.settle()
        said = [m for m in await person.messages() if m.get("wording_id") == "appt.done"]
        assert said == []
        assert taken["conversation"] == person.conversation


class SlowDialogue(FakeDialogue):
    """Answers only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def answer(self, turn: Turn) -> Answer:
        self.asked.set()
        await self.may_answer.wait()
        return Answer(steps=(Line(WordingId("appt.done"), {"due": "tomorrow"}),))


async def test_a_person_on_request_the_first_time(service):
    person = await Person().arrive(service.url)
    await person.send("can I talk to a person please")
    await service.settle()
    assert (await person.state())["state"] == "waiting"


async def test_a_bot_that_is_down_brings_a_person(service, dialogue):
    dialogue.down = True
    person = await Person().arrive(service.url)
    await person.send("I need to change my appointment")
    await service.settle()
    assert (await person.state())["state"] == "waiting"
    assert "fail.bot" in [m.get("wording_id") for m in await person.messages()]


async def test_with_nobody_signed_in_the_numbers_come_at_once(service):
    person = await queued(service)
    messages = await person.messages()
    said = [m for m in messages if m.get("wording_id") == "crisis.nostaff"]
    assert said
    assert "999" in " ".join(message["text"] for message in said)


async def test_two_practitioners_cannot_take_the_same_entry(service):
    first, second = (
        await Console().arrive(service.url),
        await Console().arrive(service.url, username="tom"),
    )
    await queued(service)
    entry = (await first.hears("entry:queued"))["entry"]
    answers = await asyncio.gather(
        first.call("entry:take", {"entry": entry}), second.call("entry:take", {"entry": entry})
    )
    assert sorted(answer["ok"] for answer in answers) == [False, True]
    refused = next(answer for answer in answers if not answer["ok"])
    assert refused["error"]["code"] == "already_claimed"


async def test_the_most_pressing_is_first_whatever_came_first(service):
    console = await Console().arrive(service.url)
    asked = await queued(service, "can I talk to a person please")
    danger = await queued(service)
    taken = await console.do("entry:next")
    assert taken["conversation"] == danger.conversation
    taken = await console.do("entry:next")
    assert taken["conversation"] == asked.conversation
    assert (await console.do("entry:next"))["entry"] is None


async def test_both_sides_talk_live_and_the_bot_is_silent(service, dialogue):
    console = await Console().arrive(service.url)
    person = await queued(service)
    turns = len(dialogue.turns)
    taken = await console.do("entry:next")
    await console.do("message:say", say(taken, "Hello, I am here with you"))
    heard = await person.hears(
        "message:posted", where=lambda message: message["speaker"] == "practitioner"
    )
    assert heard["text"] == "Hello, I am here with you"
    await person.send("thank you")
    back = await console.hears(
        "message:posted", where=lambda message: message["text"] == "thank you"
    )
    assert back["conversation"] == taken["conversation"]
    await service.settle()
    assert len(dialogue.turns) == turns
    clocks = (await console.enquiry(person.reference))["clocks"]
    first_reply = next(clock for clock in clocks if clock["kind"].startswith("FIRST_HUMAN"))
    assert "met_at" in first_reply


async def test_a_practitioner_message_sent_twice_is_kept_once(service):
    console = await Console().arrive(service.url)
    person = await queued(service)
    taken = await console.do("entry:next")
    payload = say(taken, "Hello")
    assert await console.do("message:say", payload) == await console.do("message:say", payload)
    said = [m for m in await person.messages() if m["speaker"] == "practitioner"]
    assert len(said) == 1


async def test_a_lost_link_brings_the_person_back_to_the_front(service):
    console = await Console().arrive(service.url)
    person = await queued(service)
    taken = await console.do("entry:next")
    due = taken["entry"]["due_at"]
    other = await Console().arrive(service.url, username="tom")
    await console.close()
    await service.advance(30)
    state = await person.state()
    assert state["state"] == "waiting"
    assert "handoff.away" in [m.get("wording_id") for m in await person.messages()]
    retaken = await other.do("entry:next")
    assert retaken["conversation"] == taken["conversation"]
    assert retaken["entry"]["due_at"] == due
    assert retaken["claim_version"] > taken["claim_version"]


async def test_who_lost_the_claim_writes_nothing_any_more(service):
    console = await Console().arrive(service.url)
    person = await queued(service)
    taken = await console.do("entry:next")
    entry = taken["entry"]["entry"]
    version = taken["claim_version"]
    await console.do(
        "entry:release", {"entry": entry, "claim_version": version, "reason": "end of shift"}
    )
    for event, payload in (
        ("message:say", say(taken, "too late")),
        ("lease:renew", {"entry": entry, "claim_version": version}),
        (
            "conversation:close",
            {
                "conversation": taken["conversation"],
                "claim_version": version,
                "outcomes": ["ADVICE_GIVEN"],
                **PLAN,
            },
        ),
    ):
        answer = await console.call(event, payload)
        assert answer["error"]["code"] == "not_yours", event
    assert "too late" not in str(await person.messages())


async def test_a_clinical_close_needs_plan_owner_step_and_due(service):
    console = await Console().arrive(service.url)
    person = await queued(service)
    taken = await console.do("entry:next")
    close = {
        "conversation": taken["conversation"],
        "claim_version": taken["claim_version"],
        "outcomes": ["SUPPORT_DEESCALATE"],
        "agreed_with_person": True,
    }
    refused = await console.call("conversation:close", close)
    assert refused["error"]["code"] == "bad_command"
    assert "plan_for_person" in refused["error"]["field"]
    assert (await person.state())["state"] == "with_practitioner"
    await console.do("conversation:close", {**close, **PLAN})
    assert (await person.state())["state"] == "closed"
    last = " ".join(message["text"] for message in (await person.messages())[-2:])
    assert "your sister stays with you" in last
    assert "999" in last
    enquiry = await console.enquiry(person.reference)
    assert enquiry["status"] == "closed"
    assert enquiry["outcomes"] == ["SUPPORT_DEESCALATE"]


async def test_an_outcome_that_may_not_close_leaves_the_enquiry_tracked(service):
    console = await Console().arrive(service.url)
    person = await queued(service)
    taken = await console.do("entry:next")
    await console.do(
        "conversation:close",
        {
            "conversation": taken["conversation"],
            "claim_version": taken["claim_version"],
            "outcomes": ["CRISIS_ASSESSMENT"],
            **PLAN,
        },
    )
    enquiry = await console.enquiry(person.reference)
    assert enquiry["status"] == "tracking"
    assert enquiry["due_at"]
    assert enquiry["next_step"] == "call you"


async def test_a_denial_clears_nothing(service):
    console = await Console().arrive(service.url)
    person = await queued(service)
    before = (await console.hears("entry:queued"))["priority"]
    await person.send("I was only joking, forget it")
    await service.settle()
    entries = (await console.get("/api/staff/queue"))["entries"]
    assert [entry["priority"] for entry in entries] == [before]
    assert (await person.state())["state"] == "waiting"


async def test_who_comes_back_after_a_clinical_conversation_is_queued_at_once(service):
    console = await Console().arrive(service.url)
    person = await queued(service)
    taken = await console.do("entry:next")
    await console.do(
        "conversation:close",
        {
            "conversation": taken["conversation"],
            "claim_version": taken["claim_version"],
            "outcomes": ["ADVICE_GIVEN"],
            **PLAN,
        },
    )
    await person.send("hello again")
    await service.settle()
    assert (await person.state())["state"] == "waiting"
    again = await console.do("entry:next")
    assert again["conversation"] == taken["conversation"]
    assert again["briefing"]["earlier"][0]["outcomes"] == ["ADVICE_GIVEN"]


async def test_silence_after_risk_is_nudged_then_becomes_a_welfare_task(service):
    console = await Console().arrive(service.url)
    person = await queued(service)
    await service.advance(3 * 60 + 1)
    assert [m.get("wording_id") for m in await person.messages()].count("quiet.queue") == 1
    await service.advance(5 * 60)
    tasks = (await console.get("/api/staff/tasks?list=welfare"))["tasks"]
    assert [task["reference"] for task in tasks] == [person.reference]
    assert (await person.state())["state"] == "waiting"
    await service.advance(24 * 3600)
    assert (await person.state())["state"] == "waiting"


async def test_leaving_in_a_hurry_after_risk_starts_the_welfare_task_at_once(service):
    console = await Console().arrive(service.url)
    person = await queued(service)
    await person.do("conversation:leave", {"how": "quick_exit"})
    tasks = (await console.get("/api/staff/tasks?list=welfare"))["tasks"]
    assert [task["reference"] for task in tasks] == [person.reference]
    assert (await person.state())["state"] == "waiting"


async def test_notes_stay_on_the_staff_side(service):
    console = await Console().arrive(service.url)
    person = await queued(service)
    taken = await console.do("entry:next")
    note = {"conversation": taken["conversation"], "text": "Sister is on the way"}
    await console.do("note:add", note)
    assert "Sister" not in str(await person.messages()) + str(person.heard)
    enquiry = await console.enquiry(person.reference)
    assert "Sister is on the way" in str(enquiry["events"])


async def test_software_never_lowers_and_a_practitioner_needs_a_reason(service):
    console = await Console().arrive(service.url)
    await queued(service)
    taken = await console.do("entry:next")
    lower = {"conversation": taken["conversation"], "priority": "routine", "reason": "--"}
    assert (await console.call("priority:set", lower))["error"]["code"] == "bad_command"
    await console.do("priority:set", {**lower, "reason": "Safe at home with her sister"})
    changed = await console.hears("entry:changed", where=lambda e: e["priority"] == "routine")
    assert changed["entry"] == taken["entry"]["entry"]


async def test_snapshot_and_facts_make_the_next_snapshot(service):
    console = await Console().arrive(service.url)
    snapshot = await console.hears("queue:snapshot")
    await queued(service)
    await queued(service, "can I talk to a person please")
    taken = await console.do("entry:next")
    await console.do(
        "entry:release",
        {
            "entry": taken["entry"]["entry"],
            "claim_version": taken["claim_version"],
            "reason": "call came in",
        },
    )
    now = await console.get("/api/staff/queue")
    await console.hears("entry:released")
    entries = {entry["entry"]: entry for entry in snapshot["entries"]}
    number = snapshot["event"]
    for name, told in console.heard:
        if name.startswith("entry:") and told["event"] > number:
            assert told["event"] == number + 1
            number = told["event"]
            entry = {key: value for key, value in told.items() if key != "event"}
            entries[entry["entry"]] = entry
    assert number == now["event"]
    made = sorted((e for e in entries.values() if e["state"] != "done"), key=lambda e: e["order"])
    assert made == now["entries"]


async def test_the_store_knows_the_state_without_any_socket(service):
    person = await queued(service)
    found = await since(service.service, ConversationId(person.conversation), 0)
    assert found.state["state"] == "waiting"


async def test_a_colleague_hears_the_offer_accepts_it_and_only_then_may_write(service):
    priya = await Console().arrive(service.url)
    tom = await Console().arrive(service.url, username="tom")
    grace = await Console().arrive(service.url, username="grace")
    person = await queued(service)
    taken = await priya.do("entry:next")
    wish = {
        "conversation": person.conversation,
        "to": {"kind": "staff", "id": "tom"},
        "reason": "needs CAMHS",
        "summary": "Safe now",
    }
    made = await priya.do("conversation:transfer", wish)
    heard = await tom.hears("transfer:offered")
    assert (heard["transfer"], heard["summary"]) == (made["transfer"], "Safe now")
    answer = {"transfer": made["transfer"], "accept": True}
    refused = await grace.call("transfer:answer", answer)
    assert refused["error"]["code"] == "not_found"
    passed = await tom.do("transfer:answer", answer)
    assert passed["briefing"]
    assert (await priya.hears("transfer:ended"))["how"] == "accepted"
    late = await priya.call("message:say", say(taken, "one more thing"))
    assert late["error"]["code"] == "not_yours"
    await tom.do("message:say", say(passed, "Hello, I am Tom"))
    assert (await person.state())["speaking_with"] == "Tom"
