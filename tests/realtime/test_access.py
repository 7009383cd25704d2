"""Who gets in: every role against every staff route and command, over real HTTP and sockets."""

import re

import aiohttp
import pytest
from socketio.exceptions import ConnectionError as RefusedError

from chat.roles import Open, roles
from chat.seed import DEMO, DEMO_PASSWORD
from models.vocabulary import Role
from tests.service import Console, Person, running_service
from web.keys import CONSOLE

WHY = "Call from the police about this person"
BY_ROLE = {person.role: person.username for person in DEMO}


@pytest.fixture
async def service(tmp_path):
    async with running_service(tmp_path) as running:
        yield running


async def session(service, username: str) -> aiohttp.ClientSession:
    http = aiohttp.ClientSession(service.url)
    body = {"username": username, "password": DEMO_PASSWORD}
    async with http.post("/api/staff/sign-in", json=body) as answer:
        cookie = answer.cookies["cap_staff"].value
    await http.close()
    return aiohttp.ClientSession(service.url, cookies={"cap_staff": cookie})


async def status(http, path: str, *, method: str = "GET", **body) -> int:
    async with http.request(method, path, allow_redirects=False, **body) as answer:
        found: int = answer.status
    return found


def staff_routes():
    return [
        (*re.sub(r"\{\w+\}", "NONE", route).split(" "), rule)
        for route, rule in roles().routes.items()
        if rule not in set(Open)
    ]


async def test_without_a_session_no_staff_route_answers(service):
    async with aiohttp.ClientSession(service.url) as http:
        for method, path, _rule in staff_routes():
            found = await status(http, path, method=method)
            assert found == (401 if path.startswith("/api/") else 303), path


@pytest.mark.parametrize("role", Role)
async def test_a_role_reaches_what_its_rules_say_and_nothing_else(service, role):
    async with await session(service, BY_ROLE[role]) as http:
        for method, path, rule in staff_routes():
            allowed = role in roles().actions[rule]
            found = await status(http, path, method=method)
            assert (found != 403) is allowed, (method, path, found)


@pytest.mark.parametrize("role", Role)
async def test_a_role_gives_the_commands_of_its_rules_and_no_other(service, role):
    console = Console()
    if not roles().may(role, "tasks:use"):
        with pytest.raises(RefusedError):
            await console.arrive(service.url, username=BY_ROLE[role])
        return
    await console.arrive(service.url, username=BY_ROLE[role], on_shift=False)
    for command in service.app[CONSOLE].table:
        answer = await console.call(command, {"unknown": True})
        code = answer["error"]["code"]
        assert (code != "not_allowed") is (role in roles().commands[command]), command
    await console.close()


async def test_a_command_that_is_not_a_persons_is_refused_on_their_socket(service):
    person = await Person().arrive(service.url)
    for command in service.app[CONSOLE].table.keys() - {"messages:since", "typing:set"}:
        assert (await person.call(command))["error"]["code"] == "bad_command"
    await person.close()


async def test_a_record_that_is_not_yours_is_not_there_until_the_glass_is_broken(service):
    person = await Person().arrive(service.url)
    record = f"/api/staff/enquiries/{person.reference}"
    async with await session(service, "kwame") as officer, await session(service, "ian") as auditor:
        assert await status(officer, record) == 404
        assert await status(officer, f"{record}/messages") == 404

        opening = f"{record}/break-glass"
        assert await status(officer, opening, method="POST", json={"reason": "me"}) == 400
        assert await status(officer, opening, method="POST", json={"reason": WHY}) == 200
        assert await status(officer, f"{record}/messages") == 200
        async with officer.get(record) as answer:
            assert "events" not in await answer.json()
        async with auditor.get("/api/staff/audit?action=record:break_glass") as answer:
            [told] = (await answer.json())["rows"]
        assert (told["actor"], told["subject"]) == ("kwame", person.reference)
        assert told["detail"] == {"reason": WHY}

        other = await Person().arrive(service.url)
        assert await status(officer, f"/api/staff/enquiries/{other.reference}") == 404
    await person.close()
    await other.close()


async def test_broken_glass_is_whole_again_after_half_an_hour(service):
    person = await Person().arrive(service.url)
    record = f"/api/staff/enquiries/{person.reference}"
    async with await session(service, "nadia") as navigator:
        await status(navigator, f"{record}/break-glass", method="POST", json={"reason": WHY})
        assert await status(navigator, record) == 200
        await service.advance(30 * 60)
        assert await status(navigator, record) == 404
    await person.close()


async def test_a_reference_nobody_has_cannot_be_opened_by_breaking_glass(service):
    async with await session(service, "kwame") as officer:
        opening = "/api/staff/enquiries/AAAA-0000/break-glass"
        assert await status(officer, opening, method="POST", json={"reason": WHY}) == 404
