"""Reads the reviewed rule files into matchable patterns. Decides nothing about any message.

A pattern is written as words: `a|b` one of several, `{set}` one of a named list, `<phrase>` one of
several named wordings, `?` after any of these for may be absent, `..` for up to three words between
(`..5` for up to five), `#` for any number, `##` for ten or more, `####` for a year long past.
"""

import itertools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from models.vocabulary import Concern, Priority

FOLDER = Path(__file__).resolve().parent / "rules"
SHARED = ("words.toml", "sets.toml", "modifiers.toml", "other_languages.toml")
FEW = "0"
MANY = "00"
YEAR = "0000"
_NUMBERS = {"#": (FEW, MANY), "##": (MANY,), "####": (YEAR,)}
ENDERS = frozenset(".!?;")
DENIALS = frozenset({"not", "never", "no", "nor", "without", "denies", "denied", "nobody"})
_GAP = re.compile(r"\.\.(\d*)")
_WORD = re.compile(r"[a-z0-9']+|\{[a-z]+\}|#|##|####|[,:?.-]")
_USUAL_GAP = 3


class Lowering(StrEnum):
    """What, said around a match, lowers it to routine; it never clears it."""

    NEGATION = "negation"
    ANSWERED_NO = "answered_no"
    LONG_PAST = "long_past"
    PAST = "past"
    STORY = "story"
    QUOTED = "quoted"
    IDIOM = "idiom"
    ASKED_ABOUT = "asked_about"


class RuleFileError(ValueError):
    """A rule file says something that cannot be meant; the text names the rule."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way of saying it, with a line that it finds and a near one that it must not."""

    written: str
    example: str
    counter_example: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of danger in plain words. `concern` None: told by who the words are about.

    Everything lowers it that it does not leave out of `lowered_by`.
    """

    id: str
    priority: Priority
    reason: str
    patterns: tuple[Pattern, ...]
    concern: Concern | None
    lowered_by: frozenset[Lowering]


@dataclass(frozen=True, slots=True)
class Sets:
    """Named lists of single words, and named wordings that are patterns themselves."""

    words: Mapping[str, Sequence[str]]
    phrases: Mapping[str, Sequence[str]]


Token = Mapping[str, Any]


def load_rules(folder: Path = FOLDER) -> tuple[Rule, ...]:
    """Every rule of the folder, in the order of the file names. Raises RuleFileError."""
    rules = [
        _rule(stored)
        for path in sorted(folder.glob("*.toml"))
        if path.name not in SHARED
        for stored in _read(path)["rule"]
    ]
    ids = [rule.id for rule in rules]
    if doubled := {one for one in ids if ids.count(one) > 1}:
        raise RuleFileError(f"used twice: {', '.join(sorted(doubled))}")
    return tuple(rules)


def load_sets(folder: Path = FOLDER) -> Sets:
    stored = _read(folder / "sets.toml")
    words = {name: text.split() for name, text in stored["words"].items()}
    return Sets(words=words, phrases=stored["phrases"])


def load_modifiers(folder: Path = FOLDER) -> Mapping[Lowering, Sequence[str]]:
    stored = _read(folder / "modifiers.toml")
    return {Lowering(name): patterns for name, patterns in stored["lowered_by"].items()}


def load_words(folder: Path = FOLDER) -> Mapping[str, Any]:
    return _read(folder / "words.toml")


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _rule(stored: Mapping[str, Any]) -> Rule:
    try:
        patterns = tuple(Pattern(*columns) for columns in stored["patterns"])
        concern = stored.get("concern")
        return Rule(
            id=stored["id"],
            priority=Priority(stored["priority"]),
            reason=stored["reason"],
            patterns=patterns,
            concern=None if concern is None else Concern(concern),
            lowered_by=frozenset(map(Lowering, stored.get("lowered_by", Lowering))),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RuleFileError(f"rule {stored.get('id', 'without id')}: {error}") from error


def compiled(written: str, sets: Sets) -> Iterator[list[dict[str, Any]]]:
    """The pattern as token patterns for a matcher on NORM. Raises RuleFileError."""
    parts = [list(_part(piece, sets)) for piece in written.split()]
    for chosen in itertools.product(*parts):
        yield list(itertools.chain.from_iterable(chosen))


def _part(piece: str, sets: Sets) -> Iterator[list[dict[str, Any]]]:
    """The ways of saying one piece, each a list of tokens."""
    if gap := _GAP.fullmatch(piece):
        most = int(gap[1] or _USUAL_GAP)
        between = {"NORM": {"NOT_IN": sorted(ENDERS | DENIALS)}, "OP": f"{{0,{most}}}"}
        yield [between]
        return
    optional = piece.endswith("?") and piece != "?"
    core = piece.removesuffix("?") if optional else piece
    if core.startswith("<"):
        yield from _phrase(core[1:-1], sets)
        if optional:
            yield []
        return
    token: dict[str, Any] = {"NORM": {"IN": sorted(_words(core, sets))}}
    yield [{**token, "OP": "?"} if optional else token]


def _phrase(name: str, sets: Sets) -> Iterator[list[dict[str, Any]]]:
    if name not in sets.phrases:
        raise RuleFileError(f"no such phrase: {name}")
    for wording in sets.phrases[name]:
        yield from compiled(wording, sets)


def _words(core: str, sets: Sets) -> set[str]:
    words: set[str] = set()
    for one in core.split("|"):
        if not _WORD.fullmatch(one):
            raise RuleFileError(f"not a word or set: {one}")
        if one.startswith("{"):
            if one[1:-1] not in sets.words:
                raise RuleFileError(f"no such set: {one}")
            words.update(sets.words[one[1:-1]])
        else:
            words.update(_NUMBERS.get(one, (one,)))
    return words


def vocabulary(patterns: Iterable[Sequence[Token]]) -> frozenset[str]:
    """Every word that any of these token patterns knows."""
    found: set[str] = set()
    for pattern in patterns:
        for token in pattern:
            rule = token["NORM"]
            found.update(rule.get("IN", ()), rule.get("NOT_IN", ()))
    return frozenset(found)
