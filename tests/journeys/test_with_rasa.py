"""The main job on real words: real browser, real sockets, real screen, real Rasa."""

import pytest
from playwright.async_api import expect

from tests.journeys.visitor import PHONE, Visitor
from tests.service import Console

pytestmark = [pytest.mark.browser, pytest.mark.rasa]

INDIRECT = "doesn't matter, I won't need it after tonight"


@pytest.fixture
async def visitor(browser, service_with_rasa):
    context = await browser.new_context(viewport=PHONE, locale="en-GB")
    someone = await Visitor(await context.new_page(), service_with_rasa.url).arrive()
    yield someone
    assert someone.troubles == []
    await context.close()


async def answers(visitor: Visitor, question: str, answer: str) -> None:
    """Waits for the question, then answers it."""
    await expect(visitor.page.locator("#lines")).to_contain_text(question, timeout=20_000)
    await visitor.say(answer)


async def test_a_carer_asks_about_an_appointment(visitor, service_with_rasa):
    # Given a carer who needs the appointment of somebody else changed
    await visitor.say("I need to change my mum's appointment")
    # When they answer what is asked, one thing at a time
    await answers(visitor, "full name on the appointment letter", "Meena Shah")
    await answers(visitor, "date of birth", "3 May 1951")
    await answers(visitor, "When is the appointment", "next Tuesday at 2pm")
    await answers(visitor, "Which days or times are good", "mornings")
    await answers(visitor, "What number", "07700 900123")
    # Then the request is taken, with a time by which somebody answers
    await expect(visitor.page.locator("#lines")).to_contain_text(
        "The booking team will contact you by", timeout=20_000
    )
    administrator = await Console().arrive(service_with_rasa.url, username="sue", on_shift=False)
    reference = await visitor.page.locator("#reference").text_content()
    enquiry = await administrator.enquiry(str(reference))
    assert enquiry["status"] == "tracking"
    assert enquiry["outcomes"] == ["APPT_CHANGE_PASSED"]
    assert enquiry["due_at"] is not None
    assert enquiry["captured"]["call_me"] == "Meena Shah"
    assert enquiry["captured"]["phone"] == "07700900123"
    await administrator.close()


async def test_danger_while_giving_a_number_ends_the_form_and_calls_a_practitioner(
    visitor, service_with_rasa
):
    # Given a practitioner on shift, and somebody in the middle of a form
    practitioner = await Console().arrive(service_with_rasa.url)
    await visitor.say("I need to change my appointment")
    await answers(visitor, "full name on the appointment letter", "Jo Smith")
    await answers(visitor, "date of birth", "3 May 1981")
    await answers(visitor, "When is the appointment", "next Tuesday")
    # When words of danger come in place of an answer
    await answers(visitor, "Which days or times are good", INDIRECT)
    # Then the card is there at once, and the practitioner sees those very words on top
    await expect(visitor.page.locator(".card--emergency")).to_have_count(1)
    entry = await practitioner.hears("entry:queued")
    assert entry["priority"] in {"very_urgent", "emergency"}
    assert any(reason["text"] in INDIRECT for reason in entry["reasons"])
    # And whatever is said then, no question of the form comes again
    await visitor.say("mornings")
    await service_with_rasa.settle()
    lines = await visitor.page.locator("#lines").inner_text()
    assert "What number do you want us to call you on?" not in lines
    await practitioner.close()


async def test_help_with_debt_near_a_place_names_places(visitor):
    await visitor.say("where can I get help with debt in Hinckley")
    await expect(visitor.page.locator(".card--service").first).to_be_visible(timeout=20_000)


async def test_a_plain_question_is_answered(visitor):
    await visitor.say("what are your opening hours")
    await visitor.sees("Did that help?")


async def test_a_person_is_asked_for_once_only(visitor):
    await visitor.say("can I talk to someone")
    await visitor.banner_says("You are in the queue for a person")
