"""The summary that a person takes away: true, theirs alone, and complete without a script."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import update

from chat.taking_away import TRACKING
from models.tables import conversations, enquiries
from models.vocabulary import ConversationState
from tests.service import Running, running_service
from web.pages.words import Words

PLAN = "We ring you on Friday morning.\nIf things get worse, call 111 and choose option 2."


async def begun(http: aiohttp.ClientSession, running: Running) -> dict[str, Any]:
    wanted = {"text": "I want to change my appointment"}
    async with http.post(f"{running.url}/api/conversations", json=wanted) as answer:
        assert answer.status == 201
        started: dict[str, Any] = await answer.json()
    return started


async def told(running: Running, conversation: str, **values: Any) -> None:
    def write(tx: Any) -> None:
        mine = enquiries.c.conversation_id == conversation
        tx.execute(update(enquiries).where(mine).values(**values))

    await running.service.store.write(write)


async def page(http: aiohttp.ClientSession, running: Running, *, as_text: bool = False) -> str:
    asked = {"as": "text"} if as_text else {}
    async with http.get(f"{running.url}/chat/summary", params=asked) as answer:
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
        return await answer.text()


async def test_a_summary_holds_reference_answers_agreement_numbers_and_code(tmp_path: Path) -> None:
    async with running_service(tmp_path) as running, visitor() as http:
        started = await begun(http, running)
        captured = {"call_me": "Dee <b>", "phone": "07700900123", "pro_notes": "not read back"}
        await told(running, started["conversation"], captured=captured, plan_for_person=PLAN)
        shown, saved = await page(http, running), await page(http, running, as_text=True)
        for part in (started["reference"], "…123", "Friday morning", started["resume_code"], "111"):
            assert part in shown
            assert part in saved
        assert "Dee &lt;b&gt;" in shown
        for part in ("07700900123", "not read back"):
            assert part not in shown + saved


async def test_what_happens_next_is_what_is_true_of_the_enquiry(tmp_path: Path) -> None:
    async with running_service(tmp_path) as running, visitor() as http:
        started = await begun(http, running)
        assert "Your chat is still open" in await page(http, running)
        row = conversations.c.id == started["conversation"]
        closed = update(conversations).where(row).values(state="closed")
        await running.service.store.write(lambda tx: tx.execute(closed))
        await told(running, started["conversation"], status="tracking")
        assert "will follow it up" in await page(http, running)
        await told(running, started["conversation"], status="closed")
        assert "This chat has ended" in await page(http, running)


async def test_without_a_conversation_there_is_nothing_to_take_away(tmp_path: Path) -> None:
    async with running_service(tmp_path) as running, visitor() as http:
        address = f"{running.url}/chat/summary"
        async with http.get(address, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/chat")
        async with visitor() as other:
            await begun(other, running)
        async with http.get(address, allow_redirects=False) as answer:
            assert answer.status == 303


async def test_a_code_read_out_opens_the_same_conversation_and_guesses_are_slowed(
    tmp_path: Path,
) -> None:
    async with running_service(tmp_path, rate_limits="on") as running, visitor() as http:
        started = await begun(http, running)
        spoken = started["resume_code"].upper().replace("-", " ").replace("0", "O")
        address = f"{running.url}/api/conversations/resume"
        async with visitor() as elsewhere:
            async with elsewhere.post(address, json={"resume_code": spoken}) as answer:
                assert (await answer.json())["reference"] == started["reference"]
            guess = {"resume_code": "2222-2222-2222-2222"}
            seen = []
            for _ in range(8):
                async with elsewhere.post(address, json=guess) as answer:
                    seen.append(answer.status)
        assert seen[0] == 404
        assert seen[-1] == 429


@pytest.mark.parametrize("state", [*(one.value for one in ConversationState), TRACKING])
def test_every_state_says_what_happens_next(state: str) -> None:
    assert Words.load().say(f"takeaway.next.{state}")


def visitor() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
