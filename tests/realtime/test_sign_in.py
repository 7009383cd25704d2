"""Signing in over HTTP: the page with its three fields, sessions that end, and open consoles."""

import re
from datetime import timedelta

import aiohttp
import pyotp
import pytest
from sqlalchemy import select

from chat import accounts, sessions
from chat.seed import DEMO_PASSWORD
from models.tables import presences
from models.vocabulary import Role
from tests.service import Console, running_service
from web.keys import CONSOLE

PASSWORD = "kettle-orbit-marsh"


@pytest.fixture
async def service(tmp_path):
    async with running_service(tmp_path) as running:
        yield running


@pytest.fixture
async def http(service):
    async with aiohttp.ClientSession(
        service.url, cookie_jar=aiohttp.CookieJar(unsafe=True)
    ) as session:
        yield session


async def add(service, username="mary"):
    member = accounts.NewMember(username, "Mary", "practitioner", Role.PRACTITIONER)
    key, now = service.service.keys.secret, service.watch.now()
    return await service.service.store.write(lambda tx: accounts.add(tx, member, key=key, now=now))


async def post(http, path, **form):
    async with http.post(path, data=form, allow_redirects=False) as answer:
        return answer.status, await answer.text(), dict(answer.cookies)


async def test_an_account_is_taken_up_and_opened_on_the_pages_alone(service, http):
    handed = await add(service)
    app = pyotp.parse_uri(handed.authenticator)
    assert isinstance(app, pyotp.TOTP)
    form = {
        "username": "mary",
        "enrol_code": handed.enrol_code,
        "password": PASSWORD,
        "code": app.at(service.watch.now()),
    }
    status, weak, _ = await post(http, "/staff/sign-in/enrol", **{**form, "password": "mary"})
    assert (status, "At least 12 characters" in weak) == (400, True)
    status, page, _ = await post(http, "/staff/sign-in/enrol", **form)
    codes = re.findall(r"<code>([a-z2-9-]{19})</code>", page)
    assert (status, len(codes)) == (200, 10)

    status, _page, cookies = await post(
        http, "/staff/sign-in", username="mary", password=PASSWORD, code=codes[0]
    )
    assert status == 303
    assert cookies["cap_staff"]["httponly"]
    assert cookies["cap_staff"]["samesite"] == "Lax"
    async with http.get("/staff") as console:
        assert console.status == 200


async def test_a_refusal_on_the_page_does_not_tell_which_part_was_wrong(service, http):
    await add(service)
    wrong = [
        {"username": "nobody", "password": PASSWORD, "code": "123456"},
        {"username": "mary", "password": "wrong", "code": "123456"},
        {"username": "priya", "password": "wrong", "code": ""},
        {"username": "", "password": "", "code": ""},
        {},
    ]
    told = set()
    for form in wrong:
        status, page, cookies = await post(http, "/staff/sign-in", **form)
        assert (status, cookies) == (401, {})
        told.update(re.findall(r'id="trouble">([^<]+)<', page))
    assert len(told) == 1


async def test_a_locked_name_is_told_to_wait_on_the_page_and_to_programs(service, http):
    for _ in range(5):
        await post(http, "/staff/sign-in", username="priya", password="wrong")
    status, page, _ = await post(http, "/staff/sign-in", username="priya", password=DEMO_PASSWORD)
    assert (status, "Too many tries" in page) == (429, True)
    body = {"username": "priya", "password": DEMO_PASSWORD}
    async with http.post("/api/staff/sign-in", json=body) as answer:
        assert answer.status == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 30


async def test_signing_in_again_ends_the_session_that_this_browser_had(service, http):
    form = {"username": "priya", "password": DEMO_PASSWORD}
    _status, _page, first = await post(http, "/staff/sign-in", **form)
    _status, _page, second = await post(http, "/staff/sign-in", **form)
    assert first["cap_staff"].value != second["cap_staff"].value
    old = {"Cookie": f"cap_staff={first['cap_staff'].value}"}
    async with (
        aiohttp.ClientSession(service.url, headers=old) as before,
        before.get("/api/staff/me") as answer,
    ):
        assert answer.status == 401


async def test_a_disabled_account_loses_its_open_console_and_its_place_on_shift(service):
    console = await Console().arrive(service.url)
    now = service.watch.now()
    await service.service.store.write(lambda tx: accounts.disable(tx, "priya", now=now))
    await service.app[CONSOLE].look_over()
    await gone(console)
    assert service.app[CONSOLE].connected() == frozenset()
    statement = select(presences.c.available).where(presences.c.staff_id == "priya")
    assert not await service.service.store.read(lambda db: db.execute(statement).scalar())


async def test_a_console_on_shift_stays_signed_in_and_one_that_idles_does_not(service):
    waiting = await Console().arrive(service.url)
    idle = await Console().arrive(service.url, username="tom", on_shift=False)
    await service.app[CONSOLE].look_over()
    for _ in range(3):
        service.watch.advance(sessions.IDLE - timedelta(minutes=1))
        await service.app[CONSOLE].look_over()
    await gone(idle)
    assert (await waiting.call("entry:next"))["ok"]
    await waiting.close()


async def test_even_on_shift_a_session_ends_at_its_limit(service):
    console = await Console().arrive(service.url)
    service.watch.advance(sessions.ABSOLUTE + timedelta(seconds=1))
    await service.app[CONSOLE].look_over()
    await gone(console)


async def test_who_waits_at_an_open_console_counts_as_on_shift(service):
    console = await Console().arrive(service.url)
    service.watch.advance(timedelta(minutes=5))
    await service.app[CONSOLE].look_over()
    statement = select(presences.c.seen_at).where(presences.c.staff_id == "priya")
    seen = await service.service.store.read(lambda db: db.execute(statement).scalar())
    assert service.watch.now() - seen < timedelta(seconds=5)
    await console.close()


async def gone(console):
    for _ in range(500):
        if "/console" not in console.client.namespaces:
            return
        await console.client.sleep(0.01)
    raise AssertionError("the console is still linked")
