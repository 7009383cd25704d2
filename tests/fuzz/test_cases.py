"""What the fuzz found, kept: each of these once led to a crash or an answer of 5xx."""

import asyncio
import json
import uuid

import aiohttp
import pytest
from yarl import URL

from bot.directory_store import Change
from bot.fields import READERS
from bot.open_referral import LISTS
from chat.directory_file import export_text, import_text
from models.errors import BadCommandError
from tests.fuzz.targets import Filters
from tests.service import Person, running_service
from web.cli.__main__ import main
from web.watch import Watch


@pytest.fixture
async def service(tmp_path):
    async with running_service(tmp_path) as running:
        yield running


@pytest.fixture
async def http(service):
    async with aiohttp.ClientSession(service.url) as session:
        yield session


@pytest.mark.parametrize(
    "path",
    [
        "/directory?q=tu",
        "/directory?q=ths",
        "/open-referral/services?minimum_age=%C2%B2",
        "/open-referral/services?maximum_age=" + "9" * 400,
        "/open-referral/services?page=" + "0" * 5000,
        "/open-referral/services/%00",
        "/api/staff/enquiries/%00",
        "/directory/%ED%A0%80",
    ],
    ids=lambda path: path[:40],
)
async def test_an_odd_address_is_answered(service, http, path):
    async with http.get(URL(f"{service.url}{path}", encoded=True)) as answer:
        assert answer.status < 500


async def test_a_quick_reply_without_a_choice_is_refused(http):
    async with http.post("/chat", data={"act": "choose"}, allow_redirects=False) as answer:
        assert answer.status == 400


@pytest.mark.parametrize("name", ["cap_chat", "cap_staff"])
async def test_a_cookie_of_bytes_that_are_no_text_opens_nothing(service, name):
    for path in ("/chat", "/staff", "/api/staff/me", "/api/conversation/messages"):
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: {name}="
        host, port = service.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(head.encode() + b"\xff\xfe\r\n\r\n")
        status = int((await reader.readline()).split()[1])
        writer.close()
        assert status < 500, path


@pytest.mark.parametrize("field", ["resume_code", "username"])
@pytest.mark.parametrize("odd", ["\ud800", "\x00", "a\udfffb"])
async def test_odd_text_in_a_field_is_refused_and_not_a_fault(http, field, odd):
    paths = {"resume_code": "/api/conversations/resume", "username": "/api/staff/sign-in"}
    body = json.dumps({field: odd, **({"password": "x"} if field == "username" else {})})
    async with http.post(paths[field], data=body) as answer:
        assert answer.status in {400, 401, 404}


async def test_a_packet_the_library_drops_does_no_harm_to_the_next_command(service):
    person = await Person().arrive(service.url)
    await person.client.emit("messages:since", {"seq": 10**400}, namespace="/chat")
    assert (await person.call("messages:since", {"seq": 0}))["ok"]
    await person.close()


@pytest.mark.parametrize("answer", ["tu", "tus", "ths", "thrs to tu", "we", "not tu"])
async def test_short_names_of_days_are_read(service, answer):
    filters = Filters(service)
    for reader in sorted(READERS):
        line = json.dumps({"id": 1, "field": reader, "answer": answer}).encode()
        assert filters.judged("fields", line) is None


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe{", b"[" * 100_000, b"", b'\xef\xbb\xbf{"services": 1}', b'{"services": [1, null]}'],
)
def test_a_file_that_is_no_directory_is_refused_in_a_sentence(tmp_path, content, capsys):
    assert main(["--var", str(tmp_path), "migrate"]) == 0
    odd = tmp_path / "odd.json"
    odd.write_bytes(content)
    assert main(["--var", str(tmp_path), "directory", "import", str(odd)]) in {0, 1, 2}
    assert main(["--var", str(tmp_path), "directory", "import", str(tmp_path / "none")]) == 2


@pytest.mark.parametrize("text", ["id,name\n\udfc8,x", "id,name\na,\rb\x00", "id,name\n\x00,"])
def test_a_sheet_of_odd_text_is_refused_or_taken_by_line(tmp_path, text):
    url = f"sqlite:///{tmp_path}/cap-chat.db"
    assert main(["--var", str(tmp_path), "migrate"]) == 0
    try:
        report = import_text(url, text, is_csv=True, demo=True, now=Watch().now())
    except BadCommandError:
        return
    assert report.count(None) == len(report.entries)


def test_an_entry_with_another_entrys_part_is_refused_alone(tmp_path):
    url = f"sqlite:///{tmp_path}/cap-chat.db"
    assert main(["--var", str(tmp_path), "migrate"]) == 0
    assert main(["--var", str(tmp_path), "seed"]) == 0
    whole = json.loads(export_text(url, as_csv=False))
    [first, *_] = [service for service in whole["services"] if service["phones"]]
    twin = {**first, "id": str(uuid.uuid4())}
    other = {**first, "id": str(uuid.uuid4()), "phones": []}
    for name in LISTS:
        other[name] = []
    report = import_text(url, json.dumps([twin, other]), is_csv=False, demo=True, now=Watch().now())
    assert [entry.change for entry in report.entries] == [None, Change.ADDED]
    assert report.entries[0].fields == ("id",)
