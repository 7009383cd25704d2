"""Which topics a search is about: the needs, and what else the directory knows. Phrases are data."""

# ruff: noqa: E501 - a pattern is read whole, on its one line

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.directory_model import TopicModel
from bot.fields.options import NEEDS_FILE
from bot.fields.plain import plain
from bot.wording import CONTENT
from models.vocabulary import Need

PHRASES_FILE = CONTENT / "directory_phrases.toml"
YOUNG, PEERS, CRISIS = "young_people", "peer_support", "crisis_support"
CHILD = 18
SHORTEST_WORD, SHORTEST_FUZZY, LONG = 5, 6, 8  # letters
LIKELY, LIKELIEST = -1.0, 0.0  # a model's score: where no phrase says anything; beside one
UNLIKELY = -2.0
ALIKE = 84  # of 100
_CHILD_SPOKEN_OF = re.compile(
    r"\b(?:my|our|a|the|his|her|for) (?:\w+ ){0,2}(?:sons?|daughters?|child|children|kids?|lad|girl|boy|toddlers?|step(?:son|daughter)|grand(?:son|daughter|child|children|kids))\b|\bchildren\b|\bkids\b"
)
_YOUTH = re.compile(r"\b(?:young\w*|youths?|teen\w*|students?|school|camhs)\b")
# A child that is only spoken of beside one of these is part of the family's need, not who help is for.
_FAMILY_NEEDS = frozenset(
    need.value
    for need in (
        Need.FOOD,
        Need.HOUSING,
        Need.DEBT,
        Need.BENEFITS,
        Need.RELATIONSHIPS,
        Need.DOMESTIC_ABUSE,
        Need.EMPLOYMENT,
        Need.ADDICTION,
        Need.CARERS,
        Need.BEREAVEMENT,
    )
)
# Said of whom, or how badly, as often as of what is looked for.
_BY_THE_WAY = frozenset({YOUNG, CRISIS})
_IN_DISTRESS = re.compile(
    r"\b(?:crisis|suicid\w*|self harm\w*|harm\w*|cut(?:s|ting)|night|tonight|urgent\w*|cope|coping|low|helplines?|desperate|mental health|unsafe|safe|go on|breakdown|awful|voices)\b"
)
_OWES = re.compile(
    r"\b(?:debts?|ow(?:e|es|ed|ing)|arrears|bailiffs?|bills?|loans?|behind|money|skint|afford)\b"
)


@cache
def _phrases() -> Mapping[str, Any]:
    return tomllib.loads(PHRASES_FILE.read_text(encoding="utf-8"))


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    """By topic, in the order they are told: needs in the vocabulary's, then the others."""
    stored = tomllib.loads(NEEDS_FILE.read_text(encoding="utf-8"))
    rows = {**stored["needs"], **stored["topics"]}
    order = [need.value for need in Need if need.value in rows]
    order += [name for name in stored["topics"] if name not in order]
    also: Mapping[str, Sequence[str]] = _phrases()["topics"]
    return {name: _any_of([*rows[name]["patterns"], *also[name]]) for name in order}


@cache
def _masks() -> Mapping[str, re.Pattern[str]]:
    return {name: _any_of(patterns) for name, patterns in _phrases()["masked"].items()}


@cache
def _weak() -> Mapping[str, re.Pattern[str]]:
    return {name: _any_of(patterns) for name, patterns in _phrases()["weak"].items()}


@cache
def _group_words() -> re.Pattern[str]:
    return _any_of(_phrases()["groups"]["patterns"])


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(patterns) + r")(?!\w)")


def content_words(words: str) -> list[str]:
    """The words of a search that say something."""
    empty = set(_phrases()["search"]["empty"])
    return [word for word in words.split() if word not in empty]


@cache
def _worth_spelling() -> tuple[str, ...]:
    """Whole words of the phrases, and others that people get wrong."""
    phrases = " ".join(pattern.pattern for pattern in _patterns().values())
    whole = re.findall(r"(?<![\w\\(])[a-z]{5,}(?![\w\\(\[?*+])", phrases)
    return tuple(dict.fromkeys([*_phrases()["spelling"]["words"], *whole]))


