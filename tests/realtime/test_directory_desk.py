"""The knowledge officer's pages over HTTP: add, edit, check, retire, bring back, answer staff."""

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from models.tables import audit_rows, directory_services
from tests.realtime.browsing import Browser
from tests.service import Console, Running, running_service

SOUP = {
    "name": "Tuesday Soup",
    "organization": "Harbour Church",
    "description": "Hot food and company",
    "terms": ["food", "all"],
    "phone": "0116 496 0123",
    "city": "Wigston",
    "postcode": "LE18 1AA",
    "areas": "Oadby and Wigston",
    "days": ["TU"],
    "opens_at": "12:00",
    "closes_at": "14:00",
    "free": "yes",
    "checked": "yes",
}


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Running]:
    async with running_service(tmp_path) as running:
        yield running


async def added(kwame: Browser, **more: Any) -> str:
    status, url, page = await kwame.post("/staff/directory/new", {**SOUP, **more})
    assert status == 200, page
    return url.partition("/entry/")[2].partition("?")[0]


async def public(service: Running, query: str) -> str:
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{service.url}/directory", params={"q": query}) as answer,
    ):
        return await answer.text()


async def rows(service: Running, statement: Any) -> list[Any]:
    found: list[Any] = await service.service.store.read(lambda db: db.execute(statement).all())
    return found


async def test_an_entry_is_added_edited_retired_and_brought_back(
    service: Running, opened: Any
) -> None:
    kwame = await opened("kwame")
    entry = await added(kwame)
    assert "Tuesday Soup" in await public(service, "food bank in wigston")
    _, page = await kwame.get(f"/staff/directory/entry/{entry}")
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    edited = {**SOUP, "name": "Soup on Tuesdays", "version": version}
    assert (await kwame.post(f"/staff/directory/entry/{entry}", edited))[0] == 200
    assert "Soup on Tuesdays" in await public(service, "food bank in wigston")
    assert (await kwame.post(f"/staff/directory/entry/{entry}", edited))[0] == 409
    assert (await kwame.post(f"/staff/directory/entry/{entry}/retire", {"reason": " "}))[0] == 400
    await kwame.post(f"/staff/directory/entry/{entry}/retire", {"reason": "They closed"})
    assert "Soup on Tuesdays" not in await public(service, "food bank in wigston")
    _, page = await kwame.get("/staff/directory?show=retired")
    assert "They closed" in page
    assert (await kwame.post(f"/staff/directory/entry/{entry}/retire", {"reason": "x"}))[0] == 409
    await kwame.post(f"/staff/directory/entry/{entry}/restore")
    assert "Soup on Tuesdays" in await public(service, "food bank in wigston")
    done = await rows(service, select(audit_rows.c.action).where(audit_rows.c.subject == entry))
    assert [row.action for row in done] == [
        "directory:add",
        "directory:edit",
        "directory:retire",
        "directory:restore",
    ]


async def test_an_edit_keeps_what_the_form_does_not_show(service: Running, opened: Any) -> None:
    """Every starter entry, sent back as it was filled in, stays as it was."""
    kwame = await opened("kwame")
    held = select(directory_services.c.id, directory_services.c.digest)
    before = dict(await rows(service, held))
    for entry in before:
        _, page = await kwame.get(f"/staff/directory/entry/{entry}")
        status, _, told = await kwame.post(f"/staff/directory/entry/{entry}", filled_in(page))
        assert status == 200, re.findall(r'class="trouble".*?</div>', told, re.DOTALL)
    after = dict(await rows(service, held))
    assert [entry for entry in before if before[entry] != after[entry]] == []


def filled_in(page: str) -> dict[str, Any]:
    """What a browser would send of the page's main form."""
    form = page[page.index('class="desk-form"') :]
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name = re.findall(r'name="([^"]*)"', tag)[0]
        value = html.unescape(re.findall(r'value="([^"]*)"', tag)[0])
        if 'type="checkbox"' not in tag:
            sent[name] = value
        elif " checked" in tag:
            sent.setdefault(name, []).append(value)
    for name, text in re.findall(
        r'<textarea [^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL
    ):
        sent[name] = html.unescape(text)
    return sent


