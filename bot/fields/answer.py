"""What a reader yields, and the phrases that stand for no value at all: declined, unknown, not for
me, a question back. Reads no value itself."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.fields.plain import plain, typed
from bot.wording import CONTENT
from models.vocabulary import FieldStatus

PHRASES_FILE = CONTENT / "field_phrases.toml"
LONG = 5  # words without a value: they are talking about something else


@dataclass(frozen=True, slots=True)
class Reading:
    """A status and, for ok and partial, a value."""

    status: FieldStatus
    value: Any = None


UNCLEAR = Reading(FieldStatus.UNCLEAR)
DECLINED = Reading(FieldStatus.DECLINED)
INVALID = Reading(FieldStatus.INVALID)
NOT_AN_ANSWER = Reading(FieldStatus.NOT_AN_ANSWER)
NOT_APPLICABLE = Reading(FieldStatus.NOT_APPLICABLE)


def ok(value: Any) -> Reading:  # noqa: ANN401 - a value has its reader's own type
    return Reading(FieldStatus.OK, value)


def partial(value: Any) -> Reading:  # noqa: ANN401
    return Reading(FieldStatus.PARTIAL, value)


@dataclass(frozen=True, slots=True)
class PhraseList:
    """Regular expressions over plain text, longest first, so that the fuller phrase wins."""

    pattern: re.Pattern[str]

    def found(self, text: str) -> re.Match[str] | None:
        return self.pattern.search(text)

    def whole(self, text: str) -> bool:
        return self.pattern.fullmatch(text) is not None


@cache
def phrase_lists() -> Mapping[str, PhraseList]:
    """Every list of the phrase file by name, compiled once."""
    stored = tomllib.loads(PHRASES_FILE.read_text(encoding="utf-8"))
    return {name: compiled(row["patterns"]) for name, row in stored.items()}


def compiled(patterns: list[str]) -> PhraseList:
    ordered = sorted(patterns, key=len, reverse=True)
    return PhraseList(re.compile(r"(?<!\w)(?:" + "|".join(ordered) + r")(?!\w)"))


def says(name: str, text: str) -> bool:
    """Does the plain text hold a phrase of this list?"""
    return phrase_lists()[name].found(plain(text)) is not None


def no_value(text: str, *, cues: str = "", no_declines: bool = True) -> Reading:
    """The status of an answer in which the reader found no value.

    `cues`: words that show they are speaking of what was asked; `no_declines`: a bare "no" refuses.
    """
    words = plain(text)
    lists = phrase_lists()
    if not words or not re.search(r"\w", words):
        return UNCLEAR
    if lists["human_request"].found(words):
        return NOT_AN_ANSWER
    if _declines(text, words=words) or (no_declines and lists["bare_no"].whole(words)):
        return DECLINED
    lacking, unknown = lists["not_applicable"].found(words), lists["unknown"].found(words)
    if lacking and not (unknown and len(unknown.group()) > len(lacking.group())):
        return NOT_APPLICABLE
    if unknown:
        return UNCLEAR
    return _topic(text, words=words, cues=cues)


def _declines(text: str, *, words: str) -> bool:
    """ "Private" declines; "is this private?" asks."""
    found = phrase_lists()["declined"].found(words)
    return found is not None and (" " in found.group() or not is_question(text))


def _topic(text: str, *, words: str, cues: str) -> Reading:
    if is_question(text):
        return NOT_AN_ANSWER
    other = phrase_lists()["other_topic"].found(words)
    long = len(words.split()) >= LONG
    if cues and re.search(rf"\b(?:{cues})\b", words) and not (other and long):
        return UNCLEAR
    if long or other:
        return NOT_AN_ANSWER
    return UNCLEAR


def is_question(text: str) -> bool:
    """Asks something back, with or without a question mark."""
    stripped = typed(text).rstrip(" .!\"')")
    return stripped.endswith("?") or phrase_lists()["question"].found(plain(text)) is not None
