"""The ten most frequent tasks by keyboard alone, on the screen of a desk and at 400 % zoom."""

import pytest
from playwright.async_api import Locator, Page, ViewportSize, expect

from tests.journeys.axe import serious_findings
from tests.journeys.desk import WAITING, WIDE, Desk, said_by_a_practitioner, waits
from tests.service import Console

pytestmark = pytest.mark.browser
ZOOMED = ViewportSize(width=320, height=256)  # 1280 by 1024 at 400 %
MOST_TABS = 250
WIDER = "document.documentElement.scrollWidth > innerWidth"
HAS_FOCUS = "one => one === document.activeElement"


async def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus, and see that the focus shows."""
    for _ in range(MOST_TABS):
        if await wanted.evaluate(HAS_FOCUS):
            await expect(wanted).to_be_in_viewport()
            return
        await page.keyboard.press("Tab")
    raise AssertionError("the keyboard does not reach it")


async def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    await tab_to(page, wanted)
    await page.keyboard.press(key)


async def write(page: Page, wanted: Locator, text: str) -> None:
    await tab_to(page, wanted)
    await page.keyboard.insert_text(text)


async def panel(desk: Desk, name: str) -> Locator:
    await press(desk.page, desk.talk.locator(f'.talk__acts [data-act="{name}"]'))
    return desk.talk.locator(f'[data-panel="{name}"]')


async def well(desk: Desk) -> None:
    """Nothing to stumble over, and nothing to scroll sideways for."""
    assert await serious_findings(desk.page) == []
    assert await desk.page.evaluate(WIDER) is False


@pytest.mark.parametrize("size", [WIDE, ZOOMED], ids=["desk", "zoomed"])
async def test_ten_tasks_without_a_mouse(page, service, size):  # noqa: PLR0915 - one way, told whole
    await page.set_viewport_size(size)
    desk = await Desk(page, service.url).sign_in(on_shift=False)
    tom = await Console().arrive(service.url, username="tom")
    person = await waits(service)
    keys = page.keyboard
    # 1: the shift is started
    await press(page, page.locator("#shift"), "Space")
    await expect(page.locator("#off-shift")).to_be_hidden()
    # 2: the most pressing is taken
    await page.locator(WAITING).wait_for()
    await keys.press("Alt+N")
    await expect(desk.talk.locator("h2")).to_be_focused()
    await well(desk)
    # 3: the words that raised it are read where they were said
    await press(page, desk.part("briefing").get_by_role("button", name="Show where").first)
    await expect(desk.part("said").locator("li:focus mark")).to_have_count(1)
    # 4: a message is written and sent
    await keys.press("Alt+W")
    await keys.insert_text("Hello, I am Priya")
    await keys.press("Control+Enter")
    await person.hears("message:posted", where=said_by_a_practitioner)
    # 5: a draft is put into the message and not sent
    drafts = await panel(desk, "help")
    await well(desk)
    await press(page, drafts.get_by_role("button", name="Are you safe?"))
    await expect(desk.pen).to_have_value("Are you safe where you are right now?")
    await keys.press("Control+A")
    await keys.press("Delete")
    # 6: a note is kept
    notes = await panel(desk, "notes")
    await write(page, notes.locator("textarea"), "Sister is with her")
    await press(page, notes.locator("[type=submit]"))
    await expect(desk.part("notes")).to_contain_text("Sister is with her")
    # 7: a safeguarding concern is recorded
    records = await panel(desk, "records")
    await press(page, records.locator("summary").first)
    await tab_to(page, records.locator("[name=category]"))
    await keys.type("Adult: dom")
    for name in ("who", "concern", "action"):
        await write(page, records.locator(f"[name={name}]"), "as told")
    await well(desk)
    await press(page, records.locator("[data-form=safeguarding] [type=submit]"))
    await expect(desk.part("records")).to_contain_text("domestic")
    # 8: it goes on by phone, one try is written down, and back
    phone = await panel(desk, "phone")
    await write(page, phone.locator("[name=phone]"), "0116 496 0123")
    await press(page, phone.locator("[name=safe_to_say_nhs]"), "Space")
    await press(page, phone.locator("[type=submit]"))
    await expect(desk.part("read-back")).to_have_text("01164 960 123")
    await press(page, phone.locator("[data-attempt=no_answer]"))
    await expect(desk.part("attempts")).to_contain_text("No answer")
    await well(desk)
    await press(page, phone.locator("[data-act=to_chat]"))
    await expect(desk.pen).to_be_focused()
    # 9: it is offered to a colleague, who refuses
    passing = await panel(desk, "pass")
    await tab_to(page, passing.locator("[name=to]"))
    await keys.type("Tom")
    await write(page, passing.locator("[name=reason]"), "needs CAMHS")
    await write(page, passing.locator("[name=summary]"), "Safe now")
    await well(desk)
    await press(page, passing.locator("[type=submit]"))
    offered = await tom.hears("transfer:offered")
    answer = {"transfer": offered["transfer"], "accept": False, "reason": "in a call"}
    await tom.do("transfer:answer", answer)
    # 10: it is closed with an outcome
    finish = await panel(desk, "finish")
    await press(page, finish.locator('[value="SUPPORT_DEESCALATE"]'), "Space")
    await write(page, finish.locator("[name=plan_for_person]"), "You rest tonight")
    await tab_to(page, finish.locator("[data-owner]").first)
    await keys.press("ArrowDown")
    await write(page, finish.locator("[name=next_step]"), "call you")
    await press(page, finish.locator('[data-soon="tomorrow"]'))
    await well(desk)
    await press(page, finish.locator("[type=submit]"))
    await expect(page.locator("#talks-none")).to_contain_text(person.reference)
    assert (await person.state())["state"] == "closed"
    assert desk.troubles == []