async def test_checking_an_entry_makes_it_fresh_and_the_filters_follow(
    service: Running, opened: Any
) -> None:
    kwame = await opened("kwame")
    entry = await added(kwame, checked=[])
    assert f"/entry/{entry}" in (await kwame.get("/staff/directory?show=stale&q=soup"))[1]
    await kwame.post(f"/staff/directory/entry/{entry}/check")
    assert f"/entry/{entry}" not in (await kwame.get("/staff/directory?show=stale&q=soup"))[1]
    await service.advance(seconds=160 * 86400)
    kwame = await opened("kwame")
    assert f"/entry/{entry}" in (await kwame.get("/staff/directory?show=due&q=soup"))[1]
    found = await rows(
        service,
        select(directory_services.c.reviewed_by).where(directory_services.c.id == entry),
    )
    assert found[0].reviewed_by == "kwame"


async def test_professionals_only_is_listed_for_staff_and_never_public(
    service: Running, opened: Any
) -> None:
    kwame = await opened("kwame")
    entry = await added(kwame, terms=["food", "professional-only"])
    assert "Tuesday Soup" not in await public(service, "food bank in wigston")
    assert f"/entry/{entry}" in (await kwame.get("/staff/directory?show=professional"))[1]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("description", ""),
        ("terms", []),
        ("url", "javascript:alert(1)"),
        ("email", "nobody"),
        ("phone", "call us"),
        ("opens_at", "noon"),
        ("minimum_age", "old"),
    ],
)
async def test_a_wrong_field_is_named_and_what_was_typed_stays(
    opened: Any, field: str, value: Any
) -> None:
    kwame = await opened("kwame")
    status, _, page = await kwame.post("/staff/directory/new", {**SOUP, field: value})
    assert status == 400
    assert f'id="{field}-error"' in page
    assert 'value="LE18 1AA"' in page


@pytest.mark.parametrize("username", ["priya", "omar", "helen", "adam", "nadia", "ian"])
async def test_only_the_knowledge_officer_and_the_supervisor_get_in(
    opened: Any, username: str
) -> None:
    other = await opened(username)
    assert (await other.get("/staff/directory"))[0] == 403
    assert (await other.post("/staff/directory/new", SOUP))[0] == 403
    assert (await other.get("/staff/directory/questions"))[0] == 403


async def test_a_form_from_another_site_changes_nothing(service: Running, opened: Any) -> None:
    sue = await opened("sue")
    status, _, _ = await sue.post("/staff/directory/new", SOUP, origin="https://evil.example")
    assert status == 403
    assert "Tuesday Soup" not in await public(service, "food bank in wigston")


async def test_a_question_from_the_console_is_answered_and_comes_back(
    service: Running, opened: Any
) -> None:
    priya = await Console().arrive(service.url)
    question = "A choir in Oakham <b>at night</b>?"
    await priya.do("task:ask", {"list": "knowledge", "fields": {"question": question}})
    kwame, asker, other = await opened("kwame"), await opened("priya"), await opened("tom")
    _, page = await kwame.get("/staff/directory/questions")
    assert "A choir in Oakham &lt;b&gt;at night&lt;/b&gt;?" in page
    address = re.findall(r'action="(/staff/directory/questions/[^"]+)"', page)[0]
    assert (await kwame.post(address, {"answer": "  "}))[0] == 400
    assert (await kwame.post(address, {"answer": "Rutland Singers, Tuesdays"}))[0] == 200
    assert "Rutland Singers, Tuesdays" in (await asker.get("/staff/questions"))[1]
    assert "Rutland Singers, Tuesdays" not in (await other.get("/staff/questions"))[1]
    assert (await kwame.post(address, {"answer": "again"}))[0] == 409


async def test_a_question_of_the_page_that_nothing_fits_is_said_so(opened: Any) -> None:
    nadia, kwame = await opened("nadia"), await opened("kwame")
    assert (await nadia.post("/staff/questions", {"question": " "}))[0] == 400
    await nadia.post("/staff/questions", {"question": "A ceramics class in Uppingham?"})
    _, page = await kwame.get("/staff/directory/questions")
    address = re.findall(r'action="(/staff/directory/questions/[^"]+)"', page)[0]
    await kwame.post(address, {"answer": "None that we know", "unmet": "yes"})
    _, page = await nadia.get("/staff/questions")
    assert "Nothing was found." in page
    assert "None that we know" in page
