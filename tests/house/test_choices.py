"""Every button does something: what is offered is answered by the use case that offers it."""

import re

import pytest

from bot.choices import Choices
from bot.wording import Wording
from models.readings import Intent
from tests.house.product import ROOT

CHOICES = Choices.load()
# Read by the crisis script, by its own table of exact replies.
REPLIES = (ROOT / "handoff" / "content" / "crisis_replies.json").read_text(encoding="utf-8")
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("bot", "chat", "web", "handoff")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".js"} and ".venv" not in path.parts and "vendor" not in path.parts
)


SAID = CODE + "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("bot/assistant/domain", "chat/content", "handoff/content")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".yml", ".toml", ".json"}
)
WORDING = Wording.load()
OFFERED = sorted(
    {
        choice.id
        for wording in WORDING.ids()
        if re.search(rf"""(?:["']|say: ){re.escape(wording)}["',}}]""", SAID)
        for choice in WORDING.message(wording).choices
    }
)
# Said to a practitioner, who is there and reads it.
TO_A_PERSON = {"i-cannot-type"}


def _has_an_act(choice_id):
    meaning = CHOICES.get(choice_id)
    if meaning is None:
        return False
    steers = meaning.intent is not Intent.ANSWER or meaning.asks_for_person
    answers = meaning.reply is not None or meaning.values or meaning.details
    known = re.search(rf'["\']({re.escape(choice_id)}|{meaning.action})["\']', CODE)
    to_a_person = choice_id in TO_A_PERSON
    return bool(to_a_person or steers or answers or known or f'"{choice_id}"' in REPLIES)


@pytest.mark.parametrize("choice_id", OFFERED)
def test_a_button_that_is_offered_does_something(choice_id):
    assert _has_an_act(choice_id)
