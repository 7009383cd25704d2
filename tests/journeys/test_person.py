"""The person's way in a real browser: breaks, no script, leaving at once, a crisis in a form."""

import uuid

import pytest
from playwright.async_api import Page, expect

from bot.dialogue import Answer, Line
from models.vocabulary import WordingId
from tests.journeys.axe import serious_findings
from tests.journeys.visitor import PHONE, SMALL, Visitor
from tests.service import Console, asks

pytestmark = pytest.mark.browser

DANGER = "I am going to kill myself tonight"
WEATHER = "https://www.bbc.co.uk/weather"


@pytest.fixture
async def visitor(browser, service):
    context = await browser.new_context(viewport=PHONE, locale="en-GB")
    await context.route(f"{WEATHER}*", lambda route: route.fulfill(body="Sunny"))
    someone = Visitor(await context.new_page(), service.url)
    yield someone
    assert someone.troubles == []
    await context.close()


@pytest.fixture
async def practitioner(service):
    console = await Console().arrive(service.url)
    yield console
    await console.close()


async def takes(practitioner: Console) -> dict[str, str | int]:
    """The one who waits longest; gives what every later command needs."""
    await practitioner.hears("entry:queued")
    taken = await practitioner.do("entry:next")
    return {"conversation": taken["conversation"], "claim_version": taken["claim_version"]}


async def says(practitioner: Console, claim: dict[str, str | int], text: str) -> None:
    sent = {**claim, "client_ref": str(uuid.uuid4()), "text": text}
    await practitioner.do("message:say", sent)


async def test_a_reload_in_the_middle_keeps_everything(visitor, service, practitioner):
    # Given somebody who talks with a practitioner and is half through a sentence
    await visitor.arrive()
    await visitor.say("I would like some help")
    await visitor.ask_for_a_person()
    claim = await takes(practitioner)
    await says(practitioner, claim, "Hello, I am here")
    await visitor.sees("Hello, I am here")
    await visitor.page.get_by_label("Your message").fill("I was just going to say")
    before = await visitor.said()
    # When the page is loaded again
    await visitor.page.reload()
    # Then every line is there, once and in order, and so is the draft; and it goes on live
    assert await visitor.said() == before
    await visitor.banner_says("Priya, a person on our team")
    await expect(visitor.page.get_by_label("Your message")).to_have_value("I was just going to say")
    await says(practitioner, claim, "Take your time")
    await visitor.sees("Take your time")


async def test_a_conversation_without_a_script_goes_from_start_to_end(browser, service, dialogue):
    # Given a browser that runs no scripts, and a helper that asks one thing
    dialogue.answers = [asks("call_me"), Answer(steps=(Line(WordingId("close.plain")),))]
    context = await browser.new_context(viewport=PHONE, java_script_enabled=False)
    visitor = Visitor(await context.new_page(), service.url)
    await visitor.arrive()
    # When the person writes, and answers
    await visitor.say("I need to change my appointment")
    await visitor.say("Jo Smith")
    await visitor.sees("I hope that helped")
    # And asks for a person, who comes and speaks
    practitioner = await Console().arrive(service.url)
    await visitor.ask_for_a_person()
    await visitor.banner_says("You are in the queue for a person")
    claim = await takes(practitioner)
    await says(practitioner, claim, "Hello Jo, I am here")
    await visitor.page.get_by_role("link", name="Check for new messages").click()
    # Then it is on the page after a look
    await visitor.sees("Hello Jo, I am here")
    await visitor.banner_says("a person on our team")
    # And the person can clear this device, come back by the code and find it all
    code, before = await visitor.code(), await visitor.said()
    await visitor.page.locator("details.options summary").first.click()
    await visitor.page.get_by_role("button", name="Clear it from this device").click()
    await visitor.page.wait_for_url(f"{service.url}/")
    assert await context.cookies() == []
    await visitor.page.locator("summary", has_text="Come back to an earlier chat").click()
    await visitor.page.get_by_label("Your code").fill(code.upper())
    await visitor.page.get_by_role("button", name="Open my chat").click()
    assert await visitor.said() == before
    assert visitor.troubles == []
    await practitioner.close()
    await context.close()


async def test_a_break_in_the_link_loses_and_doubles_nothing(visitor, practitioner):
    # Given somebody who talks with a practitioner
    await visitor.arrive()
    await visitor.say("I would like some help")
    await visitor.ask_for_a_person()
    claim = await takes(practitioner)
    await visitor.banner_says("a person on our team")
    # When the link breaks, and both go on
    await visitor.context.set_offline(True)
    await visitor.write("first while away")
    await visitor.write("second while away")
    await says(practitioner, claim, "Are you still there?")
    # Then the person is told, with the words kept
    await expect(visitor.page.locator("#offline")).to_be_visible()
    await expect(visitor.page.get_by_text("Not sent yet.")).to_be_visible()
    # And when it is back, everything is there once, in order, with nothing left over
    await visitor.context.set_offline(False)
    await visitor.sees("Are you still there?")
    await visitor.sees("second while away")
    await expect(visitor.page.locator("#offline")).to_be_hidden()
    await expect(visitor.page.locator("#sending .line")).to_have_count(0)
    own = ["I would like some help", "first while away", "second while away"]
    assert await visitor.own() == own
    numbers = [int(number) for number, _ in await visitor.said()]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_words_on_their_way_survive_a_reload(visitor):
    # Given a message that could not be sent
    await visitor.arrive()
    await visitor.say("I would like some help")
    await visitor.context.route("**/api/**", lambda route: route.abort())
    await visitor.context.set_offline(True)
    await visitor.write("do not lose this")
    await expect(visitor.page.get_by_text("Not sent yet.")).to_be_visible()
    # When the page is loaded again, with the link back
    await visitor.context.set_offline(False)
    await visitor.context.unroute("**/api/**")
    await visitor.page.reload()
    # Then it is sent, once
    await visitor.sees("do not lose this")
    await expect(visitor.page.locator("#sending .line")).to_have_count(0)
    assert await visitor.own() == ["I would like some help", "do not lose this"]


