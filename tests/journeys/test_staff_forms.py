"""Forms of staff in a browser that runs no script, on a phone and on a desk."""

import pytest
from playwright.async_api import expect

from chat import seed
from tests.journeys.axe import serious_findings
from tests.journeys.desk import WIDE, waits
from tests.service import patient_policy, running_service

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
async def service(tmp_path):
    async with running_service(tmp_path, policy=patient_policy(tmp_path)) as running:
        yield running


@pytest.fixture(params=[PHONE, WIDE], ids=["phone", "desk"])
async def still(request, browser, service):
    """A screen without scripts, of an administrator who is at the work lists."""
    context = await browser.new_context(
        viewport=request.param, java_script_enabled=False, bypass_csp=True, locale="en-GB"
    )
    page = await context.new_page()
    await sign_in(page, service)
    yield page
    await context.close()


async def sign_in(page, service):
    await page.goto(f"{service.url}/staff")
    await page.fill("#username", "adam")
    await page.fill("#password", seed.DEMO_PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url("**/staff/tasks")


async def fits(page):
    return not await page.evaluate(WIDER)


async def test_a_call_is_logged_after_a_second_try_and_nothing_is_typed_twice(still):
    # Given a call handler's form, sent before it says how it came
    await still.get_by_role("link", name="Log a referral").click()
    assert await fits(still)
    await still.get_by_label("What it says").fill("Low mood since spring, sleeps badly.")
    await still.get_by_label("Name and role").fill("Dr Elm, GP")
    await still.get_by_role("button", name="Log it").click()
    # Then what is missing is said, and what was typed is still there
    await expect(still.locator("#trouble")).to_contain_text("Say how it came")
    await expect(still.get_by_label("What it says")).to_have_value(
        "Low mood since spring, sleeps badly."
    )
    await expect(still.get_by_label("Name and role")).to_have_value("Dr Elm, GP")
    assert await fits(still)
    # When it is said
    await still.get_by_label("By phone").check()
    await still.get_by_role("button", name="Log it").click()
    # Then its reference and what happens next are told above an empty form
    await expect(still.get_by_role("status")).to_contain_text("Logged as CAP-")
    await expect(still.get_by_role("status")).to_contain_text("clinical review, due")
    await expect(still.get_by_label("What it says")).to_have_value("")
    assert await fits(still)


async def test_a_question_about_an_enquiry_is_asked_from_the_lists(still, service):
    person = await waits(service)
    await still.get_by_role("link", name="Ask for something").click()
    await still.get_by_label("Reference of the enquiry").fill(person.reference)
    await still.get_by_role("button", name="Send the question").click()
    await expect(still.locator("#trouble")).to_contain_text("The question: fill this in")
    await expect(still.get_by_label("Reference of the enquiry")).to_have_value(person.reference)
    assert await fits(still)
    await still.get_by_label("The question").fill("A choir in Oakham, at night?")
    await still.get_by_role("button", name="Send the question").click()
    await expect(still.get_by_role("status")).to_contain_text("Your question was sent.")
    assert await fits(still)
    await still.get_by_role("link", name="Your questions and their answers").click()
    await expect(still.locator("main")).to_contain_text("A choir in Oakham, at night?")


@pytest.mark.parametrize(
    ("path", "button"),
    [("/staff/referrals", "Log it"), ("/staff/tasks/ask", "Send the question")],
)
async def test_nobody_stumbles_over_the_forms_or_what_they_say_is_wrong(
    page, service, path, button
):
    await sign_in(page, service)
    await page.goto(f"{service.url}{path}")
    assert await serious_findings(page) == []
    await page.get_by_role("button", name=button).click()
    await expect(page.locator("#trouble")).to_be_visible()
    assert await serious_findings(page) == []
    wrong = page.locator("#trouble a").first
    name = (await wrong.get_attribute("href")).removeprefix("#")
    await wrong.click()
    await expect(page.locator(f"#{name}")).to_be_focused()
