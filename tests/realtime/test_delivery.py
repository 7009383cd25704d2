"""Stored before shown: acknowledged means kept, once, in order, and caught up by number."""

import asyncio
import uuid

import aiohttp
import pytest
import socketio

from tests.service import FakeDialogue, Link, Person, running_service

PLAIN = "I need to change my appointment"
DANGER = "I am going to kill myself tonight"


@pytest.fixture
async def service(tmp_path):
    async with running_service(tmp_path) as running:
        yield running


@pytest.fixture
async def person(service):
    someone = await Person().arrive(service.url)
    yield someone
    await someone.close()


async def test_a_message_sent_twice_is_kept_once(service, person):
    ref = str(uuid.uuid4())
    first = await person.do("message:send", {"client_ref": ref, "text": PLAIN})
    again = await person.do("message:send", {"client_ref": ref, "text": PLAIN})
    assert again == first
    kept = [message for message in await person.messages() if message["speaker"] == "enquirer"]
    assert [message["seq"] for message in kept] == [first["seq"]]


async def test_quick_messages_of_one_person_keep_their_order_and_have_no_gaps(tmp_path):
    async with running_service(tmp_path, rate_limits="relaxed") as service:
        person = await Person().arrive(service.url)
        texts = [f"message number {number}" for number in range(120)]
        acks = await asyncio.gather(*(person.send(text) for text in texts))
        await service.settle()
        kept = await person.messages()
        assert [ack["seq"] for ack in acks] == sorted(ack["seq"] for ack in acks)
        assert [m["text"] for m in kept if m["speaker"] == "enquirer"] == texts
        assert [m["seq"] for m in kept] == list(range(1, len(kept) + 1))
        await person.close()


async def test_the_same_start_again_opens_the_same_conversation(service):
    ref = str(uuid.uuid4())
    first = await Person().arrive(service.url, client_ref=ref, text=PLAIN)
    again = await Person().arrive(service.url, client_ref=ref, text=PLAIN)
    assert (again.token, again.reference) == (first.token, first.reference)
    mine = [message for message in await again.messages() if message["speaker"] == "enquirer"]
    assert len(mine) == 1


async def test_after_a_break_nothing_is_missed(service, person):
    await person.send(PLAIN)
    await service.settle()
    seen = (await person.messages())[-1]["seq"]
    await person.client.disconnect()
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {person.token}"}) as http:
        body = {"client_ref": str(uuid.uuid4()), "text": "and another thing"}
        async with http.post(f"{service.url}/api/conversation/messages", json=body) as answer:
            assert answer.status == 201
        await service.settle()
        async with http.get(f"{service.url}/api/conversation/messages?since={seen}") as answer:
            missed = (await answer.json())["messages"]
    assert missed[0]["text"] == "and another thing"
    assert [message["seq"] for message in missed] == list(range(seen + 1, seen + 1 + len(missed)))


async def test_a_resume_code_opens_the_conversation_and_a_reference_does_not(service, person):
    await person.send(PLAIN)
    async with aiohttp.ClientSession() as http:
        url = f"{service.url}/api/conversations/resume"
        code = person.resume_code.upper().replace("-", " ")
        async with http.post(url, json={"resume_code": code}) as answer:
            assert answer.status == 201
            assert (await answer.json())["conversation"] == person.conversation
        async with http.post(url, json={"resume_code": person.reference}) as answer:
            assert answer.status == 404


async def test_guessing_resume_codes_is_slowed(service):
    async with aiohttp.ClientSession() as http:
        url = f"{service.url}/api/conversations/resume"
        found = []
        for _ in range(8):
            async with http.post(url, json={"resume_code": "aaaaa-bbbbb-cccc"}) as answer:
                found.append(answer.status)
    assert found[0] == 404
    assert found[-1] == 429


