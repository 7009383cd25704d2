"""The practitioner's way in a real browser: be called, take the most pressing, talk, close."""

import pytest
from playwright.async_api import expect

from tests.journeys.axe import serious_findings
from tests.journeys.desk import (
    DANGER,
    MINE,
    PHONE,
    WAITING,
    WIDE,
    said_by_a_practitioner,
    waits,
)
from tests.service import Console

pytestmark = pytest.mark.browser


async def test_a_practitioner_takes_talks_and_closes(desk, service):
    # Given somebody in danger, and an alarm that says so without their words
    person = await waits(service)
    await expect(desk.page.locator("#alarm")).to_be_visible()
    await expect(desk.page).to_have_title("(1 waiting) Console")
    # When the practitioner takes the most pressing
    await desk.take_next()
    # Then the words that raised it come first, and are marked where they were said
    await expect(desk.part("briefing").locator("q").first).to_contain_text("kill myself")
    await expect(desk.line(DANGER).locator("mark").first).to_contain_text("kill myself")
    await expect(desk.page.locator("#alarm")).to_be_hidden()
    # When both talk
    await desk.say("Hello, I am Priya. Are you safe right now?")
    await person.hears("message:posted", where=said_by_a_practitioner)
    await expect(desk.talk.locator(".line__state")).to_have_text("Sent")
    await person.send("my sister is here")
    # Then the answer is there
    await desk.line("my sister is here").wait_for()
    # When the outcome is given
    await desk.act("finish")
    await desk.fill_outcome("SUPPORT_DEESCALATE")
    goodbye = await desk.part("goodbye").text_content()
    await desk.submit("finish")
    await expect(desk.page.locator("#talks-none")).to_contain_text(person.reference)
    # Then the person has read the very goodbye that was shown, and the enquiry is closed
    assert (await person.state())["state"] == "closed"
    assert goodbye in [message["text"] for message in await person.messages()]
    enquiry = await (await Console().arrive(service.url, username="tom")).enquiry(person.reference)
    assert enquiry["outcomes"] == ["SUPPORT_DEESCALATE"]


async def test_a_close_that_lacks_something_says_so_beside_the_field_and_loses_no_word(
    desk, service
):
    await waits(service)
    await desk.take_next()
    await desk.act("finish")
    await desk.talk.locator('[value="DECLINED"]').check()
    await desk.talk.locator("[name=plan_for_person]").fill("You rest tonight")
    await desk.submit("finish")
    for name in ("next_owner", "next_step", "due_at", "reason"):
        error = desk.talk.locator(f'[data-form=finish] [data-field="{name}"] > .error')
        await expect(error).to_be_visible()
    await expect(desk.talk.locator('[data-field="plan_for_person"] .error')).to_be_hidden()
    await expect(desk.talk.locator("[name=plan_for_person]")).to_have_value("You rest tonight")
    await expect(desk.talk.locator("[data-form=finish] [name=reason]")).to_be_focused()


async def test_the_filter_finds_an_outcome_and_keeps_what_was_chosen(desk, service):
    await waits(service)
    await desk.take_next()
    await desk.act("finish")
    await desk.talk.locator('[value="ADVICE_GIVEN"]').check()
    await desk.part("filter").fill("crisis")
    await expect(desk.talk.locator('[value="ADVICE_GIVEN"]')).to_be_hidden()
    await expect(desk.talk.locator('[value="CRISIS_ASSESSMENT"]')).to_be_visible()
    await expect(desk.part("chosen")).to_contain_text("Clinical advice given")


async def test_an_outcome_that_wants_a_stream_asks_for_one(desk, service):
    person = await waits(service)
    await desk.take_next()
    await desk.act("finish")
    await expect(desk.talk.locator("[name=stream]")).to_be_hidden()
    await desk.fill_outcome("NONURGENT_ASSESSMENT")
    await desk.submit("finish")
    await expect(desk.talk.locator('[data-field="stream"] .error')).to_be_visible()
    await desk.talk.locator("[name=stream]").select_option("AMH")
    await desk.submit("finish")
    await expect(desk.page.locator("#talks-none")).to_contain_text("followed up")
    enquiry = await (await Console().arrive(service.url, username="tom")).enquiry(person.reference)
    assert enquiry["status"] == "tracking"
    assert "AMH" in [event.get("stream") for event in enquiry["events"]]


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_axe_finds_nothing_serious_on_the_way(desk, service, size, colours):
    await desk.page.set_viewport_size(size)
    await desk.page.emulate_media(color_scheme=colours)
    await waits(service, "I need help with my son", DANGER)
    await waits(service, "can I talk to a person please")
    await expect(desk.page.locator(WAITING)).to_have_count(2)
    assert await serious_findings(desk.page) == []
    await desk.take_next()
    await desk.say("Hello")
    assert await serious_findings(desk.page) == []
    for panel in ("notes", "priority", "release", "finish"):
        await desk.act(panel)
        if panel == "finish":
            await desk.submit("finish")
            await expect(desk.talk.locator('[data-field="outcomes"] > .error')).to_be_visible()
        assert await serious_findings(desk.page) == [], panel


