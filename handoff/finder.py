"""Finds token patterns among words, trying only those whose every needed word is there.

Knows nothing of what the patterns mean.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

Shape = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Net:
    """One way of writing a pattern; `needs` holds, a shape each, the bits of what must be there."""

    key: str
    needs: tuple[int, ...]
    matcher: Matcher


class Finder:
    """A matcher for each pattern: most of them need not run for most texts. Thread-safe."""

    def __init__(self, vocab: Vocab, written: Iterable[tuple[str, Sequence[Shape]]]) -> None:
        self._vocab = vocab
        self._bit_of: dict[frozenset[str], int] = {}
        self._nets = [self._net(key, shapes) for key, shapes in written]
        self._bits: dict[str, int] = {}
        for words, bit in self._bit_of.items():
            for word in words:
                self._bits[word] = self._bits.get(word, 0) | bit

    def found(self, norms: Sequence[str], doc: Doc) -> Iterator[tuple[str, int, int]]:
        """Key, first word and one past the last of everything found."""
        there = 0
        for word in set(norms):
            there |= self._bits.get(word, 0)
        for net in self._nets:
            if any(need & there == need for need in net.needs):
                for _, start, end in net.matcher(doc):
                    yield net.key, start, end

    def _net(self, key: str, shapes: Sequence[Shape]) -> _Net:
        matcher = Matcher(self._vocab, validate=False)
        matcher.add(key, [[dict(token) for token in shape] for shape in shapes])
        return _Net(key, tuple({self._needed(shape) for shape in shapes}), matcher)

    def _needed(self, shape: Shape) -> int:
        needed = 0
        for token in shape:
            if "OP" in token:
                continue
            words = frozenset(token["NORM"]["IN"])
            needed |= self._bit_of.setdefault(words, 1 << len(self._bit_of))
        return needed
