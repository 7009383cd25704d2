"""What axe finds on a page that a person with a disability would stumble over."""

from pathlib import Path
from typing import Any

from playwright.async_api import Page

SCRIPT = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
SERIOUS = {"serious", "critical"}


async def serious_findings(page: Page) -> list[str]:
    """Each as its rule and the place on the page; the page must let scripts of tests in."""
    await page.evaluate(SCRIPT)
    found: dict[str, Any] = await page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{finding['id']}: {node['target']}"
        for finding in found["violations"]
        if finding["impact"] in SERIOUS
        for node in finding["nodes"]
    ]
