"""The auditor's page over HTTP: what is found, what is refused, whether the log is whole, and that
reading it is audited too.
"""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select, update

from chat import audit, audit_reading, seed
from chat.references import LONDON
from models.tables import audit_rows
from models.vocabulary import Role
from tests.service import Running, running_service
from web.pages.words import Words

BY_ROLE = {person.role: person.username for person in seed.DEMO}
HERS, HIS = "CAP-261126-ABCD", "CAP-261126-WXYZ"


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Running]:
    async with running_service(tmp_path) as running:
        yield running


@pytest.fixture
async def opened(service: Running) -> AsyncIterator[Any]:
    sessions: list[aiohttp.ClientSession] = []

    async def sign_in(username: str) -> Any:
        http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        sessions.append(http)
        body = {"username": username, "password": seed.DEMO_PASSWORD}
        async with http.post(f"{service.url}/api/staff/sign-in", json=body) as answer:
            assert answer.status == 200

        async def get(**asked: str) -> tuple[int, str]:
            async with http.get(f"{service.url}/staff/audit", params=asked) as answer:
                return answer.status, await answer.text()

        return get

    yield sign_in
    for http in sessions:
        await http.close()


async def noted(service: Running, *, days: int = 0, times: int = 1, **row: Any) -> None:
    at = service.service.now() - timedelta(days=days)

    def work(tx: Any) -> None:
        for _ in range(times):
            audit.note(tx, **{"actor": "priya", "action": "conversation:read", **row}, now=at)

    await service.service.store.write(work)


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'id="row-(\d+)"', page)]


async def test_a_row_says_when_who_in_which_role_what_on_which_enquiry_and_why(
    service: Running, opened: Any
) -> None:
    why = {"reason": "The police <called>"}
    await noted(service, actor="kwame", action="record:break_glass", subject=HERS, detail=why)
    auditor = await opened("ian")
    status, page = await auditor(reference=HERS.lower())
    assert status == 200
    (row,) = re.findall(r'<tr role="row" id="row-\d+">.*?</tr>', page, re.DOTALL)
    shown = [
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell)).strip()
        for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)
    ]
    local = service.service.now().astimezone(LONDON)
    assert f"{local:%A} {local.day} {local:%B %Y}" in shown[1]
    assert shown[2:] == [
        "Kwame",
        "knowledge officer",
        "Opened a record without a right to it",
        HERS,
        "The police &lt;called&gt;",
    ]


async def test_it_is_searched_by_reference_member_of_staff_day_and_act(
    service: Running, opened: Any
) -> None:
    await noted(service, subject=HERS)
    await noted(service, subject=HIS, actor="tom", days=3)
    await noted(service, subject=HIS, actor="anyone", action="sign_in:refused", days=3)
    await noted(service, subject="tom", actor="anyone", action="sign_in:locked", days=3)
    auditor = await opened("ian")
    then = service.service.now().astimezone(LONDON) - timedelta(days=3)

    async def found(**asked: str) -> list[int]:
        status, page = await auditor(**asked)
        assert status == 200
        return numbers(page)

    assert await found(reference=HERS) == [1]
    assert await found(staff="Tom") == [4, 2]
    assert await found(staff="PRIYA") == [1]
    assert await found(staff="anyone") == [4, 3]
    assert await found(day=then.date().isoformat()) == [4, 3, 2]
    assert await found(action="sign_in:refused") == [3]
    assert await found(reference=HIS, staff="tom", day=then.date().isoformat()) == [2]
    assert await found(reference="CAP-261126-2222") == []


async def test_a_day_is_one_of_ours_from_midnight_to_midnight(
    service: Running, opened: Any
) -> None:
    auditor = await opened("ian")
    for at in ("2026-06-30T22:59:00Z", "2026-06-30T23:00:00Z", "2026-07-01T22:59:59Z"):
        moment = datetime.fromisoformat(at)
        await service.service.store.write(
            lambda tx, now=moment: audit.note(
                tx, actor="priya", action="conversation:read", subject=HERS, now=now
            )
        )
    assert numbers((await auditor(day="2026-07-01"))[1]) == [4, 3]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reference", "CAP"),
        ("reference", "CAP-261126-ABC0"),
        ("staff", "nobody of that name"),
        ("staff", "' OR 1=1 --"),
        ("day", "yesterday"),
        ("day", "2026-02-30"),
        ("day", "0001-01-01"),
        ("day", "9999-12-31"),
        ("before", "-1"),
        ("before", "٣"),
        ("before", "9" * 30),
    ],
)
async def test_what_cannot_be_read_is_named_and_stays_in_its_field(
    opened: Any, field: str, value: str
) -> None:
    auditor = await opened("ian")
    status, page = await auditor(**{"staff": "tom", field: value})
    assert status == 400
    assert Words.load().say(f"audit.wrong.{field}") in page
    assert numbers(page) == []
    if field != "before":
        assert f'id="{field}-error"' in page
        assert 'aria-invalid="true"' in page


