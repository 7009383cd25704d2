"""What the writer is to the person they write about: from "I'm his mum" and from "my daughter" alike."""

# ruff: noqa: E501 - a pattern is read whole, on its one line

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from bot.fields.answer import UNCLEAR, Reading, no_value, ok, phrase_lists
from bot.fields.plain import plain, typed
from bot.wording import CONTENT

RELATIONS_FILE = CONTENT / "relations.toml"
LONGEST_TEXT = 200
_CUES = "know|friend|family|relative|related|relation|work|live|job|carer?|look after|met"
_SELF = re.compile(
    r"^(?:no |yes |its |it is |this is |about |for |just |only |all |im |i am |the )*(?:me|myself|self|meself|mesen|"
    r"the (?:patient|person|one)|patient|my own \w+|mine|i am|yours truly|my self|service user)(?: i need help| please| thanks| actually| only)?$|"
    r"\b(?:for|about|is) (?:me|myself)\b(?! and)|\bits (?:me|myself)\b|\bi am the (?:patient|person)\b|\bi (?:need|want) help\b"
)


@cache
def _stored() -> Mapping[str, Any]:
    return tomllib.loads(RELATIONS_FILE.read_text(encoding="utf-8"))


@cache
def _pattern(table: str) -> re.Pattern[str]:
    words = sorted(_stored()[table], key=_fullest_first)
    return re.compile(r"(?<!\w)(?P<word>" + "|".join(words) + r")(?!\w)")


def _fullest_first(pattern: str) -> tuple[bool, int]:
    """ "mother in law" before "mother"."""
    return "in law" not in pattern, -len(pattern)


def read_relation(text: str) -> Reading:
    """`self`, a relation ("mother", "friend") or a job ("gp", "paramedic"): what the writer is."""
    words = re.sub(r"(?<=[a-z])s (?=\w)", "s ", plain(text))
    found = _relation(typed(text).lower(), words=words)
    if found:
        return ok(found)
    return no_value(text, cues=_CUES)


def _relation(shown: str, *, words: str) -> str | None:
    own = _own_words(shown, words=words) or _together(words)
    if own:
        return own
    if _SELF.search(words):
        return "self"
    if re.search(r"\b(?:no|not) (?:a )?(?:relation|relative|related)\b", words):
        return None
    theirs = re.search(
        r"(?:\bmy|\bour|\bmi|\bme) (?:\w+ ){0,3}?" + _pattern("theirs").pattern, words
    )
    if theirs:
        return _lookup("theirs", theirs["word"])
    bare = _pattern("jobs").search(words) or _pattern("mine").search(words)
    if bare and not re.search(r"\b(?:my|our)\b", words):
        table = "jobs" if bare["word"] in words and _pattern("jobs").search(words) else "mine"
        return _lookup(table, bare["word"])
    inverse = _pattern("theirs").search(words)
    return (
        _lookup("theirs", inverse["word"])
        if inverse and re.search(r"\b(?:a|an|the|our)\b", words)
        else None
    )


def _together(words: str) -> str | None:
    """ "We're flatmates": each is to the other what the other is to them."""
    several = _pattern("mine").pattern.removesuffix(r"(?!\w)")
    said = re.search(rf"^(?:were|we are) (?:just |only |best |old )*{several}s\b", words)
    return _lookup("mine", said["word"]) if said else None


def _own_words(shown: str, *, words: str) -> str | None:
    """ "I'm his mum", "as her carer", "Jane's sister here", "mum of a 14 year old": the writer named themselves."""
    lead = r"(?:\bim|\bi am|\bas|\bbeing|\bthis is|\bits|\bspeaking as|\bim just|\bim only) "
    for table in ("jobs", "mine"):
        pattern = _pattern(table).pattern
        shapes = (
            rf"{lead}(?:(?!my )\w+ ){{0,5}}?{pattern}",
            rf"\b(?:im|i am) (?:my|our) \w+s {pattern}",
            rf"\b(?:his|her|their|the persons|hes|shes) (?:(?!my |our )\w+ ){{0,2}}?{pattern}(?! (?:is|has|was|said|thinks|wants))",
            rf"^(?:a |an |the )?{pattern} (?:of|to|for)\b",
        )
        for shape in shapes:
            found = re.search(shape, words)
            if found and not re.search(
                r"\b(?:about|for|worried about) (?:my|our)\b", words[: found.start("word")]
            ):
                return _lookup(table, found["word"])
    possessive = re.search(
        rf"\w's (?:\w+ )?{_pattern('mine').pattern}\b",
        shown.replace("it's", "it is")
        .replace("she's", "she is")
        .replace("he's", "he is")
        .replace("that's", "that is"),
    )
    return (
        _lookup("mine", possessive["word"]) if possessive and " my " not in f" {words} " else None
    )


def _lookup(table: str, word: str) -> str | None:
    rows: Mapping[str, str] = _stored()[table]
    for pattern, relation in sorted(rows.items(), key=lambda row: _fullest_first(row[0])):
        if re.fullmatch(pattern, word):
            return relation
    return None


def read_person_concerned(text: str) -> Reading:
    """Their own words about who it is, with the relation when one is said: {"text", "relation"?}."""
    read = read_relation(text)
    lists = phrase_lists()
    if read.value is not None:
        return ok({"text": text.strip()[:LONGEST_TEXT], "relation": read.value})
    if lists["declined"].found(plain(text)) or not re.search(r"\w", plain(text)):
        return read
    refused = no_value(text, cues=".*")
    return refused if refused is not UNCLEAR else ok({"text": text.strip()[:LONGEST_TEXT]})
