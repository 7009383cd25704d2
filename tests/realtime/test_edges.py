"""What holds for every answer and every write, whatever the route: headers, origin, limits."""

import asyncio
import re
import uuid

import aiohttp
import pytest
import socketio
from sqlalchemy import select

from chat import access
from chat.roles import roles
from chat.seed import DEMO_PASSWORD
from models.tables import conversations
from tests.house.product import ROOT
from tests.service import Person, running_service
from web.middlewares import HEADERS

DANGER = "I am going to kill myself tonight"
PLAIN = "I need to change my appointment"
OTHERS = ("https://elsewhere.example", "null", "http://127.0.0.1:1", "", "http://", "//")


@pytest.fixture
async def service(tmp_path):
    async with running_service(tmp_path) as running:
        yield running


@pytest.fixture
async def http(service):
    async with aiohttp.ClientSession(service.url) as session:
        yield session


def routes(service):
    """Every route, with something in each gap."""
    for route in service.app.router.routes():
        path = re.sub(r"\{[^}]+\}", "none", route.resource.canonical)
        yield route.method, path


async def ask(http, method, path, **more):
    async with http.request(method, path, allow_redirects=False, **more) as answer:
        await answer.read()
        return answer


async def test_every_answer_of_every_route_carries_the_strict_headers(service, http):
    asked = [*routes(service), ("GET", "/nowhere"), ("DELETE", "/chat"), ("GET", "/static/none.js")]
    for method, path in asked:
        if path.startswith("/socket.io"):
            continue
        answer = await ask(http, method, path)
        for name in HEADERS:
            assert name in answer.headers, (method, path, name)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy, path
        assert "unsafe" not in policy, path
        assert "*" not in policy, path
        assert answer.status < 500, (method, path)


