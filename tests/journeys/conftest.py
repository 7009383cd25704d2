"""A real service and a real browser for journeys; each test has its own of both."""

import shutil

import pytest
from playwright.async_api import async_playwright

from tests.service import FakeDialogue, running_service


@pytest.fixture
def dialogue():
    return FakeDialogue()


@pytest.fixture
async def service(tmp_path, dialogue):
    async with running_service(tmp_path, dialogue=dialogue) as running:
        yield running


@pytest.fixture
async def browser():
    async with async_playwright() as driver:
        started = await driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield started
        await started.close()
