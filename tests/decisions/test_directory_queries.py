"""Searches in people's own words: tables written by hand before the search was run on them.

The reader of topics is trained on all but the judge.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.directory_model import MODEL_FILE
from bot.directory_query import Query, read_query
from bot.fields.plain import plain
from bot.places import Gazetteer
from web import directory_training

TABLES = Path(__file__).parent / "queries"
MONDAY = date(2026, 11, 23)
RIGHT = 0.97
JUDGED_RIGHT = 0.9
SOME = 500


@dataclass(frozen=True, slots=True)
class Row:
    """What was typed and what is meant. `also`: topics that may be named beside."""

    query: str
    topics: frozenset[str]
    also: frozenset[str]
    places: frozenset[str | None]
    audience: Mapping[str, Any]
    when: Mapping[str, Any]


def rows(table: str) -> Iterator[Row]:
    for line in (TABLES / f"{table}.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        query, topics, place, audience, when = (part.strip() for part in line.split("|"))
        named = topics.split()
        yield Row(
            query,
            frozenset(name for name in named if not name.endswith("?")),
            frozenset(name[:-1] for name in named if name.endswith("?")),
            frozenset(place.split("/")) if place else frozenset({None}),
            dict(_audience(audience)),
            {name: value.split(",") for name, value in _pairs(when)},
        )


def _pairs(written: str) -> Iterator[tuple[str, str]]:
    for part in written.split():
        name, _, value = part.partition("=")
        yield name, value


def _audience(written: str) -> Iterator[tuple[str, Any]]:
    for name, value in _pairs(written):
        if not name.endswith("?") and not value.endswith("?"):
            yield name, (int(value) if value.isdigit() else value or True)


def topics_fit(row: Row, read: Query) -> bool:
    """All that are meant, none that is not; where only one of several is meant, at least one."""
    found = set(read.topics)
    some = bool(found) or not row.also
    return some and row.topics <= found <= row.topics | row.also


def place_fits(row: Row, read: Query) -> bool:
    return (read.place.name if read.place else None) in row.places


def audience_fits(row: Row, read: Query) -> bool:
    return all(read.audience.get(name) == value for name, value in row.audience.items())


def when_fits(row: Row, read: Query) -> bool:
    return dict(read.when) == dict(row.when)


FITS = {
    "topics": topics_fit,
    "place": place_fits,
    "audience": audience_fits,
    "when": when_fits,
}


def misses(table: str, part: str) -> tuple[float, list[str]]:
    """The share that is right, and what is not."""
    gazetteer = Gazetteer.load()
    found = [(row, read_query(row.query, today=MONDAY, gazetteer=gazetteer)) for row in rows(table)]
    wrong = [
        f"{row.query} → {read.topics} {read.place and read.place.name} {read.audience} {read.when}"
        for row, read in found
        if not FITS[part](row, read)
    ]
    return 1 - len(wrong) / len(found), wrong


@pytest.mark.parametrize("part", sorted(FITS))
@pytest.mark.parametrize("table", ["first", "second", "third", "fourth"])
def test_search_reads_what_people_look_for(table: str, part: str) -> None:
    share, wrong = misses(table, part)
    assert share >= RIGHT, "\n".join(wrong)


@pytest.mark.parametrize("part", sorted(FITS))
def test_search_reads_searches_that_it_was_not_trained_on(part: str) -> None:
    share, wrong = misses("judge", part)
    assert share >= JUDGED_RIGHT, "\n".join(wrong)


def test_judge_is_kept_out_of_what_the_reader_is_trained_on() -> None:
    taught = {one.words for one in directory_training.searches()}
    assert len(taught) > SOME
    assert not taught & {plain(row.query) for row in rows("judge")}


def test_shipped_reader_was_trained_on_the_searches_that_are_committed() -> None:
    with np.load(MODEL_FILE) as stored:
        found = str(stored["searches"])
    assert found == directory_training.digest(), "run python -m web.directory_training"


@pytest.mark.parametrize("text", ["Leicester", "near me", "help please", "LE3", "", "zzzz"])
def test_a_search_that_says_no_need_has_no_topic(text: str) -> None:
    assert read_query(text, today=MONDAY, gazetteer=Gazetteer.load()).topics == ()


@pytest.mark.parametrize(
    ("text", "free", "km"),
    [
        ("free yoga within 5 miles of Syston", True, 8.045),
        ("smoke free homes", False, None),
        ("no cost counselling within 3km of Oakham", True, 3.0),
        ("what to do in my free time", False, None),
    ],
)
def test_cost_and_distance_are_read_from_the_words(text: str, free: bool, km: float | None) -> None:
    read = read_query(text, today=MONDAY, gazetteer=Gazetteer.load())
    assert (read.free, read.within_km) == (free, km)