async def test_a_wrong_token_is_refused_at_the_socket(service):
    link = Link("/chat")
    with pytest.raises(socketio.exceptions.ConnectionError):
        await link.open(service.url, auth={"token": "0" * 64})
    assert "not_signed_in" in str(link.told("connect_error"))


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"client_ref": "not-a-uuid", "text": "hello"}, "bad_command"),
        ({"client_ref": str(uuid.uuid4())}, "bad_command"),
        ({"client_ref": str(uuid.uuid4()), "text": ""}, "bad_command"),
        ({"client_ref": str(uuid.uuid4()), "text": " \n "}, "bad_command"),
        ({"client_ref": str(uuid.uuid4()), "text": 7}, "bad_command"),
        ({"client_ref": str(uuid.uuid4()), "text": "hi", "priority": "none"}, "bad_command"),
        ({"client_ref": str(uuid.uuid4()), "text": "x" * 4001}, "too_long"),
        (["not", "an", "object"], "bad_command"),
    ],
)
async def test_bad_input_gets_its_code_and_keeps_nothing(person, payload, code):
    before = len(await person.messages())
    answer = await person.call("message:send", payload)
    assert answer["ok"] is False
    assert answer["error"]["code"] == code
    assert len(await person.messages()) == before


async def test_an_unknown_event_is_a_bad_command(person):
    answer = await person.call("message:delete", {"seq": 1})
    assert answer["error"]["code"] == "bad_command"


async def test_html_is_plain_text_and_unreadable_characters_are_replaced(service, person):
    await person.send("<b>hello</b> \x00 there")
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {person.token}"}) as http:
        raw = f'{{"client_ref": "{uuid.uuid4()}", "text": "lone \\ud800 half"}}'
        async with http.post(
            f"{service.url}/api/conversation/messages", data=raw.encode()
        ) as answer:
            assert answer.status == 201
    texts = [m["text"] for m in await person.messages() if m["speaker"] == "enquirer"]
    assert texts == ["<b>hello</b> \ufffd there", "lone \ufffd half"]


async def test_a_flood_is_slowed_and_loses_nothing_that_was_acknowledged(person):
    answers = await asyncio.gather(
        *(
            person.call("message:send", {"client_ref": str(uuid.uuid4()), "text": f"n {n}"})
            for n in range(60)
        )
    )
    kept = [answer["seq"] for answer in answers if answer["ok"]]
    refused = [answer["error"] for answer in answers if not answer["ok"]]
    assert refused
    assert {error["code"] for error in refused} == {"too_fast"}
    assert all(error["retry_after"] >= 1 for error in refused)
    stored = [m["seq"] for m in await person.messages() if m["speaker"] == "enquirer"]
    assert stored == kept


async def test_danger_in_a_flood_is_acted_on_though_it_is_refused(service, person):
    for number in range(40):
        await person.call("message:send", {"client_ref": str(uuid.uuid4()), "text": f"n {number}"})
    answer = await person.call("message:send", {"client_ref": str(uuid.uuid4()), "text": DANGER})
    assert answer["error"]["code"] == "too_fast"
    assert (await person.state())["state"] == "waiting"
    texts = [m["text"] for m in await person.messages() if m["speaker"] == "enquirer"]
    assert DANGER in texts


async def test_danger_in_a_text_that_is_too_long_is_acted_on(service, person):
    text = "word " * 900 + DANGER
    answer = await person.call("message:send", {"client_ref": str(uuid.uuid4()), "text": text})
    assert answer["error"]["code"] == "too_long"
    state = await person.state()
    assert state["state"] == "waiting"
    kept = [m["text"] for m in await person.messages() if m["speaker"] == "enquirer"]
    assert kept[0].endswith(DANGER)


async def test_the_person_never_sees_priority_reasons_or_staff_ids(tmp_path):
    async with running_service(tmp_path, dialogue=FakeDialogue()) as service:
        person = await Person().arrive(service.url)
        await person.send(DANGER)
        await service.settle()
        await person.hears("conversation:changed")
        told = str(person.heard) + str(await person.messages()) + str(await person.state())
        for secret in ("very_urgent", "emergency'", "priority", "reasons", "'why'", "rules"):
            assert secret not in told.replace("'kind': 'emergency'", "")
        await person.close()
