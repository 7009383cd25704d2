"""The public directory pages without a script: a search finds, each service has a page."""

from pathlib import Path

import aiohttp

from tests.service import running_service


async def test_a_search_finds_services_and_each_has_its_page(tmp_path: Path) -> None:
    async with running_service(tmp_path) as running, aiohttp.ClientSession() as http:
        asked = {"q": "somewhere to go at night in loughborough <b>"}
        async with http.get(f"{running.url}/directory", params=asked) as answer:
            page = await answer.text()
        assert "Mental health cafe, Loughborough" in page
        assert "loughborough &lt;b&gt;" in page
        address = page.split('href="/directory/')[1].split('"')[0]
        async with http.get(f"{running.url}/directory/{address}") as answer:
            assert answer.status == 200
            assert "Mental health cafe, Loughborough" in await answer.text()
        async with http.get(f"{running.url}/directory/unknown") as answer:
            assert answer.status == 404
