"""Drafts that practitioners start from are held to the house language, as every sentence is."""

import json
import re

import pytest

from bot.wording import CONTENT
from tests.decisions.reading_age import grade, sentences, words
from web.pages.replies import replies

RULES = json.loads((CONTENT / "language_rules.json").read_text(encoding="utf-8"))
LIMITS = RULES["limits"]
every_reply = pytest.mark.parametrize("reply", replies(), ids=lambda reply: reply["id"])


@every_reply
def test_a_draft_breaks_no_rule_of_the_house_language(reply):
    broken = [
        rule["pattern"]
        for rule in RULES["banned_in_bot_text"]
        if re.search(rule["pattern"], reply["text"], re.IGNORECASE)
        and "group=queue" not in rule.get("allow_in", ())
    ]
    assert broken == []


@every_reply
def test_a_draft_is_short_plain_and_asks_one_thing(reply):
    parts = sentences(reply["text"])
    assert max(len(words(part)) for part in parts) <= LIMITS["max_words_per_sentence"]
    assert reply["text"].count("?") <= LIMITS["max_questions_per_turn"]
    assert (
        grade(reply["text"].replace("{name}", "Sam")) <= LIMITS["target_flesch_kincaid_grade_max"]
    )


def test_every_draft_has_its_own_id_and_label():
    assert len({reply["id"] for reply in replies()}) == len(replies())
    assert len({reply["label"] for reply in replies()}) == len(replies())
