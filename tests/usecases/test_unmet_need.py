"""What nobody offers is counted, of no person, and told to those who may read it."""

from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from bot.directory import DirectoryAnswer
from chat import unmet_needs
from chat.seed import DEMO_PASSWORD
from tests.service import running_service

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
NOTHING = DirectoryAnswer(("food",), "Loughborough", {"age": 67, "age_band": "older"}, {}, ())
COUNTED = {
    "month": "2026-11",
    "topic": "food",
    "district": "Charnwood",
    "audience": "older",
    "times": 2,
}


async def test_unmet_needs_are_counted_and_told_by_role(tmp_path: Path) -> None:
    async with running_service(tmp_path) as running:
        for _ in range(2):
            await running.service.store.write(lambda tx: unmet_needs.count(tx, NOTHING, now=NOW))
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            address = f"{running.url}/api/staff/reports/unmet_need"
            async with http.get(address) as answer:
                assert answer.status == 401
            for username, status in (("helen", 403), ("kwame", 200)):
                sign_in = {"username": username, "password": DEMO_PASSWORD}
                async with http.post(f"{running.url}/api/staff/sign-in", json=sign_in) as answer:
                    assert answer.status == 200
                async with http.get(address) as answer:
                    assert answer.status == status
                    told = await answer.json()
            assert told["rows"] == [COUNTED]
            async with http.get(f"{address}?format=csv") as answer:
                assert (await answer.text()).splitlines()[1] == "2026-11,food,Charnwood,older,2"