async def test_it_is_read_in_pages_and_no_row_is_left_out_while_it_grows(
    service: Running, opened: Any
) -> None:
    size = audit_reading.PAGE
    await noted(service, subject=HERS, times=2 * size + 1)
    auditor = await opened("ian")
    seen, asked = [], {"staff": "priya"}
    while True:
        _, page = await auditor(**asked)
        seen.append(numbers(page))
        assert f"Rows: {2 * size + 1}" in page
        older = re.findall(r"before=(\d+)", page)
        if not older:
            break
        asked["before"] = older[0]
    assert [len(rows) for rows in seen] == [size, size, 1]
    assert [row for rows in seen for row in rows] == list(range(2 * size + 1, 0, -1))


async def test_reading_it_is_audited_with_what_was_asked_for(service: Running, opened: Any) -> None:
    auditor = await opened("ian")
    await auditor(reference=HERS)
    await auditor(staff="Tom", day="2026-11-26")
    await auditor(staff="nobody of that name")
    statement = select(audit_rows.c.actor, audit_rows.c.subject, audit_rows.c.detail).where(
        audit_rows.c.action == "audit:read"
    )
    found = await service.service.store.read(lambda db: db.execute(statement).all())
    assert [tuple(row) for row in found] == [
        ("ian", HERS, None),
        ("ian", "all", {"staff": ["tom"], "day": "2026-11-26"}),
    ]
    assert "Read the audit log" in (await auditor(staff="ian"))[1]


async def test_it_says_up_to_which_row_the_log_is_whole(service: Running, opened: Any) -> None:
    await noted(service, subject=HERS, times=6)
    auditor = await opened("ian")
    assert "Whole: rows 1 to 7 are as they were written." in (await auditor())[1]
    changed = update(audit_rows).where(audit_rows.c.number == 5).values(actor="somebody")
    await service.service.store.write(lambda tx: tx.execute(changed))
    _, page = await auditor(reference=HERS)
    assert "Only rows 1 to 4 are proved" in page
    assert "Row 5 was changed." in page


async def test_a_look_checks_the_newest_rows_and_the_whole_log_when_asked(
    service: Running, opened: Any
) -> None:
    await noted(service, subject=HERS, times=audit_reading.RECENT + 5)
    changed = update(audit_rows).where(audit_rows.c.number == 2).values(actor="somebody")
    await service.service.store.write(lambda tx: tx.execute(changed))
    auditor = await opened("ian")
    _, page = await auditor()
    last = audit_reading.RECENT + 6
    assert f"Whole: rows 7 to {last} are as they were written." in page
    assert "Check the whole log" in page
    assert "Only rows 1 to 1 are proved" in (await auditor(whole="1"))[1]


@pytest.mark.parametrize("role", Role)
async def test_only_the_auditor_gets_in(opened: Any, role: Role) -> None:
    status, page = await (await opened(BY_ROLE[role]))()
    assert status == (200 if role is Role.AUDITOR else 403)
    assert ('class="audit"' in page) is (role is Role.AUDITOR)


def test_every_act_that_is_noted_has_its_words() -> None:
    """By the source: what a use case calls its act in `audit.note` and the like."""
    folder = Path(audit.__file__).parent
    source = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    acts = set(re.findall(r'action=(?:\(\s*)?"([a-z_:]+)"', source))
    acts |= set(re.findall(r'action = "([a-z_:]+)"', source))
    acts |= {f"directory:{did}" for did in re.findall(r'did="([a-z]+)"', source)}
    acts |= {
        kind.replace("_", ":", 1) for kind in re.findall(r'log_work\([^)]*kind="([a-z_]+)"', source)
    }
    acts |= {"record:break_glass", "review:export", "enquiry:log", "tasks:read", "audit:read"}
    assert len(acts) > 30
    told = {name.removeprefix("audit.did.") for name in Words.load().starting("audit.did.")}
    assert acts - told == set()