@pytest.mark.parametrize("way", ["button", "three escapes"])
async def test_quick_exit_leaves_nothing_in_view(visitor, way):
    # Given a conversation on the screen, and words not yet sent
    await visitor.arrive()
    await visitor.say("someone must not see this")
    await visitor.page.get_by_label("Your message").fill("nor this")
    # When the person leaves at once
    if way == "button":
        await visitor.page.get_by_role("link", name="Leave quickly").click()
    else:
        for _ in range(3):
            await visitor.page.keyboard.press("Escape")
    await visitor.page.wait_for_url(f"{WEATHER}*")
    # Then going back, or opening the chat again, shows nothing of it
    await expect(visitor.page.locator("body")).to_have_text("Sunny")
    await visitor.page.go_back()
    assert "/chat" not in visitor.page.url
    await visitor.page.goto(f"{visitor.url}/chat")
    assert await visitor.own() == []
    await expect(visitor.page.get_by_label("Your message")).to_have_value("")
    assert await visitor.context.cookies() == []


async def test_quick_exit_works_without_a_script(browser, service):
    context = await browser.new_context(viewport=PHONE, java_script_enabled=False)
    await context.route(f"{WEATHER}*", lambda route: route.fulfill(body="Sunny"))
    visitor = await Visitor(await context.new_page(), service.url).arrive()
    await visitor.say("someone must not see this")
    await visitor.page.get_by_role("link", name="Leave quickly").click()
    await visitor.page.wait_for_url(f"{WEATHER}*")
    assert await context.cookies() == []
    await context.close()


@pytest.mark.parametrize("screen", [PHONE, SMALL], ids=["phone", "small phone"])
async def test_a_crisis_in_the_middle_of_a_form_shows_the_emergency_card_at_once(
    visitor, service, dialogue, screen
):
    # Given somebody in the middle of a form, and a helper that would ask on
    await visitor.page.set_viewport_size(screen)
    dialogue.answers = [asks("call_me"), asks("phone"), asks("phone"), asks("phone")]
    await visitor.arrive()
    await visitor.say("I need to change my appointment")
    question = service.service.wording.say("ask.call_me", service.service.places).bubbles[-1]
    await visitor.sees(question)
    # When they say that they are in danger
    await visitor.say(DANGER)
    # Then the way to 999 is in view, and a person is on the way
    card = visitor.page.locator(".card--emergency")
    await expect(card).to_have_count(1)
    await expect(card.get_by_role("link", name="Call 999")).to_be_in_viewport(ratio=1)
    await visitor.banner_says("You are in the queue for a person")
    # And no question of the form comes again, whatever is said, nor after a reload
    await visitor.say("Jo Smith")
    await service.settle()
    await visitor.page.reload()
    asked = service.service.wording.say("ask.phone", service.service.places).bubbles[-1]
    await expect(visitor.line(asked)).to_have_count(0)
    await expect(visitor.line(question)).to_have_count(1)


async def open_crisis(page: Page, url: str) -> None:
    visitor = await Visitor(page, url).arrive()
    await visitor.say(DANGER)
    await expect(page.locator(".card--emergency")).to_be_visible()


@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_no_page_of_the_person_stands_in_the_way_of_anyone(browser, service, colours):
    # Only here may the test's own script in past the content security policy
    context = await browser.new_context(
        viewport=PHONE, bypass_csp=True, color_scheme=colours, reduced_motion="reduce"
    )
    page = await context.new_page()
    found = []
    for path in ("/", "/chat", "/privacy", "/accessibility", "/no-such-page"):
        await page.goto(f"{service.url}{path}")
        found += [f"{path} {finding}" for finding in await serious_findings(page)]
    await open_crisis(page, service.url)
    await page.locator("details.options summary").first.click()
    found += [f"crisis {finding}" for finding in await serious_findings(page)]
    assert found == []
    await context.close()


@pytest.mark.parametrize(
    "screen",
    [SMALL, {"width": 640, "height": 450}, {"width": 320, "height": 256}],
    ids=["small phone", "200% zoom", "400% zoom"],
)
async def test_a_small_or_much_enlarged_page_fits_its_width_and_keeps_its_ways(
    browser, service, screen
):
    context = await browser.new_context(viewport=screen)
    page = await context.new_page()
    visitor = Visitor(page, service.url)
    await page.goto(service.url)
    assert await visitor.fits_its_width()
    await open_crisis(page, service.url)
    assert await visitor.fits_its_width()
    for way in (
        page.locator(".card--emergency").get_by_role("link", name="Call 999"),
        page.get_by_label("Your message"),
        page.get_by_role("link", name="Leave quickly"),
    ):
        await way.scroll_into_view_if_needed()
        await expect(way).to_be_in_viewport(ratio=0.9)
    await context.close()
