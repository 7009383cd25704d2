"""The supervisor's board and reports in a real browser."""

import pytest
from playwright.async_api import ViewportSize, expect

from tests.journeys.axe import serious_findings
from tests.journeys.desk import Desk, waits
from tests.service import Console

pytestmark = pytest.mark.browser
NARROW = ViewportSize(width=320, height=640)
WIDER = "document.documentElement.scrollWidth > innerWidth"


async def test_the_board_follows_what_happens_and_fits_a_phone(page, service):
    await Desk(page, service.url).sign_in("sue")
    await page.goto(f"{service.url}/staff/board")
    lane = page.locator('[data-lane="very_urgent"]')
    await expect(lane).to_have_text("0")
    await expect(page.get_by_role("alert")).to_contain_text("Nobody is on shift")
    person = await waits(service)
    await expect(lane).to_have_text("1")
    await expect(page.locator("#board")).to_contain_text(person.reference)
    tom = await Console().arrive(service.url, username="tom")
    await tom.do("entry:next")
    await expect(lane).to_have_text("0")
    await expect(page.locator("#board")).to_contain_text("Tom")
    await expect(page.get_by_role("alert")).to_have_count(0)
    assert await serious_findings(page) == []
    await page.set_viewport_size(NARROW)
    assert await page.evaluate(WIDER) is False


async def test_reports_are_tables_and_sheets_for_who_may_read_them(page, service):
    await waits(service)
    sue = await Console().arrive(service.url, username="sue")
    await sue.do("entry:next")
    found = await sue.get("/api/staff/reports/waits")
    assert [row["people"] for row in found["rows"]] == [1]
    await Desk(page, service.url).sign_in("sue")
    await page.goto(f"{service.url}/staff/reports")
    await expect(page.locator("svg.plot")).to_have_count(1)
    assert await serious_findings(page) == []
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Waits by weekday and hour (CSV)").click()
    sheet = (await (await download.value).path()).read_text(encoding="utf-8")
    assert sheet.startswith("weekday,hour,people,median_minutes,slowest_tenth_minutes")
    for path in ("/staff/board", "/api/staff/board", "/api/staff/reports/outcomes"):
        priya = await page.context.browser.new_context()
        signed = await priya.request.post(
            f"{service.url}/api/staff/sign-in",
            data={"username": "priya", "password": "demo-cap-2026"},
        )
        assert signed.ok
        assert (await priya.request.get(f"{service.url}{path}")).status == 403
        await priya.close()
