"""Danger in other languages: every stem finds its example, spares its near line, and no English."""

import json
from pathlib import Path

import pytest

from handoff.first_reader import FirstReader
from handoff.other_languages import OtherLanguages
from handoff.sanitise import sanitise

LINES = Path(__file__).resolve().parents[2] / "handoff" / "lines"
STEMS = [(danger, stem) for danger in OtherLanguages.load().dangers for stem in danger.stems]
every_stem = pytest.mark.parametrize(
    ("danger", "stem"), STEMS, ids=[f"{d.id}-{n}" for n, (d, _) in enumerate(STEMS)]
)


@pytest.fixture(scope="module")
def reader() -> FirstReader:
    return FirstReader.load()


def lines(name: str) -> list[dict]:
    return [json.loads(line) for line in (LINES / name).read_text(encoding="utf-8").splitlines()]


@every_stem
def test_a_stem_finds_its_example(reader, danger, stem):
    found = reader.read(sanitise(stem.example))
    assert found.priority.at_least(danger.priority)
    assert stem.expression.search(sanitise(stem.example).text)


@every_stem
def test_a_stem_spares_its_near_line(danger, stem):
    assert not stem.expression.search(sanitise(stem.counter_example).text)


@every_stem
def test_no_example_quotes_a_line_of_the_must_flag_set(danger, stem):
    quoted = {line["text"].casefold() for line in lines("must_flag.jsonl")}
    assert stem.example.casefold() not in quoted


@pytest.mark.parametrize("name", ["dev.jsonl", "train_a.jsonl", "train_d.jsonl", "train_f.jsonl"])
def test_no_calm_english_line_is_taken_for_another_language(name):
    stems = OtherLanguages.load()
    taken = [
        line["text"]
        for line in lines(name)
        if line["lang"] == "en"
        and line["priority"] in {"none", "routine"}
        and stems.found(sanitise(line["text"]))
    ]
    assert taken == []
