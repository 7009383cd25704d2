"""Work lists over the socket and over HTTP: commands, news, and who hears what."""

import pytest

from tests.service import Console, Person, running_service


@pytest.fixture
async def service(tmp_path):
    async with running_service(tmp_path) as running:
        yield running


async def lists_page(service, username):
    return await Console().arrive(service.url, username=username, on_shift=False)


async def passed_to_their_team(service):
    """Somebody in danger, talked with and passed to the team that knows them."""
    person = await Person().arrive(service.url)
    await person.send("I am going to kill myself tonight")
    await service.settle()
    priya = await Console().arrive(service.url)
    taken = await priya.do("entry:next")
    await priya.do(
        "conversation:close",
        {
            "conversation": taken["conversation"],
            "claim_version": taken["claim_version"],
            "outcomes": ["EXISTING_TEAM"],
            "agreed_with_person": True,
            "plan_for_person": "You stay with your sister",
            "next_owner": "CMHT",
            "next_step": "call you",
            "due_at": "2026-12-24T12:00:00Z",
        },
    )
    return person


async def test_an_administrator_tracks_a_task_by_the_socket_and_hears_of_it(service):
    adam = await lists_page(service, "adam")
    person = await passed_to_their_team(service)
    told = await adam.hears("task:changed")
    assert told["list"] == "existing_team"
    found = await adam.get("/api/staff/tasks?list=existing_team")
    (task,) = found["tasks"]
    assert task["reference"] == person.reference
    assert {row["list"]: row["open"] for row in found["lists"]}["existing_team"] == 1
    refused = await adam.call("task:accept", {"task": task["task"]})
    assert refused["error"]["code"] == "bad_command"
    accepted = await adam.do("task:accept", {"task": task["task"], "person": "Jo Hill"})
    assert accepted["state"] == "accepted"
    chased = await adam.do("task:chase", {"task": task["task"], "note": "rang, all well"})
    assert chased["chases"] == 1
    whole = await adam.get(f"/api/staff/tasks/{task['task']}")
    assert "seen" in [row["result"] for row in whole["results"]]
    fields = {
        "took_place_at": "2026-11-27T10:00:00+00:00",
        "plan_for_person": "You see Jo on Monday",
        "next_owner": "CMHT",
        "next_step": "see you",
        "due_at": "2026-12-01T10:00:00Z",
        "worse_told": True,
    }
    await adam.do("task:complete", {"task": task["task"], "result": "seen", "fields": fields})
    assert (await adam.get("/api/staff/tasks?list=existing_team"))["tasks"] == []
    sue = await lists_page(service, "sue")
    enquiry = await sue.enquiry(person.reference)
    assert (enquiry["status"], enquiry["outcomes"]) == ("closed", ["EXISTING_TEAM", "ASSESSED"])


async def test_a_task_on_a_list_that_is_not_yours_does_not_exist_for_you(service):
    adam = await lists_page(service, "adam")
    await passed_to_their_team(service)
    (task,) = (await adam.get("/api/staff/tasks?list=existing_team"))["tasks"]
    nadia = await lists_page(service, "nadia")
    await nadia.get(f"/api/staff/tasks/{task['task']}", status=404)
    refused = await nadia.call("task:chase", {"task": task["task"], "note": "x"})
    assert refused["error"]["code"] == "not_found"


async def test_who_has_no_queue_hears_nothing_of_it(service):
    adam = await lists_page(service, "adam")
    person = await Person().arrive(service.url)
    await person.send("I am going to kill myself tonight")
    await service.settle()
    priya = await Console().arrive(service.url)
    await priya.hears("queue:snapshot")
    names = {name for name, _ in adam.heard}
    assert not any(name.startswith(("entry:", "queue:", "alarm:")) for name in names)
    refused = await adam.call("entry:next")
    assert refused["error"]["code"] == "not_allowed"


async def test_a_page_of_lists_keeps_nobody_on_shift(service):
    priya = await Console().arrive(service.url)
    page = Console()
    headers = {"Cookie": f"cap_staff={priya.cookie}"}
    await page.open(service.url, headers=headers, auth={"page": "tasks"})
    tom = await Console().arrive(service.url, username="tom")
    await priya.close()
    gone = await tom.hears("presence:changed", where=lambda told: told["staff"] == "priya")
    assert (gone["available"], gone["reason"]) == (False, "link_lost")
    assert [name for name, _ in page.heard if name.startswith("queue:")] == []


async def test_news_of_a_list_goes_to_those_who_see_it(service):
    nadia, sue = await lists_page(service, "nadia"), await lists_page(service, "sue")
    await passed_to_their_team(service)
    await sue.hears("task:changed")
    assert nadia.told("task:changed") == []
