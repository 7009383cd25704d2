"""Counts what texts are made of - words, pairs of words, runs of characters - in hashed columns.

Keeps no vocabulary, so that nothing anyone wrote stays here.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float32]
_WORD = re.compile(r"\w+|[^\w\s]")
RUNS = range(2, 6)


def words_and_pairs(text: str) -> Iterator[str]:
    """Every word and sign in lower case, then every two that follow each other."""
    words = _WORD.findall(text.lower())
    yield from words
    for place in range(len(words) - 1):
        yield f"{words[place]} {words[place + 1]}"


def character_runs(text: str) -> Iterator[str]:
    """Runs of two to five characters within each word, its edges marked by blanks."""
    for word in text.lower().split():
        edged = f" {word} "
        for length in RUNS:
            for place in range(max(len(edged) - length, 0) + 1):
                yield edged[place : place + length]


def counts(texts: Sequence[str], parts: Callable[[str], Iterable[str]], *, bits: int) -> csr_matrix:
    """One row a text, 2**bits columns: how often each of its parts occurs."""
    columns: list[int] = []
    numbers: list[int] = []
    ends = [0]
    last = 2**bits - 1
    for text in texts:
        found = Counter(crc32(part.encode("utf-8", "surrogatepass")) & last for part in parts(text))
        columns.extend(found)
        numbers.extend(found.values())
        ends.append(len(columns))
    return csr_matrix(
        (np.array(numbers, dtype=np.float32), np.array(columns, dtype=np.int32), ends),
        shape=(len(texts), last + 1),
    )


def rarity(counted: csr_matrix) -> Floats:
    """Inverse document frequency of each column, smoothed."""
    seen = np.asarray((counted > 0).sum(axis=0)).ravel()
    return np.asarray(np.log((1 + counted.shape[0]) / (1 + seen)) + 1, dtype=np.float32)


def weighted(counted: csr_matrix, rare: Floats) -> csr_matrix:
    """Sublinear term frequency times inverse document frequency, rows of unit length."""
    block = counted.astype(np.float32, copy=True)
    block.data = (1.0 + np.log(block.data)) * rare[block.indices]
    lengths = np.sqrt(np.asarray(block.multiply(block).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1.0
    block.data /= np.repeat(lengths, np.diff(block.indptr))
    return block
