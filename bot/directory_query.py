"""What somebody looks for: topics, place, for whom, when. Reads the question; finds no service."""

# ruff: noqa: E501 - a pattern is read whole, on its one line

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from bot.directory_audience import audience_in
from bot.directory_topics import topics_in
from bot.fields.answer import Reading
from bot.fields.options import NEEDS_FILE
from bot.fields.plain import plain
from bot.fields.times import read_preferred_time
from bot.opening import Opening, opening_of, sentence_about_hours
from bot.places import Gazetteer, Place
from models.vocabulary import FieldStatus

KM_A_MILE = 1.609
_FREE = re.compile(
    r"\b(?<!smoke )(?<!drug )(?<!debt )(?<!sugar )(?<!im )(?<!am )free\b(?! (?:time|on|at|after|school|from|of|range))|\bno (?:cost|charge)\b|\bcosts? nothing\b"
)
_WITHIN = re.compile(
    r"\b(?:within|up to|less than|no more than) (\d{1,2}) ?(miles?|kms?|kilomet\w+)\b"
)


@dataclass(frozen=True, slots=True)
class Query:
    """A search as understood. `exact`: taxonomy terms meant more exactly than the topics; `words`:
    all of it, plain; `free`: free ones before others; `within_km`: no farther than said;
    `opening`: the hours that were asked for, where any were.
    """

    topics: tuple[str, ...] = ()
    place: Place | None = None
    audience: Mapping[str, Any] = field(default_factory=dict)
    when: Mapping[str, Any] = field(default_factory=dict)
    exact: frozenset[str] = frozenset()
    words: str = ""
    free: bool = False
    within_km: float | None = None
    opening: Opening | None = None


def read_query(text: str, *, today: date, gazetteer: Gazetteer) -> Query:
    """Read a search in the words people use: "somewhere to go at night when im low in loughborough"."""
    words = plain(text)
    audience = audience_in(words, typed=text)
    return Query(
        topics=topics_in(text, age=audience.get("age"), has_audience=bool(audience)),
        place=gazetteer.find(text),
        audience=audience,
        when=_when(text, today=today),
        exact=frozenset(term for term, pattern in exact_terms().items() if pattern.search(words)),
        words=words,
        free=bool(_FREE.search(words)),
        within_km=_within(words),
        opening=_opening(text, today=today),
    )


def _within(words: str) -> float | None:
    found = _WITHIN.search(words)
    if found is None:
        return None
    return int(found.group(1)) * (KM_A_MILE if found.group(2).startswith("mile") else 1.0)


@cache
def exact_terms() -> Mapping[str, re.Pattern[str]]:
    stored = tomllib.loads((NEEDS_FILE.parent / "topic_terms.toml").read_text(encoding="utf-8"))
    return {term: re.compile(rf"\b(?:{pattern})\b") for term, pattern in stored["exact"].items()}


def _opening(text: str, *, today: date) -> Opening | None:
    sentence = sentence_about_hours(text)
    return opening_of(sentence, _times_said(sentence, today=today)) if sentence else None


def _times_said(text: str, *, today: date) -> Mapping[str, Any]:
    read: Reading = read_preferred_time(_about_time(text), today=today)
    return read.value if read.status is FieldStatus.OK else {}


def _when(text: str, *, today: date) -> dict[str, Any]:
    said = _times_said(text, today=today)
    found: dict[str, Any] = {}
    if "days" in said:
        found["days"] = said["days"]
    times = list(said.get("parts", ()))
    start = said.get("from")
    if start and not times:
        times = [_part_of(int(start[:2]))]
    if re.search(r"\b(?:open |stays? open )late\b|\b24 ?(?:hours?|hrs?|7)\b", plain(text)):
        times = list(dict.fromkeys([*times, "night"]))
    if times:
        found["times"] = times
    return found


def _about_time(text: str) -> str:
    """Without ages, numbers and names of events that only look like times."""
    kept = re.sub(
        r"\b(?:over|under|aged?|for) \d+s?\b|\b\d+ ?(?:year|yr|yo|month|week)s?(?: old)?\b",
        " ",
        text,
        flags=re.IGNORECASE,
    )
    kept = re.sub(
        r"\bcoffee mornings?\b|\b(?:lunch|breakfast|supper|night) (?:clubs?|shelters?)\b|\bmens? sheds?\b|\bgood (?:morning|afternoon|evening)\b|^\W*(?:morning|evening|afternoon|night)[!,.]|\b(?:go|going|get|getting|hang|hanging|help|helping)s? out\b|\b(?:at|turned|is|im|hes|shes) (?:1[3-9]|[2-9]\d)\b(?![:.]| ?[ap]\.?m)|\bone night stand\b|\blast (?:ni(?:ght|te)|week|month|year|mon\w*|tue\w*|wed\w*|thu\w*|fri\w*|sat\w*|sun\w*)\b|\bsince (?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:bottles?|cans?|pints?|times) (?:\w+ ){0,2}(?:a|every|per|each) ni(?:ght|te)\b|\bam i\b|\bpart time\b|\bpayday (?:is )?\w+day\b|\bfrom \d{4}\b",
        " ",
        kept,
        flags=re.IGNORECASE,
    )
    kept = re.sub(r"\b2ni(?:te|ght)\b", "tonight", kept, flags=re.IGNORECASE)
    kept = re.sub(r"\b(to)?nite(s?)\b", r"\1night\2", kept, flags=re.IGNORECASE)
    return re.sub(
        r"\b(?:sun|sat|wed|mon)\b(?=\w)|\bby (?:mon|the)\b", " ", kept, flags=re.IGNORECASE
    )


def _part_of(hour: int) -> str:
    bounds = ((5, "night"), (12, "morning"), (17, "afternoon"), (21, "evening"))
    return next((name for bound, name in bounds if hour < bound), "night")