def spelt(words: str, *, common: Collection[str] = frozenset()) -> str:
    """The words with what is nearly one of the known ones put right: "councelling", "housng".

    `common`: words that are right as they are.
    """
    return " ".join(word if word in common else _spelt(word) for word in words.split())


@cache
def _listed() -> tuple[str, ...]:
    return tuple(_phrases()["spelling"]["words"])


def _near(word: str) -> tuple[str, float, int] | None:
    if len(word) >= SHORTEST_FUZZY:
        listed = process.extractOne(word, _listed(), scorer=fuzz.ratio, score_cutoff=ALIKE)
        if listed:
            return listed
    slips = 1 if len(word) < LONG else 2
    return process.extractOne(word, _worth_spelling(), scorer=OSA.distance, score_cutoff=slips)


@lru_cache(maxsize=4096)
def _spelt(word: str) -> str:
    if len(word) < SHORTEST_WORD or not word.isalpha() or word in _worth_spelling():
        return word
    right = (_near(word) or (word,))[0]
    is_other_word = word.startswith(right) or right.startswith(word)
    return word if is_other_word or right[0] != word[0] else right


def known_topics() -> tuple[str, ...]:
    """Every topic that a search can be about, needs first."""
    return tuple(_patterns())


def topics_in(text: str, *, age: int | None = None, has_audience: bool = False) -> tuple[str, ...]:
    """The topics, needs first. `age`: of whom help is for; `has_audience`: for whom was said.

    Phrases are read first; the model drops what they say by the way, and is asked alone where
    they say nothing.
    """
    model = TopicModel.load()
    words = spelt(plain(text), common=model.known)
    found = [name for name, pattern in _patterns().items() if pattern.search(_masked(name, words))]
    if not set(found) - {PEERS}:
        found = [*(name for name, weak in _weak().items() if weak.search(words)), *found]
    found = _with_young(found, words, age=age)
    found = _without_echoes(found, words)
    if not found and has_audience and _group_words().search(words):
        return (PEERS,)
    return _judged(found, model.scores(words))


def _judged(found: Sequence[str], scores: Mapping[str, float]) -> tuple[str, ...]:
    """What the phrases found, without what is unlikely, and the likeliest where they say little."""
    likeliest = max(scores, key=lambda name: scores[name])
    if not found:
        return (likeliest,) if scores[likeliest] >= LIKELY else ()
    kept = [name for name in found if scores[name] > UNLIKELY]
    if set(found) <= _BY_THE_WAY and scores[likeliest] >= LIKELIEST and likeliest not in found:
        kept.insert(0, likeliest)
    return tuple(kept or found)


def _masked(name: str, words: str) -> str:
    mask = _masks().get(name)
    return mask.sub(" ", words) if mask else words


def _with_young(found: list[str], words: str, *, age: int | None) -> list[str]:
    """A child of whom only is spoken counts where nothing else is the family's need; one who has
    grown up does not.
    """
    is_grown = age is not None and age >= CHILD and not _YOUTH.search(words)
    if is_grown or YOUNG in found:
        return [name for name in found if not (is_grown and name == YOUNG)]
    is_young = age is not None and age < CHILD
    spoken_of = _CHILD_SPOKEN_OF.search(words) and not _FAMILY_NEEDS & set(found)
    return [*found, YOUNG] if is_young or spoken_of else found


def _without_echoes(found: list[str], words: str) -> list[str]:
    """A second topic that only the first one's words brought in is dropped."""
    kept = list(found)
    if {Need.DEBT.value, Need.BENEFITS.value} <= set(kept) and not _OWES.search(words):
        kept.remove(Need.DEBT.value)
    if CRISIS in kept and len(kept) > 1 and not _IN_DISTRESS.search(words):
        kept.remove(CRISIS)
    return kept
