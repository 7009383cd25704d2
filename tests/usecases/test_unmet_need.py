"""What nobody offers is counted, of no person, and told to those who may read it."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import insert

from bot.directory import DirectoryAnswer
from chat import unmet_needs
from chat.seed import DEMO_PASSWORD
from models.engine import alone
from models.migrate import upgrade
from models.tables import unmet_needs as unmet_needs_table
from tests.service import running_service
from web.cli import directory as directory_command
from web.settings import load

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
                sheet = await answer.text()
                assert sheet.splitlines()[1] == "2026-11,food,Charnwood,older,fewer than 5"


def test_commissioners_sheet_tells_no_count_below_five(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path}/cap.db"
    upgrade(url)
    rows = [
        {"month": "2026-11", "topic": topic, "district": "Blaby", "audience": "older", "times": n}
        for topic, n in (("food", 5), ("debt", 4))
    ]
    with alone(url) as db:
        db.execute(insert(unmet_needs_table), rows)
    settings = load(database_url=url)
    assert directory_command.run(argparse.Namespace(what="unmet"), settings) == 0
    assert capsys.readouterr().out.splitlines() == [
        "month,topic,district,audience,times",
        "2026-11,food,Blaby,older,5",
        "2026-11,debt,Blaby,older,fewer than 5",
    ]
