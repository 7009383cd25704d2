"""Answers that are one or several of a few words: the options of a field, ways of contact, topics of need."""

# ruff: noqa: E501 - a pattern is read whole, on its one line

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from bot.fields.answer import (
    DECLINED,
    INVALID,
    NOT_AN_ANSWER,
    UNCLEAR,
    Reading,
    no_value,
    ok,
    phrase_lists,
)
from bot.fields.contact import read_phone
from bot.fields.plain import digits_spoken, plain
from bot.places import Gazetteer
from bot.wording import CONTENT
from models.vocabulary import FieldStatus, Need

OPTIONS_FILE = CONTENT / "field_options.toml"
NEEDS_FILE = CONTENT / "need_phrases.toml"
MOSTLY = 0.7  # of an answer's letters
_NEGATED = re.compile(
    r"\b(?:not|no|dont|never|anything but|anything except|rather not|hate|except|cant|cannot|wont|avoid|"
    r"instead of|rather than|better than|and not)(?P<between>(?: \w+){0,4}) $"
)


@cache
def _options() -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    stored = tomllib.loads(OPTIONS_FILE.read_text(encoding="utf-8"))
    return {
        field: {name: _any_of(words) for name, words in row.items()}
        for field, row in stored.items()
    }


@cache
def _needs() -> Mapping[Need, re.Pattern[str]]:
    stored: Mapping[str, Any] = tomllib.loads(NEEDS_FILE.read_text(encoding="utf-8"))
    return {Need(name): _any_of(row["patterns"]) for name, row in stored["needs"].items()}


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile(
        r"(?<!\w)(?:" + "|".join(sorted(patterns, key=len, reverse=True)) + r")(?!\w)"
    )


def _heard(field: str, text: str) -> list[str]:
    """The options said and not ruled out; an option inside a longer other one does not count."""
    words = plain(text)
    every = sorted(
        (found.start(), found.end(), name)
        for name, pattern in _options()[field].items()
        for found in pattern.finditer(words)
    )
    spans = _not_ruled_out(words, every)
    kept = [
        one
        for one in spans
        if not any(
            o[0] <= one[0] and one[1] <= o[1] and o[1] - o[0] > one[1] - one[0] for o in spans
        )
    ]
    return list(dict.fromkeys(name for *_, name in sorted(kept)))


Span = tuple[int, int, str]


def _not_ruled_out(words: str, every: list[Span]) -> list[Span]:
    """ "Don't ring me, text": what a negation reaches first is ruled out, and what "or" joins to it."""
    ruled_out: list[Span] = []
    for one in every:
        negated = _NEGATED.search(words[: one[0]])
        if not negated:
            continue
        earlier = [o for o in every if negated.start() < o[0] and o[1] <= one[0] and o[2] != one[2]]
        joined = re.search(r"\b(?:or|nor)(?: \w+)? $", words[: one[0]])
        if not earlier or joined:
            ruled_out.append(one)
    return [one for one in every if one not in ruled_out]


def read_one_of(field: str, text: str) -> Reading:
    """The one option said; none or several are no value."""
    heard = _heard(field, text)
    if len(heard) == 1:
        return ok(heard[0])
    if heard:
        return UNCLEAR
    return no_value(text, no_declines="no" not in _options()[field])


def covers_an_option(field: str, text: str) -> bool:
    """Is the answer one option and next to nothing beside?"""
    words = plain(text)
    if field not in _options():
        return False
    longest = max(
        (
            found.end() - found.start()
            for pattern in _options()[field].values()
            for found in pattern.finditer(words)
        ),
        default=0,
    )
    return longest >= MOSTLY * len(words)


def read_many_of(field: str, text: str) -> Reading:
    """Every option said, in the order said; "none" alone when nothing fits."""
    heard = _heard(field, text)
    others = [name for name in heard if name != "none"]
    if others:
        return ok(others)
    if heard:
        return ok(["none"])
    return no_value(text)


_BY_PHONE = re.compile(r"\b(?:phone|ring|rang|call|telephone|mobile|landline)")


def read_preferred_contact(text: str) -> Reading:
    """phone, text, email, letter or chat: the one that they would rather have."""
    heard = _heard("preferred_contact", text)
    lists = phrase_lists()
    if lists["no_contact"].found(plain(text)) and not heard:
        return DECLINED
    if lists["human_request"].found(plain(text)) and not _BY_PHONE.search(plain(text)):
        return NOT_AN_ANSWER
    if not heard:
        return no_value(
            text,
            cues="contact|reach|whatsapp|either|any|both|mind|visit|face|person|teams|video|zoom",
        )
    if len(heard) > 1 and re.search(r"\b(?:either|both|any|dont mind|or)\b", plain(text)):
        return UNCLEAR if re.search(r"\b(?:either|dont mind|any)\b", plain(text)) else ok(heard[0])
    return ok(heard[0])


def read_phone_or_bleep(text: str) -> Reading:
    """A phone number, or a bleep of two to six figures."""
    phone = read_phone(text)
    if phone.status is FieldStatus.OK:
        return phone
    bleep = re.search(
        r"\b(?:bleep|blp|pager|ext(?:ension)?|page)\D{0,8}(\d{2,6})\b", digits_spoken(text)
    )
    alone = re.fullmatch(r"\W*(\d{2,6})\W*", digits_spoken(text))
    found = bleep or alone
    return ok(found.group(1)) if found else phone


def needs_in(text: str) -> tuple[Need, ...]:
    """The topics of need that a text names, in the order of the vocabulary."""
    words = plain(text)
    return tuple(need for need in Need if need in _needs() and _needs()[need].search(words))


def read_topics(text: str) -> Reading:
    found = needs_in(text)
    if found:
        return ok([need.value for need in found])
    if re.fullmatch(r"(?:something|anything) else", plain(text)):
        return ok(["other"])
    return no_value(text, cues="help|support|advice|group")


def read_place(text: str) -> Reading:
    """A name of the gazetteer or an outward code; only the outward part of a postcode is kept."""
    place = Gazetteer.load().answer(text)
    if place:
        return ok(place.name)
    if re.search(r"\b[A-Za-z]{1,2}\d[\dA-Za-z]?\s*\d[A-Za-z]{2}\b", text):
        return INVALID
    return no_value(
        text,
        cues="near|town|city|village|area|county|street|road|leicestershire|rutland|live|in|by",
    )
