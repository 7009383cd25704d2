"""The same places are not shown twice running: that these are all is said instead."""

from bot.dialogue import Answer, Command, CommandKind
from models.vocabulary import FieldId
from tests.usecases.desk import Desk

SEARCH = Command(CommandKind.SEARCH_DIRECTORY, {"need_topics": ["housing"]})
HELPED = {FieldId("help_level"): "information", FieldId("place"): "Loughborough"}


async def test_the_same_places_again_are_said_to_be_all(desk: Desk):
    desk.dialogue.answers = [Answer((SEARCH,), captured=HELPED) for _ in range(2)]
    conversation = await desk.arrive("housing advice in Loughborough")
    first = (await desk.said(conversation))[-1]
    assert (first["wording_id"], len(first["cards"]) > 1) == ("sign.card.intro", True)
    await desk.send(conversation, "none of that")
    said = await desk.said(conversation)
    assert (said[-1]["wording_id"], said[-1].get("cards")) == ("sign.more.none", None)
