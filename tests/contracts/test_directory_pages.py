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


async def test_where_none_is_open_the_page_says_so_and_shows_what_there_is(tmp_path: Path) -> None:
    nobody = "We do not know of a place for that which is open"
    async with running_service(tmp_path) as running, aiohttp.ClientSession() as http:
        address = f"{running.url}/directory"
        async with http.get(address, params={"q": "food bank open at 4am"}) as answer:
            page = await answer.text()
        assert f"{nobody} at that time" in page
        assert "Highfields Food Hub" in page
        assert 'href="/chat"' in page.split(nobody)[1]
        async with http.get(address, params={"q": "samaritans", "open": "1"}) as answer:
            page = await answer.text()
        assert "come first" in page
        assert nobody not in page
        assert "Samaritans" in page
