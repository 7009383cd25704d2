"""Searches in people's own words: tables written by hand before the search was run on them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.directory_query import Query, read_query
from bot.places import Gazetteer

TABLES = Path(__file__).parent / "queries"
MONDAY = date(2026, 11, 23)
RIGHT = 0.97


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
@pytest.mark.parametrize("table", ["first", "second", "third"])
def test_search_reads_what_people_look_for(table: str, part: str) -> None:
    share, wrong = misses(table, part)
    assert share >= RIGHT, "\n".join(wrong)
