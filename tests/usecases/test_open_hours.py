"""Somebody asks the bot for a place that is open: those that are, or all with their hours."""

from datetime import UTC, datetime

import pytest

from bot import directory_store, open_referral
from bot.dialogue import Answer, Command, CommandKind
from chat.reading import Question, Reading
from models.readings import Intent
from models.tables import directory_services, enquiries
from tests.service import readers
from tests.usecases.desk import Desk, open_desk
from web.watch import Watch


class OnAWednesday(Watch):
    def now(self) -> datetime:
        return datetime(2026, 11, 25, 12, tzinfo=UTC) + self.offset


@pytest.fixture
async def midday(tmp_path):
    async with open_desk(tmp_path, watch=OnAWednesday()) as desk:
        await desk.change(directory_services.update().values(is_shown=False))
        yield desk


async def put_food_bank(desk: Desk, name: str, *, days: str) -> None:
    (read,) = open_referral.read_all(
        [
            {
                "id": open_referral.made_id("service of a test", name),
                "name": name,
                "description": "Food for people of Leicester.",
                "status": "active",
                "organization": {"id": open_referral.made_id("organization", name), "name": name},
                "schedules": [{"byday": days, "opens_at": "09:00", "closes_at": "17:00"}],
                "attributes": [
                    {
                        "taxonomy_term": {
                            "id": open_referral.made_id("term", "food"),
                            "code": "food",
                            "name": "food",
                        }
                    }
                ],
            }
        ]
    )
    document = read.document
    assert document is not None
    await desk.service.store.write(
        lambda tx: directory_store.put(tx.connection, document, now=desk.now)
    )


async def shown(desk: Desk, text: str) -> tuple[list[str | None], list[str]]:
    """What the bot said, by wording, and the names on its cards."""
    search = Command(CommandKind.SEARCH_DIRECTORY, {"need_topics": ["food"]})
    desk.dialogue.answers.append(Answer(steps=(search,)))
    conversation = await desk.arrive(text)
    said = await desk.said(conversation)
    names = [card["name"] for line in said for card in line.get("cards", ())]
    return [line.get("wording_id") for line in said], names


async def test_those_that_are_open_are_shown(midday: Desk):
    await put_food_bank(midday, "Sundays", days="SU")
    await put_food_bank(midday, "Wednesdays", days="WE")
    wordings, names = await shown(midday, "a food bank open now")
    assert names == ["Wednesdays"]
    assert "sign.card.noplace" in wordings
    assert "sign.closed.now" not in wordings


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("a food bank open now", "sign.closed.now"),
        ("a food bank open on wednesdays", "sign.closed.then"),
    ],
)
async def test_where_none_is_open_that_is_said_and_all_are_shown(
    midday: Desk, text: str, wording: str
):
    await put_food_bank(midday, "Sundays", days="SU")
    wordings, names = await shown(midday, text)
    assert wording in wordings
    assert names == ["Sundays"]
    (enquiry,) = await midday.rows(enquiries)
    assert enquiry["outcomes"] == ["SIGNPOST_EXTERNAL"]


@pytest.mark.parametrize(
    "text",
    ["open now", "is it open now", "anywhere open at the weekend", "a food bank open after 6pm"],
)
def test_a_wish_for_open_hours_is_a_search_and_not_a_symptom(text: str):
    read = _read(text)
    assert read.understanding.intent is Intent.NAVIGATION
    assert read.understanding.confident_non_clinical


@pytest.mark.parametrize("text", ["I can't open up now", "my cuts are open now"])
def test_who_cannot_open_up_or_is_hurt_searches_for_no_place(text: str):
    read = _read(text)
    assert read.understanding.intent is not Intent.NAVIGATION
    assert not read.understanding.confident_non_clinical


def _read(text: str):
    reading = Reading(readers().screen, readers().understander)
    return reading.read(Question(text, OnAWednesday().now().date()))
