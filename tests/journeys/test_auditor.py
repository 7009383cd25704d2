"""The auditor's page in a real browser: on a desk, on a phone, without a script."""

import pytest
from playwright.async_api import ViewportSize, expect

from chat import seed
from tests.journeys.axe import serious_findings
from tests.journeys.desk import WIDE, waits
from tests.service import Console

pytestmark = pytest.mark.browser
NARROW = ViewportSize(width=320, height=640)
WIDER = "document.documentElement.scrollWidth > innerWidth"


async def sign_in(page, service):
    await page.goto(f"{service.url}/staff")
    await page.fill("#username", "ian")
    await page.fill("#password", seed.DEMO_PASSWORD)
    await page.press("#password", "Enter")
    await page.get_by_role("main").get_by_role("link", name="Audit log").click()


async def read_by_priya(service):
    person = await waits(service)
    priya = await Console().arrive(service.url)
    taken = await priya.do("entry:next")
    await priya.do("messages:since", {"conversation": taken["conversation"], "seq": 0})
    await priya.close()
    return person


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desk", "phone"])
async def test_an_auditor_finds_who_read_an_enquiry_and_that_the_log_is_whole(page, service, size):
    person = await read_by_priya(service)
    await page.set_viewport_size(size)
    await sign_in(page, service)
    await expect(page.get_by_role("heading", name="Is the log whole?")).to_be_visible()
    await expect(page.locator(".chain")).to_contain_text("Whole: rows 1 to")
    assert await serious_findings(page) == []
    assert await page.evaluate(WIDER) is False
    await page.get_by_label("Enquiry reference").fill(person.reference)
    await page.keyboard.press("Enter")
    rows = page.locator("table.audit tbody tr")
    await expect(rows.filter(has_text="Read a conversation").first).to_contain_text("Priya")
    await expect(rows.filter(has_text="Took a person from the queue")).to_have_count(1)
    await page.get_by_label("Member of staff").fill("nobody")
    await page.get_by_label("Enquiry reference").fill("CAP")
    await page.get_by_role("button", name="Search").click()
    await expect(page.get_by_role("alert")).to_contain_text("No member of staff has this name.")
    await expect(page.get_by_label("Enquiry reference")).to_have_value("CAP")
    assert await serious_findings(page) == []
    assert await page.evaluate(WIDER) is False


async def test_it_is_read_without_a_script(browser, service):
    person = await read_by_priya(service)
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await sign_in(page, service)
    await page.get_by_role("link", name=person.reference).first.click()
    await expect(page.get_by_label("Enquiry reference")).to_have_value(person.reference)
    await expect(page.locator("table.audit")).to_contain_text("Took a person from the queue")
    await context.close()
