"""Forms of staff that need no script: a question put on a list, a referral logged."""

import re
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from chat.roles import roles
from chat.task_asking import ASK, MAY_ASK
from models.tables import conversations, enquiries, tasks
from models.vocabulary import Role
from tests.service import Person, Running, patient_policy, running_service

LETTER = "Dear team, please see this man of 45 with low mood since spring <b>badly</b>."
DANGER = "He told his wife: I am going to kill myself tonight."


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Running]:
    async with running_service(tmp_path, policy=patient_policy(tmp_path)) as running:
        yield running


async def rows(service: Running, table: Any) -> list[Any]:
    return list(
        await service.service.store.read(lambda db: db.execute(table.select()).mappings().all())
    )


def referral(**more: str) -> dict[str, str]:
    whole = {
        "client_ref": str(uuid.uuid4()),
        "channel": "letter",
        "text": LETTER,
        "priority": "routine",
        "author": "professional",
    }
    return {**whole, **more}


async def test_a_question_is_put_on_a_list_about_an_enquiry(service: Running, opened: Any) -> None:
    person = await Person().arrive(service.url)
    nadia = await opened("nadia")
    form = {"list": "knowledge", "question": "A choir?", "reference": person.reference.lower()}
    status, url, page = await nadia.post("/staff/tasks/ask", form)
    assert status == 200, page
    assert url.endswith("/staff/tasks/ask?list=knowledge&sent=1")
    assert "Your question was sent." in page
    (task,) = await rows(service, tasks)
    assert (task["work_list"], task["detail"]["question"]) == ("knowledge", "A choir?")
    (enquiry,) = await rows(service, enquiries)
    assert task["enquiry_id"] == enquiry["id"]


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"question": "  "}, 400, "The question: fill this in"),
        ({"question": "x" * 4001}, 400, "The question: this cannot be used"),
        ({"question": "A choir?", "reference": "CAP-260101-ZZZZ"}, 404, "We know no enquiry"),
        ({"question": "A choir?", "reference": "C" * 65}, 400, "We know no enquiry"),
    ],
)
async def test_what_is_wrong_with_a_question_is_said_beside_it_and_no_word_is_lost(
    service: Running, opened: Any, typed: dict[str, str], status: int, said: str
) -> None:
    nadia = await opened("nadia")
    answered, _, page = await nadia.post("/staff/tasks/ask", {"list": "knowledge", **typed})
    assert answered == status
    assert page.count(said) == 2  # in the list at the top and beside the field
    for value in typed.values():
        assert value in page
    assert await rows(service, tasks) == []


async def test_a_list_that_takes_no_questions_is_not_there(service: Running, opened: Any) -> None:
    nadia = await opened("nadia")
    form = {"list": "review", "question": "A choir?"}
    assert (await nadia.post("/staff/tasks/ask", form))[0] == 404
    assert (await nadia.get("/staff/tasks/ask?list=none"))[0] == 404


@pytest.mark.parametrize(
    ("path", "username"),
    [
        ("/staff/tasks/ask", "kwame"),
        ("/staff/tasks/ask", "ian"),
        ("/staff/referrals", "nadia"),
        ("/staff/referrals", "kwame"),
        ("/staff/referrals", "ian"),
    ],
)
async def test_who_may_not_is_refused_and_offered_no_way(
    opened: Any, path: str, username: str
) -> None:
    somebody = await opened(username)
    assert (await somebody.get(path))[0] == 403
    assert (await somebody.post(path, {}))[0] == 403
    assert f'href="{path}"' not in (await somebody.get("/staff/tasks"))[1]


async def test_who_may_finds_both_forms_from_the_lists(opened: Any) -> None:
    adam = await opened("adam")
    _, page = await adam.get("/staff/tasks")
    for path in ("/staff/tasks/ask", "/staff/referrals"):
        assert f'href="{path}"' in page
        assert (await adam.get(path))[0] == 200


@pytest.mark.parametrize("role", Role)
def test_the_page_to_ask_is_for_those_who_may_give_the_command(role: Role) -> None:
    assert roles().may(role, MAY_ASK) == (role in roles().commands[ASK])


async def test_a_form_from_another_site_asks_and_logs_nothing(
    service: Running, opened: Any
) -> None:
    adam = await opened("adam")
    evil = "https://evil.example"
    asked = {"list": "knowledge", "question": "A choir?"}
    assert (await adam.post("/staff/tasks/ask", asked, origin=evil))[0] == 403
    assert (await adam.post("/staff/referrals", referral(), origin=evil))[0] == 403
    assert await rows(service, tasks) == []
    assert await rows(service, conversations) == []


async def test_a_letter_is_logged_for_review_with_what_is_known_of_the_person(
    service: Running, opened: Any
) -> None:
    adam = await opened("adam")
    _, page = await adam.get("/staff/referrals")
    (made,) = re.findall(r'name="client_ref" value="([^"]+)"', page)
    form = referral(client_ref=made, call_me="Ann Ash", pro_name_role="Dr Elm, GP", phone="")
    status, url, page = await adam.post("/staff/referrals", form)
    assert status == 200, page
    assert url.endswith(f"?logged={made}")
    (enquiry,) = await rows(service, enquiries)
    assert f"Logged as {enquiry['reference']}" in page
    assert "on the list for clinical review, due" in page
    assert LETTER not in page.partition("<form")[2]
    assert enquiry["captured"]["call_me"] == "Ann Ash"
    assert enquiry["captured"]["pro_name_role"] == "Dr Elm, GP"
    assert "phone" not in enquiry["captured"]
    (talk,) = await rows(service, conversations)
    assert talk["state"] == "closed"


async def test_danger_in_a_call_puts_it_in_the_queue_and_that_is_said(
    service: Running, opened: Any
) -> None:
    adam = await opened("adam")
    form = referral(channel="phone", text=f"{LETTER} {DANGER}")
    _, _, page = await adam.post("/staff/referrals", form)
    assert "in the live queue as very urgent" in page
    (enquiry,) = await rows(service, enquiries)
    assert enquiry["status"] == "waiting_person"


async def test_a_referral_sent_twice_is_kept_once(service: Running, opened: Any) -> None:
    adam = await opened("adam")
    form = referral()
    pages = [(await adam.post("/staff/referrals", form))[2] for _ in range(2)]
    (enquiry,) = await rows(service, enquiries)
    assert all(enquiry["reference"] in page for page in pages)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"text": " "}, "Write what it says"),
        ({"text": "x" * 40_001}, "Write what it says"),
        ({"channel": ""}, "Say how it came"),
        ({"received_at": "2999-01-01T10:00"}, "not in the future"),
        ({"received_at": "yesterday"}, "not in the future"),
        ({"priority": "high"}, "Choose how soon"),
        ({"author": "nobody"}, "Choose who it is from"),
        ({"client_ref": "mine"}, "Something in the form cannot be used"),
    ],
)
async def test_what_is_wrong_with_a_referral_is_said_and_no_word_is_lost(
    service: Running, opened: Any, typed: dict[str, str], said: str
) -> None:
    adam = await opened("adam")
    form = referral(**{"text": "A man of 45", "call_me": "Ann <Ash>", **typed})
    status, _, page = await adam.post("/staff/referrals", form)
    assert status == 400
    assert said in page
    assert 'value="Ann &lt;Ash&gt;"' in page
    assert form["text"].strip() in page
    assert await rows(service, enquiries) == []


async def test_what_became_of_a_referral_is_told_only_to_who_logged_it(opened: Any) -> None:
    adam = await opened("adam")
    assert (await adam.get(f"/staff/referrals?logged={uuid.uuid4()}"))[0] == 404
