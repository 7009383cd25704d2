"""Yes or no, in the idioms people use, and the questions where yes has its own words. A hedge is unclear."""

# ruff: noqa: E501 - a pattern is read whole, on its one line

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.fields.answer import (
    LONG,
    NOT_AN_ANSWER,
    NOT_APPLICABLE,
    UNCLEAR,
    PhraseList,
    Reading,
    compiled,
    is_question,
    no_value,
    ok,
    phrase_lists,
)
from bot.fields.plain import plain
from bot.wording import CONTENT

TRUTH_FILE = CONTENT / "truth_phrases.toml"
_LEADING = 2  # words before a yes that still leave it leading ("well yes", "er, no")
_CHANGED = re.compile(r"\b(?:wait|actually|i mean|meant|sorry|scrap that|on second thoughts?)\b")
_FILLERS = frozenset(
    ["well", "er", "erm", "um", "oh", "ah", "hmm", "so", "actually", "and", "ok", "i", "my"]
)
# "For me mum": my mum, as it is said here.
_MY = re.compile(
    r"\bme(?= (?:mum|mam|mom|dad|nan|nana|gran|grandad|sister|brother|son|daughter|lad|lass|wife|husband|missus|fella|mate|friend|neighbour|auntie?|uncle|cousin|kids?)\b)"
)
_CONDITION = re.compile(
    r"\b(?:but (?:not|only|dont|please dont|never)|only if|only when|only to|only with|only between|as long as|so long as|unless|"
    r"except|providing|provided|on condition|apart from|depends|not if|if (?:its|hes|shes|im|i am|he|she|they))\b"
)


@dataclass(frozen=True, slots=True)
class _Special:
    """What yes, no and neither sound like at one question, beside the general phrases."""

    yes: PhraseList | None
    no: PhraseList | None
    unsure: PhraseList | None
    not_applicable: PhraseList | None
    conditional: bool
    open_ended: bool


@dataclass(frozen=True, slots=True)
class _Heard:
    start: int
    polarity: bool | None
    length: int


@cache
def _specials() -> Mapping[str, _Special]:
    stored = tomllib.loads(TRUTH_FILE.read_text(encoding="utf-8"))
    return {name: _special(row) for name, row in stored.items()}


def _special(row: Mapping[str, Any]) -> _Special:
    lists = {
        name: compiled(row[name]) if row.get(name) else None
        for name in ("yes", "no", "unsure", "not_applicable")
    }
    return _Special(
        **lists,
        conditional=row.get("conditional", False),
        open_ended=row.get("open_ended", False),
    )


def read_truth(reader: str, text: str) -> Reading:
    """True or False for one of the yes/no readers; hedges, conditions and "both" are unclear."""
    special = _specials()[reader]
    words = _MY.sub("my", plain(text))
    if special.not_applicable and special.not_applicable.found(words):
        return NOT_APPLICABLE
    if special.conditional and _CONDITION.search(words):
        return UNCLEAR
    lists = phrase_lists()
    if lists["human_request"].found(words):
        return NOT_AN_ANSWER
    asks_back = lists["question"].found(words) is not None and not special.open_ended
    mine = (
        (special.unsure, None),
        (lists["unsure"], None),
        (special.yes, True),
        (special.no, False),
    )
    general = ((lists["unsure"], None), (lists["yes"], True), (lists["no"], False))
    own = [] if asks_back or _asks(text, words=words, special=special) else _hear(words, mine)
    hedged = special.unsure is not None and special.unsure.found(words) is not None
    if own and (hedged or any(one.polarity is not None for one in own)):
        return _settled(words, _hear(words, (*mine, *general)) if _CHANGED.search(words) else own)
    heard = _hear(words, general)
    if is_question(text) and not (heard and heard[0].start == 0 and heard[0].polarity is not None):
        return NOT_AN_ANSWER
    return _general(text, words=words, heard=heard, special=special)


def _asks(text: str, *, words: str, special: _Special) -> bool:
    """A question mark at the end, and no yes or no before it."""
    if special.open_ended or not text.rstrip().endswith("?"):
        return False
    heard = _hear(words, ((phrase_lists()["yes"], True), (phrase_lists()["no"], False)))
    return not (heard and heard[0].start == 0)


def _general(text: str, *, words: str, heard: list[_Heard], special: _Special) -> Reading:
    declines = phrase_lists()["declined"].found(words)
    leading = bool(heard) and _is_leading(words, heard[0])
    if declines and not (leading and _outweighs(heard[0], declines.group())):
        return no_value(text, no_declines=False)
    if special.open_ended and leading and heard[0].polarity is True:
        return ok(value=True)
    if heard and (leading or len(words.split()) <= LONG + 1):
        return _settled(words, heard)
    if special.open_ended and len(words.split()) > 1 and not leading:
        return ok(value=True)
    return no_value(text, no_declines=False)


def _outweighs(heard: _Heard, declined: str) -> bool:
    """ "Yes, but I'd rather not say more" says yes; "no thank you, not yet" says no."""
    if heard.polarity is False:
        return heard.start == 0 and declined.startswith("not ")
    return heard.polarity is True


def _hear(words: str, lists: tuple[tuple[PhraseList | None, bool | None], ...]) -> list[_Heard]:
    """Every phrase heard, in order; where two overlap the longer is meant."""
    heard = [
        _Heard(found.start(), polarity, len(found.group()))
        for phrases, polarity in lists
        if phrases is not None
        for found in phrases.pattern.finditer(words)
        if found.group()
    ]
    kept: list[_Heard] = []
    for one in sorted(heard, key=lambda item: -item.length):
        if all(_apart(one, other) for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda item: item.start)


def _apart(one: _Heard, other: _Heard) -> bool:
    return one.start + one.length <= other.start or other.start + other.length <= one.start


def _is_leading(words: str, heard: _Heard) -> bool:
    return len(words[: heard.start].split()) <= _LEADING


def _settled(words: str, heard: list[_Heard]) -> Reading:
    """All agree: that. They correct themselves: the last. A yes or no comes first: that."""
    polarities = {one.polarity for one in heard}
    if len(polarities) == 1:
        return _reading(heard[0].polarity)
    between = words[heard[0].start : heard[-1].start]
    if _CHANGED.search(between):
        return _reading(heard[-1].polarity)
    before = words[: heard[0].start].split()
    return _reading(heard[0].polarity) if _FILLERS.issuperset(before) else UNCLEAR


def _reading(polarity: bool | None) -> Reading:  # noqa: FBT001 - the polarity is the datum
    return UNCLEAR if polarity is None else ok(polarity)
