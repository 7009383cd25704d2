"""A practitioner judges the screen's reading in a real browser, by one press."""

import pytest
from playwright.async_api import expect

from tests.journeys.axe import serious_findings
from tests.journeys.desk import waits
from tests.service import Console

pytestmark = pytest.mark.browser


async def test_a_reading_is_judged_by_one_press_and_a_colleagues_view_stands_beside(desk, service):
    await waits(service)
    await desk.take_next()
    review = desk.part("briefing").locator(".review").first
    await review.get_by_role("button", name="was right").click()
    await expect(review.get_by_role("button", name="was right")).to_have_attribute(
        "aria-pressed", "true"
    )
    await review.get_by_role("combobox").select_option("urgent")
    await expect(review.get_by_role("button", name="was wrong")).to_have_attribute(
        "aria-pressed", "true"
    )
    await expect(desk.part("priority")).to_have_text("Very urgent")
    # A colleague thinks otherwise: it stands beside, at once and after a reload
    tom = await Console().arrive(service.url, username="tom")
    (entry,) = (await tom.hears("queue:snapshot"))["entries"]
    seq = entry["reasons"][0]["seq"]
    judged = {"conversation": entry["conversation"], "seq": seq, "verdict": "right"}
    await tom.do("screening:review", judged)
    await expect(review).to_contain_text("Tom: right.")
    assert await serious_findings(desk.page) == []
    await desk.page.reload()
    await desk.talk.wait_for()
    await expect(review).to_contain_text("Tom: right.")
    await expect(review.get_by_role("combobox")).to_have_value("urgent")
