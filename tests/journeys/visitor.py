"""An enquirer's chat in a real browser, by what is on the screen. For journeys alone."""

import re

from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, expect

PHONE = {"width": 390, "height": 844}
SMALL = {"width": 320, "height": 640}
UNREACHED = ("net::ERR_", "WebSocket connection to")
"""What a browser says by itself of a link that the test has cut."""


class Visitor:
    """One page of the person's side. `troubles` holds what broke on it, refused scripts too."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.troubles: list[str] = []
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", self._said)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(one in message.text for one in UNREACHED):
            self.troubles.append(message.text)

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    async def arrive(self) -> "Visitor":
        """By the start page, as people do."""
        await self.page.goto(self.url)
        await self.page.get_by_role("button", name="Start the chat").click()
        await self.page.wait_for_url("**/chat")
        return self

    async def write(self, text: str) -> None:
        await self.page.get_by_label("Your message").fill(text)
        await self.page.get_by_role("button", name="Send", exact=True).click()

    async def say(self, text: str) -> None:
        """Write, and see it kept."""
        await self.write(text)
        await self.sees(text)

    async def choose(self, label: str) -> None:
        await self.page.locator("#replies").get_by_role("button", name=label, exact=True).click()

    async def ask_for_a_person(self) -> None:
        await self.page.locator("#person").click()

    def line(self, text: str) -> Locator:
        return self.page.locator("#lines .line").filter(has_text=text)

    async def sees(self, text: str) -> None:
        """A line that the service keeps, once."""
        await expect(self.line(text)).to_have_count(1)

    async def banner_says(self, text: str) -> None:
        await expect(self.page.locator("#who-text")).to_contain_text(text)

    async def said(self) -> list[tuple[str, str]]:
        """The whole conversation on the screen: number and words, in order."""
        found: list[list[str]] = await self.page.locator("#lines .line").evaluate_all(
            "all => all.map(one => [one.dataset.seq, one.querySelector('.line__text').textContent])"
        )
        return [(number, text) for number, text in found]

    async def own(self) -> list[str]:
        return await self.page.locator("#lines .line--enquirer .line__text").all_text_contents()

    async def code(self) -> str:
        """The code to come back with, from the options."""
        options = self.page.locator("details.options")
        await options.locator("summary").first.click()
        code = await self.page.locator("b#resume-code").inner_text()
        assert re.fullmatch(r"[a-z0-9]{4}(-[a-z0-9]{4}){3}", code)
        await options.locator("summary").first.click()
        return code

    async def fits_its_width(self) -> bool:
        """Whether nothing has to be scrolled sideways."""
        return bool(
            await self.page.evaluate(
                "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            )
        )