async def test_every_write_from_another_origin_is_refused_before_it_is_read(service, http):
    for method, path in routes(service):
        if method in {"GET", "HEAD", "OPTIONS"} or path.startswith("/socket.io"):
            continue
        for origin in OTHERS:
            answer = await ask(http, method, path, headers={"Origin": origin}, data=b"{}")
            assert answer.status == 403, (method, path, origin)
        answer = await ask(http, method, path, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status == 403, (method, path)


async def test_a_write_from_our_own_origin_or_from_no_browser_is_taken(service, http):
    for headers in ({}, {"Origin": service.url}, {"Sec-Fetch-Site": "same-origin"}):
        answer = await ask(http, "POST", "/api/conversations", json={}, headers=headers)
        assert answer.status == 201, headers


@pytest.mark.parametrize("namespace", ["/chat", "/console"])
async def test_a_socket_from_another_origin_is_refused(service, namespace):
    client = socketio.AsyncClient(reconnection=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(
            service.url,
            namespaces=[namespace],
            transports=["websocket"],
            headers={"Origin": "https://elsewhere.example"},
            auth={"token": "any"},
        )


async def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(http):
    started = await ask(http, "POST", "/api/conversations", json={})
    body = {"username": "priya", "password": DEMO_PASSWORD}
    signed_in = await ask(http, "POST", "/api/staff/sign-in", json=body)
    for cookie in (started.cookies["cap_chat"], signed_in.cookies["cap_staff"]):
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"


async def test_behind_https_cookies_are_secure_and_browsers_are_held_to_it(tmp_path):
    async with (
        running_service(tmp_path, public_url="https://chat.example") as safe,
        aiohttp.ClientSession(safe.url) as http,
    ):
        started = await ask(http, "POST", "/api/conversations", json={})
        assert started.cookies["cap_chat"]["secure"]
        assert "max-age=31536000" in started.headers["Strict-Transport-Security"]


async def test_a_body_that_is_too_large_is_refused_on_every_write(service, http):
    large = b'{"text":"' + b"a" * (2 * 1024 * 1024) + b'"}'
    for path in ("/api/conversations", "/api/conversations/resume", "/api/staff/sign-in"):
        assert (await ask(http, "POST", path, data=large)).status == 413, path
    assert (await ask(http, "POST", "/chat", data={"text": "a" * (2 * 1024 * 1024)})).status == 413


async def test_a_file_that_is_sent_is_not_taken(service, http):
    form = aiohttp.FormData()
    form.add_field("text", b"\x00\x01", filename="a.exe", content_type="application/octet-stream")
    before = await count(service)
    assert (await ask(http, "POST", "/chat", data=form)).status in {303, 400}
    assert await count(service) == before


async def count(service):
    return len(await service.service.store.read(lambda db: db.execute(select(conversations)).all()))


async def test_one_address_starts_so_many_and_danger_is_let_through_all_the_same(service, http):
    limit = service.service.pace.starts
    for _ in range(limit):
        assert (await ask(http, "POST", "/api/conversations", json={})).status == 201
    refused = await ask(http, "POST", "/api/conversations", json={"text": PLAIN})
    assert refused.status == 429
    assert int(refused.headers["Retry-After"]) >= 1
    through = await ask(http, "POST", "/api/conversations", json={"text": DANGER})
    assert through.status == 201
    form = await ask(http, "POST", "/chat", data={"act": "send", "text": DANGER})
    assert form.status == 303


async def test_danger_in_first_words_that_are_too_long_brings_a_person(service, http):
    long = f"{DANGER} {'and so on ' * 500}"
    plain = await ask(http, "POST", "/api/conversations", json={"text": "la " * 2000})
    assert plain.status == 413
    async with http.post("/api/conversations", json={"text": long}) as answer:
        assert answer.status == 201
        body = await answer.json()
    assert body["state"]["state"] == "waiting"


async def test_resume_codes_cannot_be_guessed_in_number_from_one_address(service, http):
    limit = service.service.pace.resumes
    tried = [
        (await ask(http, "POST", "/api/conversations/resume", json={"resume_code": "abc"})).status
        for _ in range(limit + 1)
    ]
    assert tried == [404] * limit + [429]
    person = await Person().arrive(service.url)
    right = {"resume_code": person.resume_code}
    assert (await ask(http, "POST", "/api/conversations/resume", json=right)).status == 429
    await person.close()


async def test_behind_our_proxy_each_person_counts_alone_and_nobody_can_pretend(tmp_path):
    async with (
        running_service(tmp_path, proxies=1) as service,
        aiohttp.ClientSession(service.url) as http,
    ):
        guess = {"resume_code": "abc"}

        async def tried(*forwarded):
            headers = {"X-Forwarded-For": ", ".join(forwarded)}
            path = "/api/conversations/resume"
            return (await ask(http, "POST", path, json=guess, headers=headers)).status

        limit = service.service.pace.resumes
        for number in range(limit):
            assert await tried(f"203.0.113.{number}", "192.0.2.1") == 404
        assert await tried("203.0.113.99", "192.0.2.1") == 429
        assert await tried("192.0.2.2") == 404


async def test_a_reference_opens_no_conversation(service, http):
    person = await Person().arrive(service.url)
    body = {"resume_code": person.reference}
    assert (await ask(http, "POST", "/api/conversations/resume", json=body)).status == 404
    bearer = {"Authorization": f"Bearer {person.reference}"}
    answer = await ask(http, "GET", "/api/conversation/messages", headers=bearer)
    assert answer.status == 401
    await person.close()


async def test_keys_of_a_conversation_are_kept_as_hashes_and_open_one_thing_each(service, http):
    person = await Person().arrive(service.url)
    rows = await service.service.store.read(
        lambda db: db.execute(select(conversations)).mappings().all()
    )
    kept = str([dict(row) for row in rows])
    assert person.token not in kept
    assert person.resume_code not in kept
    assert access.digest(person.token) in kept
    bearer = {"Authorization": f"Bearer {person.resume_code}"}
    wrong = await ask(http, "GET", "/api/conversation/messages", headers=bearer)
    as_code = await ask(
        http, "POST", "/api/conversations/resume", json={"resume_code": person.token}
    )
    as_staff = await ask(
        http, "GET", "/api/staff/me", headers={"Cookie": f"cap_staff={person.token}"}
    )
    assert (wrong.status, as_code.status, as_staff.status) == (401, 404, 401)
    await person.close()


async def test_one_conversation_is_held_to_its_pace_and_danger_is_not(service):
    person = await Person().arrive(service.url)
    limit = service.service.pace.messages

    async def send(text):
        return await person.call("message:send", {"client_ref": str(uuid.uuid4()), "text": text})

    answers = await asyncio.gather(*(send(f"{PLAIN} {number}") for number in range(limit + 5)))
    assert {answer["error"]["code"] for answer in answers if not answer["ok"]} == {"too_fast"}
    told = await send(DANGER)
    assert told["error"]["code"] == "too_fast"
    assert (await person.state())["state"] == "waiting"
    await person.close()


def test_no_page_of_ours_carries_a_script_or_style_of_its_own():
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:")
    found = [
        path.name
        for path in (ROOT / "web" / "templates").rglob("*.html")
        if inline.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_every_open_route_is_meant_to_be_open():
    """Somebody read this list. A new open route is added here on purpose."""
    open_to_all = {route for route, rule in roles().routes.items() if rule == "anyone"}
    writes = {route for route in open_to_all if route.startswith("POST")}
    assert writes == {
        "POST /api/conversations",
        "POST /api/conversations/resume",
        "POST /api/dev/clock",
        "POST /api/staff/sign-in",
        "POST /api/staff/sign-out",
        "POST /chat",
        "POST /socket.io/",
        "POST /staff/sign-in",
        "POST /staff/sign-in/enrol",
        "POST /staff/sign-out",
    }
