"""Which topics a search is likeliest to be about, by a linear model over its words and their parts.

For searches that no phrase is in: it ranks topics, and never decides alone where a phrase does.
"""

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.wording import CONTENT

MODEL_FILE = CONTENT / "directory_topics.npz"
WIDTH = 1 << 15  # hashed features; few of them collide
SHORTEST_PART, LONGEST_PART = 3, 5  # letters
LONGEST_TEXT = 400  # letters; a search has at most 300


class TopicModel:
    """One linear head for each topic. Thread-safe."""

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        self.topics: tuple[str, ...] = tuple(str(name) for name in arrays["topics"])
        self.known: frozenset[str] = frozenset(str(word) for word in arrays["known"])
        self._weights = arrays["weights"].astype(np.float32)
        self._biases = arrays["biases"].astype(np.float32)
        self._rarity = arrays["rarity"].astype(np.float32)

    @classmethod
    @cache
    def load(cls, path: Path = MODEL_FILE) -> "TopicModel":
        with np.load(path) as stored:
            return cls({name: stored[name] for name in stored.files})

    def scores(self, words: str) -> Mapping[str, float]:
        """Of every topic, above 0 where it is likelier than not; `words` in their plain form."""
        places, values = features(words, rarity=self._rarity)
        found = self._weights[:, places] @ values + self._biases
        return dict(zip(self.topics, (float(score) for score in found), strict=True))


def features(
    words: str, *, rarity: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Places and weights of the hashed features, of unit length for words and for parts each."""
    text = words[:LONGEST_TEXT].split()
    halves = [_weighed(list(half), rarity=rarity) for half in (_wholes(text), _parts(text))]
    places = np.concatenate([places for places, _ in halves])
    return places, np.concatenate([values for _, values in halves])


def _weighed(
    found: Sequence[str], *, rarity: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    counted = Counter(zlib.crc32(feature.encode()) % WIDTH for feature in found)
    places = np.array(list(counted), dtype=np.int64)
    values = (1 + np.log(np.array(list(counted.values()), dtype=np.float32))) * rarity[places]
    return places, values / max(float(np.linalg.norm(values)), 1e-6)


def _wholes(words: Sequence[str]) -> list[str]:
    return [*words, *(f"{one}_{other}" for one, other in pairwise(words))]


def _parts(words: Sequence[str]) -> list[str]:
    return [
        f"#{word[at : at + size]}"
        for word in (f" {word} " for word in words)
        for size in range(SHORTEST_PART, LONGEST_PART + 1)
        for at in range(len(word) - size + 1)
    ]
