"""Staff at their pages without a script: who is signed in follows links and sends forms."""

from collections.abc import Mapping
from typing import Any

import aiohttp


class Browser:
    """Somebody signed in who follows links and sends forms."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http, self._url = http, url

    async def get(self, path: str) -> tuple[int, str]:
        async with self._http.get(f"{self._url}{path}", headers={"Accept": "text/html"}) as answer:
            return answer.status, await answer.text()

    async def post(
        self, path: str, form: Mapping[str, Any] | None = None, *, origin: str | None = None
    ) -> tuple[int, str, str]:
        fields = [
            (name, one)
            for name, value in (form or {}).items()
            for one in (value if isinstance(value, list) else [value])
        ]
        headers = {"Accept": "text/html", "Origin": origin or self._url}
        async with self._http.post(
            f"{self._url}{path}", data=aiohttp.FormData(fields), headers=headers
        ) as answer:
            return answer.status, str(answer.url), await answer.text()
