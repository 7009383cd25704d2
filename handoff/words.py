"""Cuts a clean text into the words that the rules know, each with its place.

Keeps no word it does not know.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rapidfuzz.distance import OSA

from handoff.rule_file import ENDERS, NUMBER

OTHER = "_"
_SPELLED_OUT = r"(?<!\w)(?:[^\W_][ .\-*_]){3,}[^\W_](?!\w)"
_WORD = re.compile(rf"(?P<spelled>{_SPELLED_OUT})|[^\W_]+(?:'[^\W_]+)*|[^\w\s]")
_BETWEEN = re.compile(r"[\W_]")
_DIGITS_AS_LETTERS = str.maketrans("0134$5@7", "oieasata")
_SHORTEST_CLOSE = 6


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
        self._norms = lru_cache(maxsize=4096)(self._norms_of)

    def read(self, clean: str) -> Words:
        """Words in order. Linear in the text."""
        norms: list[str] = []
        places: list[tuple[int, int]] = []
        for found in _WORD.finditer(clean.lower()):
            word = _BETWEEN.sub("", found[0]) if found["spelled"] else found[0]
            for norm in self._norms(word):
                norms.append(norm)
                places.append(found.span())
        return Words(tuple(norms), tuple(places))

    def _norms_of(self, word: str) -> tuple[str, ...]:
        if word in self._stands_for:
            return tuple(self._known_as(part) for part in self._stands_for[word])
        return (self._known_as(word),)

    def _known_as(self, word: str) -> str:
        spelt = self._spelt.get(word, word)
        if spelt in self._known:
            return spelt
        if word.isdigit():
            return NUMBER
        if not word.isalpha():
            plain = word.translate(_DIGITS_AS_LETTERS)
            return self._known_as(plain) if plain.isalpha() else OTHER
        return self._nearest(word)

    def _nearest(self, word: str) -> str:
        """The one close word that this may be, by one slip of the finger in it."""
        if len(word) < _SHORTEST_CLOSE - 1 or word in self._never:
            return OTHER
        for close in self._close:
            if close[0] == word[0] and OSA.distance(word, close, score_cutoff=1) <= 1:
                return close
        return OTHER
