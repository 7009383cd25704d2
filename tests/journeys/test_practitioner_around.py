"""Around a conversation in a real browser: colleagues, the phone, records, drafts, a lost link."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.axe import serious_findings
from tests.journeys.desk import MINE, WAITING, WIDE, Desk, said_by_a_practitioner, waits
from tests.service import Console, Running

pytestmark = pytest.mark.browser
Hire = Callable[[str], Awaitable[Desk]]


@pytest.fixture
async def hire(browser: Browser, service: Running) -> AsyncIterator[Hire]:
    """Another console in a browser of its own."""
    desks: list[Desk] = []

    async def sign_in(username: str) -> Desk:
        context = await browser.new_context(viewport=WIDE, bypass_csp=True, locale="en-GB")
        desks.append(await Desk(await context.new_page(), service.url).sign_in(username))
        return desks[-1]

    yield sign_in
    for desk in desks:
        assert desk.troubles == []
        await desk.page.context.close()


async def test_passed_on_it_stays_until_it_is_accepted(desk, service, hire):
    tom = await hire("tom")
    person = await waits(service)
    await desk.take_next()
    await desk.act("pass")
    await desk.talk.locator("[name=to]").select_option("staff:tom")
    await desk.talk.locator("[data-form=pass] [name=reason]").fill("needs CAMHS")
    await desk.submit("pass")
    await expect(
        desk.talk.locator('[data-form=pass] [data-field="summary"] .error')
    ).to_be_visible()
    await desk.talk.locator("[data-form=pass] [name=summary]").fill("Safe, sister is there")
    await desk.submit("pass")
    await expect(desk.part("pass-status")).to_contain_text("stays with you")
    offer = tom.page.locator("#offers .strip")
    await expect(offer).to_contain_text("Safe, sister is there")
    assert await serious_findings(tom.page) == []
    await offer.get_by_role("button", name="Take over").click()
    await expect(tom.talk.locator("h2")).to_contain_text(person.reference)
    await tom.say("Hello, I am Tom")
    await person.hears("message:posted", where=said_by_a_practitioner)
    await expect(desk.part("lost-text")).to_contain_text("Tom")


async def test_a_shift_is_handed_over_by_one_signed_action(desk, service, hire):
    tom = await hire("tom")
    for _ in range(2):
        await waits(service)
        await desk.take_next()
    await desk.page.click("#hand-over")
    await desk.page.select_option("#handover-to", "tom")
    await desk.page.fill("#handover-summary", "Both safe")
    await desk.page.fill("#handover-signed", "Somebody")
    await desk.page.click("#handover-form [type=submit]")
    await expect(desk.page.locator("#handover-signed-error")).to_be_visible()
    assert await serious_findings(desk.page) == []
    await desk.page.fill("#handover-signed", "Priya")
    await desk.page.click("#handover-form [type=submit]")
    await tom.page.locator("#offers").get_by_role("button", name="Take over").click()
    await expect(tom.page.locator(MINE)).to_have_count(2)
    await expect(desk.part("lost-text")).to_be_visible()


async def test_a_supervisor_reads_along_joins_and_gives_to_another(desk, service, hire):
    sue = await hire("sue")
    tom = await hire("tom")
    person = await waits(service)
    await desk.take_next()
    others = sue.page.locator("#others")
    await others.locator("summary").click()
    await others.get_by_role("button", name="Read along").click()
    await expect(sue.part("state")).to_contain_text("You read along")
    await expect(sue.pen).to_have_attribute("readonly", "")
    await expect(desk.part("colleagues")).to_contain_text("Sue reads along")
    await others.get_by_role("button", name="Join").click()
    await sue.say("I am Sue and I am here too")
    await desk.line("I am Sue and I am here too").wait_for()
    assert "Sue has joined" in str(await person.messages())
    assert await serious_findings(sue.page) == []
    await others.get_by_role("button", name="Give to").click()
    await sue.page.select_option("#give-to", "tom")
    await sue.page.fill("#give-reason", "Priya goes home")
    await sue.page.click("#give-form [type=submit]")
    await expect(tom.talk.locator("h2")).to_contain_text(person.reference)
    await tom.say("Hello, I am Tom")


async def test_the_surge_is_seen_by_everybody(desk, hire):
    sue = await hire("sue")
    await sue.page.click("#surge-set")
    await sue.page.fill("#surge-reason", "Forty waiting")
    await sue.page.click("#surge-form [type=submit]")
    await expect(desk.page.locator("#surge")).to_contain_text("Forty waiting")
    await desk.page.reload()
    await expect(desk.page.locator("#surge")).to_contain_text("Forty waiting")


async def test_on_a_break_one_is_seen_as_away_with_the_reason(desk, hire):
    tom = await hire("tom")
    await desk.page.select_option("#break", "meal")
    await tom.page.locator("#staff-here summary").click()
    await expect(tom.page.locator("#staff-list")).to_contain_text("Priya, practitioner: Meal")


async def test_by_phone_the_number_is_read_back_and_each_try_is_kept(desk, service):
    person = await waits(service)
    await desk.take_next()
    await desk.act("phone")
    await desk.talk.locator("[name=phone]").fill("12")
    await desk.submit("phone")
    await expect(desk.talk.locator('[data-field="phone"] .error')).to_be_visible()
    await desk.talk.locator("[name=phone]").fill("0116 496 0123")
    await desk.talk.locator("[name=safe_to_say_nhs]").check()
    await desk.submit("phone")
    await expect(desk.part("read-back")).to_have_text("01164 960 123")
    await expect(desk.part("phone-safe")).to_contain_text("Leave no message")
    await desk.talk.locator("[data-attempt=message_left]").click()
    await expect(desk.part("phone-trouble")).to_be_visible()
    await desk.talk.locator("[data-attempt=no_answer]").click()
    await expect(desk.part("attempts")).to_contain_text("Priya: No answer")
    assert await serious_findings(desk.page) == []
    assert (await person.state())["state"] == "on_phone"
    await desk.talk.locator("[data-act=to_chat]").click()
    await expect(desk.pen).to_be_focused()
    assert (await person.state())["state"] == "with_practitioner"


async def test_records_of_their_own_are_kept_beside_the_conversation(desk, service):
    person = await waits(service)
    await desk.take_next()
    await desk.act("records")
    await desk.talk.get_by_text("Record a safeguarding concern").click()
    form = desk.talk.locator("[data-form=safeguarding]")
    await desk.submit("safeguarding")
    await expect(form.locator(".error:visible")).to_have_count(4)
    await form.locator("[name=category]").select_option("adult_domestic")
    await form.locator("[name=who]").fill("Ann")
    await form.locator("[name=concern]").fill("Locked in by her partner")
    await form.locator("[name=action]").fill("Told the duty worker")
    await desk.submit("safeguarding")
    await expect(desk.part("records")).to_contain_text("domestic")
    await desk.talk.get_by_text("Record a 999 call").click()
    call = desk.talk.locator("[data-form=emergency]")
    await call.locator("[name=place]").fill("12 High Street")
    await call.locator("[name=incident_reference]").fill("EMAS 4711")
    await desk.submit("emergency")
    await expect(call.locator('[data-field="checklist"] > .error')).to_be_visible()
    for name in ("where", "what", "stay"):
        await call.locator(f'[value="{name}"]').check()
    assert await serious_findings(desk.page) == []
    await desk.submit("emergency")
    await expect(desk.part("records")).to_contain_text("EMAS 4711")
    await desk.page.reload()
    await desk.talk.wait_for()
    await expect(desk.part("records-count")).to_have_text("(2)")
    assert "Locked in" not in str(await person.messages()) + str(person.heard)


async def test_a_draft_and_a_place_go_into_the_message_and_are_not_sent(desk, service):
    person = await waits(service)
    await desk.take_next()
    await desk.act("help")
    await desk.talk.get_by_role("button", name="Opening").click()
    await expect(desk.pen).to_have_value(
        "Hi, I am Priya. I have read what you told us. You do not need to say it again."
    )
    await desk.talk.locator("[data-form=directory] input").fill("debt advice in Leicester")
    await desk.submit("directory")
    await desk.part("directory").get_by_role("button").first.click()
    assert "Hi, I am Priya" in await desk.pen.input_value()
    assert len((await desk.pen.input_value()).splitlines()) > 1
    assert not any(said_by_a_practitioner(message) for message in await person.messages())


async def test_after_a_lost_link_a_colleagues_reply_is_seen_before_ones_own_is_sent(desk, service):
    person = await waits(service)
    await desk.take_next()
    tom = await Console().arrive(service.url, username="tom")
    (entry,) = (await tom.hears("queue:snapshot"))["entries"]
    joined = await tom.do("conversation:join", {"conversation": entry["conversation"]})
    await desk.page.context.set_offline(True)
    await expect(desk.page.locator("#next")).to_be_disabled()
    await desk.pen.fill("Are you still there?")
    await desk.pen.press("Control+Enter")
    await tom.do(
        "message:say",
        {
            "conversation": entry["conversation"],
            "client_ref": "6a1f9f0e-8a0a-4b53-9d0a-0f3f1f1f1f1f",
            "text": "I am Tom, your sister has rung",
            "claim_version": joined["entry"]["claim_version"],
        },
    )
    await desk.page.context.set_offline(False)
    await desk.line("your sister has rung").wait_for()
    await expect(desk.part("meanwhile-text")).to_contain_text("Tom")
    await expect(desk.pen).to_have_value("Are you still there?")
    texts = [message["text"] for message in await person.messages()]
    assert "Are you still there?" not in texts
    await desk.pen.press("Control+Enter")
    await desk.line("Are you still there?").wait_for()
    assert await desk.page.locator(WAITING).count() == 0
