"""The read API of Open Referral UK: its paths, its page envelope, and what it hides."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.service import Running, running_service

ENVELOPE = {
    "total_items",
    "total_pages",
    "page_number",
    "size",
    "first_page",
    "last_page",
    "empty",
    "contents",
}
LISTS = ("services", "service_at_locations", "taxonomies", "taxonomy_terms")


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Running]:
    async with running_service(tmp_path) as running:
        yield running


async def test_every_list_comes_in_the_standards_envelope_to_any_origin(here: Running) -> None:
    async with aiohttp.ClientSession() as http:
        for name in LISTS:
            async with http.get(f"{here.url}/open-referral/{name}?per_page=3") as answer:
                assert answer.status == 200
                assert answer.headers["Access-Control-Allow-Origin"] == "*"
                page = await answer.json()
                assert set(page) == ENVELOPE
                assert page["contents"]


async def test_pages_hold_every_service_once_and_none_that_is_hidden(here: Running) -> None:
    seen = []
    async with aiohttp.ClientSession() as http:
        for number in (1, 2, 3, 4):
            address = f"{here.url}/open-referral/services?per_page=20&page={number}"
            async with http.get(address) as answer:
                page = await answer.json()
            seen += [row["id"] for row in page["contents"]]
            assert all(row["status"] == "active" for row in page["contents"])
            assert not any("x_cap" in row for row in page["contents"])
        assert len(seen) == len(set(seen)) == page["total_items"]
        async with http.get(f"{here.url}/open-referral/services/{seen[0]}") as answer:
            assert (await answer.json())["id"] == seen[0]
        async with http.get(f"{here.url}/open-referral/services/unknown") as answer:
            assert answer.status == 404
        async with http.get(f"{here.url}/open-referral/services?page=0") as answer:
            assert answer.status == 400
        async with http.get(f"{here.url}/healthz") as answer:
            assert "Access-Control-Allow-Origin" not in answer.headers