async def test_axe_finds_nothing_serious_where_staff_sign_in(page, service):
    await waits(service)
    await page.goto(f"{service.url}/staff/sign-in")
    assert await serious_findings(page) == []
    await page.fill("#username", "priya")
    await page.fill("#password", "not the password")
    await page.click("form.sign-in button")
    await expect(page.locator("[role=alert]")).to_be_visible()
    await expect(page.locator("#username")).to_have_value("priya")
    assert await serious_findings(page) == []


async def test_the_most_pressing_stands_first_and_another_is_taken_with_a_reason_only(
    desk, service
):
    asked = await waits(service, "can I talk to a person please")
    danger = await waits(service)
    await expect(desk.page.locator(WAITING)).to_have_count(2)
    await expect(desk.page.locator(WAITING).first).to_contain_text(danger.reference)
    await expect(desk.page.locator(WAITING).first).to_contain_text("Very urgent")
    await desk.page.click(f'[aria-label="Take {asked.reference}"]')
    await desk.page.click("#take-form [type=submit]")
    await expect(desk.page.locator("#take-error")).to_be_visible()
    await desk.page.fill("#take-reason", "I know this person")
    await desk.page.click("#take-form [type=submit]")
    await expect(desk.talk.locator("h2")).to_contain_text(asked.reference)


async def test_everything_is_done_without_a_mouse(desk, service):
    person = await waits(service)
    await desk.page.locator(WAITING).wait_for()
    await desk.page.keyboard.press("Alt+N")
    await expect(desk.talk.locator("h2")).to_be_focused()
    await desk.page.keyboard.press("Alt+W")
    await expect(desk.pen).to_be_focused()
    await desk.page.keyboard.type("Hello")
    await desk.page.keyboard.press("Control+Enter")
    await person.hears("message:posted", where=said_by_a_practitioner)
    await desk.act("notes")
    await desk.page.keyboard.press("Escape")
    await expect(desk.talk.locator('.talk__acts [data-act="notes"]')).to_be_focused()


async def test_what_people_write_is_shown_as_text_and_nothing_else(desk, service):
    text = f"<img src=x onerror='document.title=1'> https://example.test {DANGER} \U0001f600"
    await waits(service, text)
    await desk.take_next()
    shown = desk.line("onerror").locator(".line__text")
    await expect(shown).to_have_text(text)
    assert await shown.locator("img, a").count() == 0


async def test_marks_stand_on_the_right_words_after_a_character_of_two_halves(desk, service):
    await waits(service, f"\U0001f600\U0001f600 The sky is blue today. {DANGER}")
    await desk.take_next()
    marked = await desk.part("said").locator("mark").all_text_contents()
    assert [words.strip() for words in marked] == [DANGER]


async def test_the_person_is_seen_typing(desk, service):
    person = await waits(service)
    await desk.take_next()
    await person.do("typing:set", {"on": True})
    await expect(desk.part("typing")).to_be_visible()
    await person.do("typing:set", {"on": False})
    await expect(desk.part("typing")).to_be_hidden()


async def test_a_note_stays_with_staff(desk, service):
    person = await waits(service)
    await desk.take_next()
    await desk.act("notes")
    await desk.talk.locator("[data-form=notes] textarea").fill("Sister is on the way")
    await desk.submit("notes")
    await expect(desk.part("notes")).to_contain_text("Sister is on the way")
    assert "Sister" not in str(await person.messages()) + str(person.heard)


async def test_a_priority_is_lowered_with_a_reason_only(desk, service):
    await waits(service)
    await desk.take_next()
    await desk.act("priority")
    await desk.talk.locator('[name=priority][value="routine"]').check()
    await desk.submit("priority")
    await expect(desk.talk.locator("[data-form=priority] .error")).to_be_visible()
    await desk.talk.locator("[id^=priority-reason]").fill("Safe at home with her sister")
    await desk.submit("priority")
    await expect(desk.part("priority")).to_have_text("Routine")


async def test_on_a_phone_one_goes_from_the_lists_to_the_words_and_back(desk, service):
    await desk.page.set_viewport_size(PHONE)
    await waits(service)
    await desk.take_next()
    await expect(desk.page.locator("#lists")).to_be_hidden()
    await expect(desk.part("briefing").locator("q").first).to_be_in_viewport()
    await desk.talk.locator(".talk__back").click()
    await expect(desk.page.locator("#lists")).to_be_visible()
    await desk.page.locator(MINE).click()
    await expect(desk.pen).to_be_in_viewport()
    wider = "document.documentElement.scrollWidth > innerWidth"
    assert await desk.page.evaluate(wider) is False


async def test_who_does_not_answer_the_queue_is_led_to_the_work_lists(page, service):
    await waits(service)
    await page.goto(f"{service.url}/staff")
    await page.fill("#username", "adam")
    await page.fill("#password", "demo-cap-2026")
    await page.click("form.sign-in button")
    await expect(page.locator("h1")).to_have_text("Work lists")
    await page.click("#sign-out button")
    await expect(page.locator("#username")).to_be_visible()
