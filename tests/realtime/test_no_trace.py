"""No trace of a person's words: distinctive ones go in everywhere, and come out in no log line,
metric or error.
"""

import logging
import uuid

import aiohttp
import pytest

from tests.service import Console, FakeDialogue, Person, asks, running_service
from web.logs import NamesOnly

WORDS = "quaggaflute"
NAME = "Zebedee Xylophagous"
PHONE = "07700900461"
NUMBER = "9434765919"
NOTE = "okapitrombone"
DANGER = f"I am going to kill myself tonight {WORDS}"
SECRETS = (WORDS, "Zebedee", "Xylophagous", PHONE, NUMBER, NOTE)


@pytest.fixture
def dialogue():
    return FakeDialogue(answers=[asks("call_me"), asks("phone")])


@pytest.fixture
async def service(tmp_path, dialogue, caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logger="sqlalchemy.engine")  # statements; with values by default
    async with running_service(tmp_path, dialogue=dialogue) as running:
        yield running


async def talk(service) -> Person:
    person = await Person().arrive(service.url)
    for text in (f"I need to change my appointment {WORDS}", NAME, PHONE, f"NHS {NUMBER}", DANGER):
        await person.send(text)
        await service.settle()
    await person.call("callback:ask", {"phone": PHONE, "when": WORDS})
    return person


async def answer(service) -> None:
    console = await Console().arrive(service.url)
    taken = await console.do("entry:next")
    claim = {"conversation": taken["conversation"], "claim_version": taken["claim_version"]}
    said = {"client_ref": str(uuid.uuid4()), "text": f"{NAME} {NOTE}"}
    await console.do("message:say", {**claim, **said})
    await console.do("note:add", {"conversation": claim["conversation"], "text": NOTE})
    await console.call("message:say", {**claim, "text": NOTE, "client_ref": NOTE})
    await console.close()


async def send_rubbish(service, person: Person) -> list[str]:
    """Every wrong shape that still carries the words; yields what was answered."""
    answers = [
        str(await person.call("message:send", {"text": WORDS, "client_ref": NAME})),
        str(await person.call("message:send", {WORDS: NUMBER})),
        str(await person.call("message:send", {"text": {"a": WORDS}, "client_ref": PHONE})),
        str(await person.call("messages:since", {"seq": WORDS})),
        str(await person.call("nothing:known", {"text": WORDS})),
    ]
    async with aiohttp.ClientSession(service.url) as http:
        for path in ("/api/conversations", "/api/conversations/resume", "/api/staff/sign-in"):
            for body in (WORDS, f'{{"text": ["{WORDS}"]}}', f'{{"resume_code": "{NUMBER}"}}'):
                async with http.post(path, data=body) as told:
                    answers.append(await told.text())
        async with http.get(f"/api/staff/enquiries/{NUMBER}?name={WORDS}") as told:
            answers.append(await told.text())
    return answers


async def test_nothing_that_was_said_is_in_a_log_a_metric_or_an_error(
    service, dialogue, caplog, capfd
):
    person = await talk(service)
    await answer(service)
    errors = await send_rubbish(service, person)
    async with aiohttp.ClientSession(service.url) as http, http.get("/metrics") as told:
        metrics = await told.text()
    await person.close()

    seen = " ".join([*errors, metrics, *_lines(caplog), *capfd.readouterr()]).lower()
    assert "bad_command" in seen
    assert [secret for secret in SECRETS if secret.lower() in seen] == []


async def test_a_bug_is_logged_by_its_kind_and_place_alone(service, dialogue, capfd, monkeypatch):
    async def breaks(*_given, **_more):
        raise ValueError(WORDS)

    person = await Person().arrive(service.url)
    monkeypatch.setattr("chat.enquirer.send", breaks)
    told = await person.call("message:send", {"client_ref": str(uuid.uuid4()), "text": WORDS})
    assert told["error"]["code"] == "unavailable"
    await person.close()
    logged = "".join(capfd.readouterr())
    assert "ValueError" in logged
    assert WORDS not in logged + str(told)


def _lines(caplog) -> list[str]:
    """Of the service's side: the test's own client logs what it sends and hears."""
    clients = ("socketio.client", "engineio.client")
    return [
        f"{record.getMessage()} {record.exc_text or ''}"
        for record in caplog.records
        if record.name not in clients
    ]


async def test_a_request_that_cannot_be_read_leaves_no_trace_of_its_words(service, caplog):
    """The library logs it with a trace that quotes the address asked for."""
    caplog.clear()
    async with (
        aiohttp.ClientSession(service.url) as http,
        http.get("/chat", params={"text": WORDS * 1000}) as answer,
    ):
        assert answer.status == 400
    quoted = [record for record in caplog.records if record.name == "aiohttp.server"]
    assert any(WORDS in logging.Formatter().format(record) for record in quoted)
    written = [NamesOnly().format(record) for record in quoted]
    assert written == ["ERROR aiohttp.server LineTooLong"]
