"""Finds token patterns among words, trying only those whose every needed word is there.

Knows nothing of what the patterns mean.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
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
        self._watched = self._watching()
        self._need_nothing = [at for at, net in enumerate(self._nets) if 0 in net.needs]

    def found(self, norms: Sequence[str], doc: Doc) -> Iterator[tuple[str, int, int]]:
        """Key, first word and one past the last of everything found."""
        for number in self._possible(set(norms)):
            net = self._nets[number]
            for _, start, end in net.matcher(doc):
                yield net.key, start, end

    def _possible(self, words: Set[str]) -> list[int]:
        """Numbers of the nets of which everything needed is there, in order."""
        there = 0
        for word in words:
            there |= self._bits.get(word, 0)
        found = set(self._need_nothing)
        for word in words:
            watched = self._watched.get(word, ())
            found.update([number for need, number in watched if need & there == need])
        return sorted(found)

    def _watching(self) -> dict[str, list[tuple[int, int]]]:
        """Each need with its net, under the words of that part of it which the fewest need: where
        none of these words is there, the net need not be looked at.
        """
        needs = [(need, number) for number, net in enumerate(self._nets) for need in net.needs]
        words_of = {bit: words for words, bit in self._bit_of.items()}
        asked = Counter(bit for need, _ in needs for bit in words_of if need & bit)
        watched: dict[str, list[tuple[int, int]]] = {}
        for need, number in needs:
            if need:
                rarest = min((bit for bit in words_of if need & bit), key=asked.__getitem__)
                for word in words_of[rarest]:
                    watched.setdefault(word, []).append((need, number))
        return watched

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
