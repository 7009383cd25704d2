"""The house style of every sentence a person reads, held over all wording and answers."""

import json
import re

import pytest

from bot.choices import Choices
from bot.wording import CONTENT, Wording, WordingError, choice_id
from tests.decisions.reading_age import grade, sentences, words

RULES = json.loads((CONTENT / "language_rules.json").read_text(encoding="utf-8"))
STORED = json.loads((CONTENT / "bot_wording.json").read_text(encoding="utf-8"))
FAQ = json.loads((CONTENT / "faq.json").read_text(encoding="utf-8"))["items"]
LIMITS = RULES["limits"]
WORDING = Wording.load()
# Place names and the names of the services in them push short texts up.
EXCEPTIONS = frozenset(STORED["reading_age_exceptions"])
PARAMS = dict.fromkeys(STORED["placeholders"], "x")

every_wording = pytest.mark.parametrize(
    "message", [WORDING.message(name) for name in sorted(WORDING.ids())], ids=lambda m: m.id
)
every_answer = pytest.mark.parametrize("item", FAQ, ids=lambda item: item["id"])


@every_wording
def test_wording_breaks_no_rule_of_the_house_language(message):
    text = " ".join([*message.bubbles, *(choice.label for choice in message.choices)])
    assert _broken(text, group=message.group) == []


@every_answer
def test_answer_breaks_no_rule_of_the_house_language(item):
    assert _broken(item["answer"], group="faq") == []


@every_wording
def test_wording_keeps_to_the_limits(message):
    assert len(message.bubbles) <= LIMITS["max_bubbles_per_turn"]
    assert len(message.choices) <= LIMITS["max_quick_replies"]
    assert all(
        len(sentences(bubble)) <= LIMITS["max_sentences_per_bubble"] for bubble in message.bubbles
    )
    longest = max(len(words(part)) for bubble in message.bubbles for part in sentences(bubble))
    assert longest <= LIMITS["max_words_per_sentence"]


@every_wording
def test_wording_asks_at_most_one_question(message):
    asked = sum(bubble.count("?") for bubble in message.bubbles)
    assert asked <= LIMITS["max_questions_per_turn"]


@every_answer
def test_answer_keeps_to_the_limits(item):
    parts = sentences(item["answer"])
    assert len(parts) <= LIMITS["max_sentences_per_bubble"]
    assert max(len(words(part)) for part in parts) <= LIMITS["max_words_per_sentence"]


@every_wording
def test_wording_can_be_read_at_nine_to_eleven_years(message):
    is_easy = grade(_spoken(message)) <= LIMITS["target_flesch_kincaid_grade_max"]
    assert is_easy != (message.id in EXCEPTIONS), "an exception stays only while it is needed"


@every_answer
def test_answer_can_be_read_at_nine_to_eleven_years(item):
    is_easy = grade(item["answer"]) <= LIMITS["target_flesch_kincaid_grade_max"]
    assert is_easy != (item["id"] in RULES["answer_reading_age_exceptions"])


@pytest.mark.parametrize("rule", RULES["must_include"], ids=lambda rule: rule["when"])
def test_wording_about_danger_says_where_help_is(rule):
    for wording_id in rule["ids"]:
        text = " ".join(WORDING.message(wording_id).bubbles)
        assert all(word in text for word in rule.get("all_of", ()))
        assert any(word in text for word in rule.get("any_of", [""]))


def test_every_quick_reply_has_a_meaning_and_every_meaning_a_reply():
    shown = {choice.id: choice.label for name in WORDING.ids() for choice in _choices(name)}
    meanings = Choices.load()
    assert meanings.ids() == set(shown)
    for choice, label in shown.items():
        meaning = meanings.get(choice)
        assert meaning is not None
        assert meaning.label == label
        assert choice == choice_id(label)


def test_the_list_of_placeholders_is_what_the_wording_uses():
    used = {name for message in STORED["messages"] for name in _placeholders(message)}
    assert used == set(STORED["placeholders"])


@every_wording
def test_wording_can_be_said_with_its_placeholders_and_not_without(message):
    spoken = WORDING.say(message.id, PARAMS)
    assert not any("{" in bubble for bubble in spoken.bubbles)
    if message.placeholders:
        with pytest.raises(WordingError):
            WORDING.say(message.id, {})


def test_unknown_wording_is_an_error():
    with pytest.raises(WordingError):
        WORDING.say("greet.nobody", {})


def test_braces_in_what_is_filled_in_are_left_as_they_are():
    spoken = WORDING.say("read.back", {"summary": "name {first_name}"})
    assert spoken.bubbles[0] == "This is what I have: name {first_name}."


def _spoken(message):
    return " ".join(re.sub(r"\{\w+\}", "Sam", bubble) for bubble in message.bubbles)


def _choices(wording_id):
    return WORDING.message(wording_id).choices


def _placeholders(message):
    return [name for bubble in message["bubbles"] for name in re.findall(r"\{(\w+)\}", bubble)]


def _broken(text, group):
    return [
        rule["pattern"]
        for rule in RULES["banned_in_bot_text"]
        if re.search(rule["pattern"], text, re.IGNORECASE)
        and f"group={group}" not in rule.get("allow_in", ())
    ]


def test_the_greeting_says_that_it_is_automated_before_anything_is_asked():
    spoken = Wording.load().say("greet.first", {})
    said = [bubble for bubble in spoken.bubbles if "automated" in bubble]
    assert said
    assert "not a person" in said[0]
    assert "?" not in spoken.bubbles[0]
