"""A search of a large directory, and the console's paint of a long queue in a real browser."""

import asyncio
import contextlib
import shutil
import time
from datetime import UTC, datetime

from sqlalchemy import Connection

from bench.children import serving
from bench.figures import NotMeasurableError, Opening, Sample
from bench.people import DANGER, begin, many
from bench.stage import NO_BOT, Stage
from bench.timing import percentile
from bot import directory_store, open_referral
from bot.directory import Directory
from chat.seed import DEMO_PASSWORD
from models.engine import alone
from models.migrate import upgrade
from tests.contracts.made_up_services import made_up

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
QUERIES = (
    "housing advice in Hinckley",
    "somebody to talk to about debt near LE3",
    "walking group for carers in Melton",
    "food bank Loughborough on Fridays",
    "help to stop smoking in Oadby",
    "bereavement group for young people in Coalville",
    "free art classes Market Harborough",
    "drugs and alcohol support Leicester in the evening",
    "lonely and would like to meet people in Oakham",
    "benefits advice Wigston",
)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PAINT_TIME = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
# Resolves in the frame after the one in which the last entry is there: it has been painted.
ALL_PAINTED = """count => new Promise(done => {
  const look = () => document.querySelectorAll('#waiting > li').length >= count
    ? requestAnimationFrame(() => done(performance.now())) : requestAnimationFrame(look);
  look();
})"""


@contextlib.asynccontextmanager
async def directory(stage: Stage) -> Opening:
    """Milliseconds of one search, p95."""
    url = f"sqlite:///{stage.room('directory')}/directory.db"
    found = await asyncio.to_thread(_fill, url, stage.sizes.services)

    async def measure() -> Sample:
        with alone(url, keep=False) as connection:
            took = await asyncio.to_thread(_search_all, connection, found)
        slow, median = percentile(took, 0.95) * 1000, percentile(took, 0.5) * 1000
        return Sample(slow, {"p50_ms": median, "searches": len(took)})

    yield measure


def _fill(url: str, how_many: int) -> Directory:
    upgrade(url)
    with alone(url) as connection:
        for read in open_referral.read_all(list(made_up(how_many))):
            assert read.document is not None, "a made-up service cannot be read"
            directory_store.put(connection, read.document, now=NOW)
    return Directory.load()


def _search_all(connection: Connection, found: Directory) -> list[float]:
    took = []
    for query in QUERIES * 4:
        began = time.perf_counter()
        found.search(connection, query, local=NOW)
        took.append(time.perf_counter() - began)
    return took


@contextlib.asynccontextmanager
async def first_paint(stage: Stage) -> Opening:
    """Milliseconds from the request of the console until every entry of the queue is painted."""
    chromium = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if chromium is None:
        raise NotMeasurableError("there is no Chromium: run bin/browser")
    from playwright.async_api import async_playwright  # noqa: PLC0415 - only this row needs it

    async with (
        serving(stage.room("paint"), NO_BOT) as service,
        async_playwright() as driver,
        await driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"]) as browser,
    ):
        count = stage.sizes.entries
        await many(count, lambda: begin(stage.http, service.url, text=DANGER))
        page = await browser.new_page()
        await page.goto(f"{service.url}/staff")
        await page.fill("#username", "priya")
        await page.fill("#password", DEMO_PASSWORD)
        await page.click("form.sign-in button")
        await page.wait_for_selector("#next:not([disabled])")

        async def measure() -> Sample:
            await page.goto(f"{service.url}/staff", wait_until="commit")
            whole = float(await page.evaluate(ALL_PAINTED, count))
            first = float(await page.evaluate(PAINT_TIME))
            return Sample(whole, {"first_contentful_ms": first, "entries": count})

        yield measure
