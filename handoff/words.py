"""Cuts a clean text into the words that the rules know, each with its place.

Keeps no word it does not know.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rapidfuzz.distance import OSA

from handoff.rule_file import ENDERS, FEW, MANY, YEAR

OTHER = "_"
_SPELLED_OUT = r"(?<!\w)(?:[^\W_][ .\-*_]){3,}[^\W_](?!\w)"
_PLAIN = r"[^\W_]+(?:'[^\W_]+)*"
_MASKED = r"[^\W_]+(?:[!@$|*#]+[^\W_]+)+"
_MARK = r"(?<!\w)-|-(?!\w)|[^\w\s-]"
_WORD = re.compile(rf"(?P<spelled>{_SPELLED_OUT})|s/h\b|(?P<masked>{_MASKED})|{_PLAIN}|{_MARK}")
_PART = re.compile(rf"{_PLAIN}|{_MARK}")
_BETWEEN = re.compile(r"[\W_]")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_YEAR = re.compile(r"19\d\d|20[01]\d")
_LETTERS_FOR_SIGNS = (
    str.maketrans("0134$5@7!|9", "oieassatilg"),
    str.maketrans("0134$5@7!|9", "oleassatllg"),
)
_SHORTEST_CLOSE = 5
_LEAST_MANY = 10


@dataclass(frozen=True, slots=True)
class Words:
    """Norms of the words in order; `places[i]` is where word i stands in the clean text."""

    norms: tuple[str, ...]
    places: tuple[tuple[int, int], ...]

    def sentence(self, at: int) -> tuple[int, int]:
        """First and one past the last word of the sentence that word `at` stands in."""
        start = at
        while start > 0 and self.norms[start - 1] not in ENDERS:
            start -= 1
        end = at
        while end < len(self.norms) and self.norms[end] not in ENDERS:
            end += 1
        return start, end


class WordReader:
    """Knows the rules' vocabulary, what stands for what, and how words are misspelt."""

    def __init__(self, stored: Mapping[str, Any], vocabulary: frozenset[str]) -> None:
        self._known = vocabulary
        self._stands_for = {
            short: tuple(long.split()) for short, long in stored["stands_for"].items()
        }
        self._spelt: dict[str, str] = dict(stored["spelt"])
        self._close: tuple[str, ...] = tuple(stored["close"]["words"])
        self._never = frozenset(stored["close"]["never"])
        self._maskable: tuple[str, ...] = tuple(stored["close"]["masked"])
        self._norms = lru_cache(maxsize=4096)(self._norms_of)

    def read(self, clean: str) -> Words:
        """Words in order. Linear in the text."""
        norms: list[str] = []
        places: list[tuple[int, int]] = []
        for word, place in self._cut(clean.lower()):
            for norm in self._norms(word):
                norms.append(norm)
                places.append(place)
        return Words(tuple(norms), tuple(places))

    def _cut(self, text: str) -> Iterator[tuple[str, tuple[int, int]]]:
        """Words as meant: spelled-out ones joined, masked ones only when they hide a known word."""
        for found in _WORD.finditer(text):
            if found["spelled"]:
                yield _BETWEEN.sub("", found[0]), found.span()
            elif found["masked"] is None:
                yield found[0], found.span()
            elif (meant := self._unmasked(found[0])) is not None:
                yield meant, found.span()
            else:
                for part in _PART.finditer(text, *found.span()):
                    yield part[0], part.span()

    def _unmasked(self, word: str) -> str | None:
        for letters in _LETTERS_FOR_SIGNS:
            plain = word.translate(letters)
            if self._spelt.get(plain, plain) in self._known or plain in self._stands_for:
                return plain
        shape = re.compile(
            re.sub(r"[*#]", ".", re.escape(word).replace(r"\*", "*").replace(r"\#", "#"))
        )
        return next((one for one in self._maskable if shape.fullmatch(one)), None)

    def _norms_of(self, word: str) -> tuple[str, ...]:
        if word in self._stands_for:
            return tuple(self._known_as(part) for part in self._stands_for[word])
        short = _DRAWN_OUT.sub(r"\1", word)
        if short != word and short in self._stands_for:
            return self._norms_of(short)
        return (self._known_as(word),)

    def _known_as(self, word: str) -> str:
        for spelt in _spellings(word):
            meant = self._spelt.get(spelt, spelt)
            if meant in self._known:
                return meant
        if word.isdecimal():
            return _size(word)
        if not word.isalpha():
            return self._without_signs(word)
        return self._nearest(_DRAWN_OUT.sub(r"\1", word))

    def _without_signs(self, word: str) -> str:
        for letters in _LETTERS_FOR_SIGNS:
            plain = word.translate(letters)
            if plain.isalpha() and (norm := self._known_as(plain)) != OTHER:
                return norm
        return OTHER

    def _nearest(self, word: str) -> str:
        """The one close word that this may be, by one slip of the finger in it."""
        if len(word) < _SHORTEST_CLOSE or word in self._never:
            return OTHER
        for close in self._close:
            if close[0] == word[0] and OSA.distance(word, close, score_cutoff=1) <= 1:
                return close
        return OTHER


def _spellings(word: str) -> tuple[str, ...]:
    """As written, then with drawn-out letters shortened."""
    once = _DRAWN_OUT.sub(r"\1", word)
    return (word,) if once == word else (word, once, _DRAWN_OUT.sub(r"\1\1", word))


def _size(digits: str) -> str:
    """All that matters of a number: a few, many, or a year long past."""
    if _YEAR.fullmatch(digits):
        return YEAR
    return MANY if len(digits) > 1 and int(digits[:9]) >= _LEAST_MANY else FEW
