"""The work lists in a real browser, by keyboard: an administrator tracks, a clinician decides."""

import pytest
from playwright.async_api import expect

from chat import seed
from tests.journeys.axe import serious_findings
from tests.journeys.desk import waits
from tests.service import Console

pytestmark = pytest.mark.browser
NARROW = {"width": 320, "height": 640}


async def closed_with(service, outcome):
    """Somebody was talked with; the practitioner left this behind."""
    person = await waits(service)
    priya = await Console().arrive(service.url)
    taken = await priya.do("entry:next")
    await priya.do(
        "conversation:close",
        {
            "conversation": taken["conversation"],
            "claim_version": taken["claim_version"],
            "outcomes": [outcome],
            "agreed_with_person": True,
            "plan_for_person": "You stay with your sister",
            "next_owner": "CAP",
            "next_step": "call you",
            "due_at": "2030-01-07T12:00:00Z",
        },
    )
    await priya.close()
    return person


async def sign_in(page, service, username):
    await page.goto(f"{service.url}/staff")
    await page.fill("#username", username)
    await page.fill("#password", seed.DEMO_PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url("**/staff/tasks" if username != "omar" else "**/staff")


async def press(page, target):
    """By the keyboard alone."""
    await target.focus()
    await page.keyboard.press("Enter")


async def test_an_administrator_tracks_a_person_to_the_team_by_keyboard(page, service):
    # Given somebody passed to the team that knows them, and an administrator
    person = await closed_with(service, "EXISTING_TEAM")
    await sign_in(page, service, "adam")
    assert await serious_findings(page) == []
    # Then only the lists of their role are there
    await expect(page.get_by_role("link", name="Clinical review")).to_have_count(0)
    await expect(page.get_by_role("link", name="Live queue")).to_have_count(0)
    # When they open the task and say who accepted, but forget the name first
    await press(page, page.get_by_role("link", name=person.reference))
    await press(page, page.get_by_role("button", name="They accepted it"))
    await expect(page.locator("#trouble")).to_contain_text("Name and role of who accepted")
    await page.get_by_label("Name and role of who accepted").fill("Jo Hill, duty nurse")
    await page.keyboard.press("Enter")
    # Then the list says so
    await expect(page.locator(".todo")).to_contain_text("Accepted by Jo Hill, duty nurse")
    # When an attempt is logged and at last they have seen the person
    await press(page, page.get_by_role("link", name=person.reference))
    await page.get_by_label("Whom, and how it went").fill("Rang the team, seen on Monday")
    await press(page, page.get_by_role("button", name="Log an attempt"))
    await press(page, page.get_by_role("link", name=person.reference))
    await expect(page.locator("main")).to_contain_text("Rang the team, seen on Monday")
    await press(page, page.get_by_role("link", name="They have seen the person"))
    await page.get_by_role("heading", name="They have seen the person").wait_for()
    assert await serious_findings(page) == []
    await press(page, page.get_by_role("button", name="Record this"))
    # Then what a clinical close needs is asked for, and nothing was recorded
    await expect(page.locator("#trouble")).to_contain_text("what to do if things get worse")
    assert await serious_findings(page) == []
    await page.get_by_label("When it took place").fill("2026-11-26T10:00")
    await page.get_by_label("What was agreed with the person").fill("You see Jo each Monday")
    await page.get_by_label("Who is next").fill("CMHT")
    await page.get_by_label("The next step").fill("see you on Monday")
    await page.get_by_label("By when").fill("2026-12-07T10:00")
    await page.get_by_label("The person was told what to do").focus()
    await page.keyboard.press("Space")
    await press(page, page.get_by_role("button", name="Record this"))
    # Then the enquiry is closed and the list empty
    await expect(page.locator("main")).to_contain_text("Nothing to do on this list.")
    sue = await Console().arrive(service.url, username="sue", on_shift=False)
    enquiry = await sue.enquiry(person.reference)
    assert (enquiry["status"], enquiry["outcomes"]) == ("closed", ["EXISTING_TEAM", "ASSESSED"])


async def test_a_clinician_streams_on_a_narrow_screen_and_loses_no_word(page, service):
    person = await closed_with(service, "TO_NONURGENT_TRIAGE")
    await page.set_viewport_size(NARROW)
    await sign_in(page, service, "omar")
    await page.goto(f"{service.url}/staff/tasks?list=review")
    await page.get_by_role("link", name=person.reference).click()
    await page.get_by_text("What was said and what is known").click()
    await expect(page.locator(".task-said")).to_contain_text("kill myself")
    await page.get_by_role("button", name="Take this on").click()
    await expect(page.locator(".todo")).to_contain_text("With Omar")
    await page.get_by_role("link", name=person.reference).click()
    await page.get_by_role("link", name="Needs an assessment that is not urgent").click()
    await page.get_by_label("Stream", exact=True).select_option("MIXED")
    await page.get_by_label("To happen within").select_option("4_weeks")
    await page.get_by_label("Psychologist").check()
    await page.get_by_label("Where").select_option("home")
    await page.get_by_role("button", name="Record this").click()
    await expect(page.locator("#trouble")).to_contain_text("a mixed stream needs two")
    await expect(page.get_by_label("Psychologist")).to_be_checked()
    await expect(page.get_by_label("Stream", exact=True)).to_have_value("MIXED")
    assert await serious_findings(page) == []
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROW["width"]
    for specialty in ("AMH", "LD"):
        await page.get_by_label(specialty, exact=True).check()
    await page.get_by_role("button", name="Record this").click()
    await expect(page.locator("main")).to_contain_text("Nothing to do on this list.")


async def test_a_list_that_changes_says_so(page, service):
    await sign_in(page, service, "adam")
    await page.goto(f"{service.url}/staff/tasks?list=existing_team")
    adam = await Console().arrive(service.url, username="adam", on_shift=False)
    await closed_with(service, "EXISTING_TEAM")
    await adam.hears("task:changed")
    await expect(page.locator("#list-changed")).to_be_visible()
