"""Makes any text safe to read: one form of each character, nothing invisible or garbled, bounded.

Never raises.

Every character of the clean text knows where it stood in the original.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import ftfy

HEAD = 2600
TAIL = 1400
RAW_LIMIT = 12_000
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_KEPT_CONTROLS = frozenset("\n\t\r")
_TAGS = range(0xE0000, 0xE0080)
_LEADS = range(0xC2, 0xF5)
"""First bytes of UTF-8, which stand as letters where it was read as Latin."""
_LIKE = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "‛": "'",
        "´": "'",
        "`": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "\u00a0": " ",
        "\ufffd": " ",
    }
)


@dataclass(frozen=True, slots=True)
class Clean:
    """`offsets[i]`: the index in the original of clean character i; one more for the end."""

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A stretch of the clean text as a stretch of the original, end exclusive."""
        if start >= end:
            return self.offsets[start], self.offsets[start]
        return self.offsets[start], self.offsets[end - 1] + 1


def sanitise(text: str) -> Clean:
    """NFKC a character at a time, controls and zero-width characters out, head and tail kept.

    Letters garbled on their way ("canâ€™t") are put right, by ftfy.
    """
    clean, where = _capped(*_made(text))
    return Clean(clean, (*where, len(text)))


def _made(text: str) -> tuple[str, list[int]]:
    """The characters meant, and where each stood."""
    if len(text) <= RAW_LIMIT and text.isascii() and text.isprintable():
        return text, list(range(len(text)))
    characters: list[str] = []
    offsets: list[int] = []
    for index, character in _repaired(_bounded(text)):
        for made in _plain(character):
            characters.append(made)
            offsets.append(index)
    return "".join(characters), offsets


def _bounded(text: str) -> list[tuple[int, str]]:
    """Of a very long text only so much of both ends as could matter."""
    if len(text) <= RAW_LIMIT:
        return list(enumerate(text))
    half = RAW_LIMIT // 2
    head = list(enumerate(text[:half]))
    return [*head, *enumerate(text[-half:], start=len(text) - half)]


def _repaired(placed: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Each run of letters beyond ASCII as it was meant, spread over the places of the run."""
    for beyond, group in groupby(placed, key=lambda each: not each[1].isascii()):
        run = list(group)
        if not beyond or not any(ord(letter) in _LEADS for _, letter in run):
            yield from run
            continue
        meant = ftfy.fix_encoding("".join(letter for _, letter in run))
        last = max(len(meant) - 1, 1)  # of one letter or none there is but one place
        for at, letter in enumerate(meant):
            yield run[at * (len(run) - 1) // last][0], letter


def _plain(character: str) -> str:
    if character.isascii():
        return character if character.isprintable() else _control(character)
    if ord(character) in _TAGS:
        return ""
    if unicodedata.category(character) in _INVISIBLE:
        # A joiner inside a word is nothing; a lone surrogate parts words.
        return "" if unicodedata.category(character) == "Cf" else " "
    return unicodedata.normalize("NFKC", character).translate(_LIKE)


def _control(character: str) -> str:
    return " " if character in _KEPT_CONTROLS else ""


def _capped(text: str, offsets: list[int]) -> tuple[str, list[int]]:
    if len(text) <= HEAD + TAIL:
        return text, offsets
    tail = len(text) - TAIL
    joined = text[:HEAD] + " " + text[tail:]
    return joined, [*offsets[:HEAD], offsets[tail], *offsets[tail:]]
