"""A practitioner's console in a real browser, by what is on the screen. For journeys alone."""

from typing import Any

from playwright.async_api import Locator, Page, ViewportSize

from chat import seed
from tests.service import Person, Running

WIDE = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)
DANGER = "I am going to kill myself tonight"
WAITING, MINE = "#waiting > li", "#mine button"


class Desk:
    """One page with the console; the conversation in view is `talk`."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.troubles: list[str] = []
        page.on("pageerror", lambda error: self.troubles.append(str(error)))

    async def sign_in(self, username: str = "priya", *, on_shift: bool = True) -> "Desk":
        await self.page.goto(f"{self.url}/staff")
        await self.page.fill("#username", username)
        await self.page.fill("#password", seed.DEMO_PASSWORD)
        await self.page.click("form.sign-in button")
        await self.linked()
        if on_shift:
            await self.page.click("#shift")
            await self.page.wait_for_selector("#off-shift", state="hidden")
        return self

    async def linked(self) -> None:
        """Until commands can be given."""
        await self.page.wait_for_selector("#next:not([disabled])")

    @property
    def talk(self) -> Locator:
        return self.page.locator(".talk:not([hidden])")

    def part(self, name: str) -> Locator:
        return self.talk.locator(f'[data-part="{name}"]')

    @property
    def pen(self) -> Locator:
        return self.talk.locator(".pen textarea")

    def line(self, text: str) -> Locator:
        return self.part("said").locator("li.line").filter(has_text=text)

    async def take_next(self) -> None:
        await self.page.click("#next")
        await self.talk.wait_for()

    async def say(self, text: str) -> None:
        await self.pen.fill(text)
        await self.pen.press("Control+Enter")
        await self.line(text).and_(self.talk.locator(".line--practitioner")).wait_for()

    async def act(self, name: str) -> None:
        """Open one of the conversation's panels."""
        await self.talk.locator(f'.talk__acts [data-act="{name}"]').click()

    async def fill_outcome(self, code: str) -> None:
        """All that a clinical close wants."""
        await self.talk.locator(f'[value="{code}"]').check()
        await self.talk.locator("[name=plan_for_person]").fill("You rest and your sister stays")
        await self.talk.locator('[data-owner][value="gp"]').check()
        await self.talk.locator("[name=next_step]").fill("call you")
        await self.talk.locator('[data-soon="tomorrow"]').click()

    async def submit(self, form: str) -> None:
        await self.talk.locator(f'[data-form="{form}"] [type=submit]').click()


async def waits(service: Running, *texts: str) -> Person:
    """Somebody who has written and waits for a practitioner."""
    person = await Person().arrive(service.url)
    for text in texts or (DANGER,):
        await person.send(text)
        await service.settle()
    assert (await person.state())["state"] == "waiting"
    return person


def said_by_a_practitioner(message: dict[str, Any]) -> bool:
    return bool(message["speaker"] == "practitioner")
