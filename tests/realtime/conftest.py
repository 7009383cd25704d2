"""Every test of a service with its sockets runs on both stores."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from chat import seed
from tests.realtime.browsing import Browser
from tests.service import Running
from tests.stores import tmp_path

__all__ = ["tmp_path"]


@pytest.fixture
async def opened(service: Running) -> AsyncIterator[Any]:
    sessions: list[aiohttp.ClientSession] = []

    async def sign_in(username: str) -> Browser:
        session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        sessions.append(session)
        body = {"username": username, "password": seed.DEMO_PASSWORD}
        async with session.post(f"{service.url}/api/staff/sign-in", json=body) as answer:
            assert answer.status == 200
        return Browser(session, service.url)

    yield sign_in
    for session in sessions:
        await session.close()
