"""A real service and a real browser for journeys; each test has its own of both, Rasa is shared."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from bot.rasa_client import RasaDialogue
from tests.journeys.desk import WIDE, Desk
from tests.service import FakeDialogue, Running, running_service
from web.rasa_process import RasaProcess

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PATIENT = timedelta(seconds=20)  # a loaded machine may be slow


@pytest.fixture
def dialogue() -> FakeDialogue:
    return FakeDialogue()


@pytest.fixture
async def service(tmp_path: Path, dialogue: FakeDialogue) -> AsyncIterator[Running]:
    async with running_service(tmp_path, dialogue=dialogue) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def rasa() -> AsyncIterator[RasaProcess]:
    """A supervised Rasa, trained if stale and ready; it serves to the end of the session."""
    with tempfile.TemporaryDirectory() as var:
        async with RasaProcess.supervised(Path(var)) as process:
            await process.until_ready(timedelta(seconds=120))
            yield process


@pytest.fixture
async def service_with_rasa(tmp_path: Path, rasa: RasaProcess) -> AsyncIterator[Running]:
    async with (
        RasaDialogue([rasa.url], token=rasa.token, deadline=PATIENT) as dialogue,
        running_service(tmp_path, dialogue=dialogue) as running,
    ):
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium, or a failure: a journey that cannot be walked is not a journey that works."""
    installed = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if installed is None:
        pytest.fail("the journeys need Chromium: run bin/browser")
    async with async_playwright() as driver:
        started = await driver.chromium.launch(executable_path=installed, args=["--no-sandbox"])
        yield started
        await started.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A desk's screen that lets scripts of tests in."""
    context = await browser.new_context(viewport=WIDE, bypass_csp=True, locale="en-GB")
    yield await context.new_page()
    await context.close()


@pytest.fixture
async def desk(page: Page, service: Running) -> AsyncIterator[Desk]:
    """A practitioner on shift. Nothing may break on the page while the test goes on."""
    at_work = await Desk(page, service.url).sign_in()
    yield at_work
    assert at_work.troubles == []
