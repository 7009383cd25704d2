"""Every pattern of every rule finds its example and leaves its counter-example; what is said around
it lowers it.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff import rule_file
from handoff.first_reader import FirstReader
from handoff.rule_file import Pattern, Rule, RuleFileError
from handoff.sanitise import sanitise
from models.vocabulary import Concern, Priority

RULES = rule_file.load_rules()
CASES = [(rule, pattern) for rule in RULES for pattern in rule.patterns]
NAMES = [f"{rule.id}: {pattern.written}" for rule, pattern in CASES]
MUST_FLAG = Path(__file__).resolve().parents[2] / "handoff" / "lines" / "must_flag.jsonl"


@pytest.fixture(scope="module")
def reader() -> FirstReader:
    return FirstReader.load()


def alone(rule: Rule, pattern: Pattern) -> FirstReader:
    """A reader that knows this one pattern."""
    one = Rule(rule.id, rule.priority, rule.reason, (pattern,), rule.concern, rule.lowered_by)
    return FirstReader(
        [one],
        rule_file.load_sets(),
        words=rule_file.load_words(),
        modifiers=rule_file.load_modifiers(),
    )


@pytest.mark.parametrize(("rule", "pattern"), CASES, ids=NAMES)
def test_pattern_finds_its_example_and_not_its_counter_example(
    rule: Rule, pattern: Pattern
) -> None:
    one = alone(rule, pattern)
    found = one.read(sanitise(pattern.example))
    assert [(signal.id, signal.priority) for signal in found.signals] == [(rule.id, rule.priority)]
    assert one.read(sanitise(pattern.counter_example)).priority is not rule.priority


def test_no_rule_quotes_a_line_that_must_be_flagged() -> None:
    """The set that proves the screen would prove nothing if the rules were copied from it."""
    lines = [json.loads(line)["text"] for line in MUST_FLAG.read_text("utf-8").splitlines()]
    plain = {sanitise(line).text.lower().strip(" .!?") for line in lines}
    quoted = [p.written for _, p in CASES if p.example.lower() in plain or p.written in plain]
    assert not quoted


def test_every_reason_is_a_plain_sentence_without_numbers() -> None:
    for rule in RULES:
        assert rule.reason[0].isupper()
        assert not any(character.isdigit() for character in rule.reason), rule.id


@pytest.mark.parametrize(
    "text",
    [
        "i am not going to kill myself, i just need a new appointment",
        "I'm not suicidal",
        "no thoughts of suicide at present",
        "Denies any thoughts of suicide",
        "I tried to kill myself twenty years ago",
        "in the film she ends up suicidal",
        "what should i do if someone says they are suicidal",
        "when i was a teenager i wanted to die",
    ],
)
def test_what_is_said_around_it_lowers_it_but_never_clears_it(
    reader: FirstReader, text: str
) -> None:
    found = reader.read(sanitise(text))
    assert found.priority is Priority.ROUTINE
    assert found.signals


@pytest.mark.parametrize(
    "text",
    [
        "i can not stop thinking of suicide",
        "I'm not joking, I want to kill myself",
        "no plans tonight. suicidal",
        "that film was good. i am suicidal",
        "took an overdose, not that you care",
    ],
)
def test_a_denial_of_something_else_lowers_nothing(reader: FirstReader, text: str) -> None:
    assert reader.read(sanitise(text)).priority.is_red


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello 😭😭 i wanna k1ll mysen tonight", "k1ll mysen"),
        ("\u200bplease\u200b I w\u200bant to d\u200bie", "w\u200bant to d\u200bie"),
        ("ok. i feel s u i c i d a l now", "s u i c i d a l"),
        ("ＳＵＩＣＩＤＡＬ again", "ＳＵＩＣＩＤＡＬ"),
        ("im feeling suicidle", "feeling suicidle"),
        ("gonna k!ll myself", "k!ll myself"),
        ("i feel s*icidal", "s*icidal"),
        ("i want to dieeee", "want to dieeee"),
        ("she started self-harming", "self-harming"),
    ],
)
def test_signals_point_at_the_words_as_they_were_written(
    reader: FirstReader, text: str, words: str
) -> None:
    found = reader.read(sanitise(text))
    assert found.priority.is_red
    assert words in {text[signal.start : signal.end] for signal in found.signals}


@pytest.mark.parametrize(
    "text",
    [
        "i overdosed years ago and i have just overdosed again",
        "after that film i have swallowed the lot",
        "i am going to kill myself in 20 minutes",
    ],
)
def test_the_present_outranks_the_past_and_a_story_lowers_no_act_of_the_writer(
    reader: FirstReader, text: str
) -> None:
    assert reader.read(sanitise(text)).priority.is_red


@pytest.mark.parametrize(
    "text",
    [
        "Suicidal thoughts? No. Anything else? Parking",
        "self-harm: nil",
        "i overdosed in 1998, all well since",
        "i overdosed six weeks ago",
        "the lads were killing themselves laughing",
    ],
)
def test_a_no_on_a_form_the_long_past_and_an_idiom_lower(reader: FirstReader, text: str) -> None:
    assert reader.read(sanitise(text)).priority is Priority.ROUTINE


@pytest.mark.parametrize(
    ("text", "concern"),
    [
        ("i want to kill myself", Concern.SELF),
        ("my son wants to kill himself", Concern.OTHER),
        ("my brother punches me", Concern.ABUSE),
        ("he says god told him to kill mum", Concern.OTHER),
    ],
)
def test_concern_is_whose_danger_it_is(reader: FirstReader, text: str, concern: Concern) -> None:
    assert reader.read(sanitise(text)).concern is concern


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    found = FUZZED.read(sanitise(text))
    assert all(0 <= signal.start < signal.end <= len(text) for signal in found.signals)


FUZZED = FirstReader.load()


@pytest.mark.parametrize(
    "text", ["a" * 1_000_000, "my " * 50_000, "🙂" * 5_000, "kill " * 3_000, ""]
)
def test_a_very_long_text_is_read_whole_at_both_ends(reader: FirstReader, text: str) -> None:
    both = f"{text} i have taken an overdose"
    assert reader.read(sanitise(both)).priority is Priority.EMERGENCY
    assert reader.read(sanitise(f"i have taken an overdose {text}")).priority is Priority.EMERGENCY


@pytest.mark.parametrize("written", ["want? {unheard}", "<unheard>", "a|b?|c", "{I} want"])
def test_a_pattern_that_means_nothing_is_refused(written: str) -> None:
    with pytest.raises(RuleFileError):
        list(rule_file.compiled(written, rule_file.load_sets()))
