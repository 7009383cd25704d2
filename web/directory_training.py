"""Trains the reader of directory topics: `python -m web.directory_training`, half a minute.

From searches and screening lines that were made up; nobody's words. Decides nothing.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.directory_model import MODEL_FILE, WIDTH, TopicModel, features
from bot.directory_topics import known_topics, spelt
from bot.fields.plain import plain
from bot.wording import CONTENT
from handoff.screening_model import lines as data
from models.vocabulary import Need

SEARCHES_FILES = (CONTENT / "directory_searches.tsv", CONTENT / "directory_wordings.tsv")
COST = 10.0
MAYBE = 0.3  # the weight of a topic that may be named beside the one meant
SMALLEST_WEIGHT = 0.02
SEVERAL = 4  # texts
NEEDS = frozenset(need.value for need in Need)


class Taught(NamedTuple):
    """A text with its topics; `is_search`: the topics that are not needs were told, too."""

    words: str
    topics: frozenset[str]
    beside: frozenset[str]
    is_search: bool


def searches() -> Iterator[Taught]:
    for line in _lines():
        if line.startswith("#"):
            continue
        query, topics, *_ = (part.strip() for part in line.split("|"))
        named = topics.split()
        yield Taught(
            plain(query),
            frozenset(name for name in named if not name.endswith("?")),
            frozenset(name[:-1] for name in named if name.endswith("?")),
            is_search=True,
        )


def _lines() -> list[str]:
    return [line for path in SEARCHES_FILES for line in path.read_text("utf-8").splitlines()]


def messages() -> Iterator[Taught]:
    """Screening lines that say a need; what else they are about nobody has told."""
    for line in data.read(data.TRAIN):
        if line.needs:
            needs = frozenset(need.value for need in line.needs)
            yield Taught(plain(line.text), needs, frozenset(), is_search=False)


def digest() -> str:
    """Of the searches: the model says which it was trained on."""
    return hashlib.sha256("\n".join(_lines()).encode()).hexdigest()


def train() -> None:
    taught = [*searches(), *messages()]
    known = _common(taught)
    spoken = [one._replace(words=spelt(one.words, common=known)) for one in taught]
    rarity = _rarity(spoken)
    rows = _rows(spoken, rarity=rarity)
    topics = known_topics()
    heads = [_head(topic, spoken, rows) for topic in topics]
    weights = np.array([head.coef_[0] for head in heads])
    np.savez_compressed(
        MODEL_FILE,
        allow_pickle=False,
        topics=np.array(topics),
        known=np.array(sorted(known)),
        weights=np.where(np.abs(weights) < SMALLEST_WEIGHT, 0, weights).astype(np.float16),
        biases=np.array([head.intercept_[0] for head in heads], dtype=np.float32),
        rarity=rarity.astype(np.float16),
        searches=np.array(digest()),
    )
    TopicModel.load.cache_clear()


def _common(taught: Sequence[Taught]) -> frozenset[str]:
    """Words that several texts have: right as they are, whatever they look like."""
    texts = [one.words for one in taught if one.is_search]
    texts += [plain(line.text) for line in data.read(data.TRAIN)]
    counted = Counter(word for text in texts for word in set(text.split()) if word.isalpha())
    return frozenset(word for word, texts_with in counted.items() if texts_with >= SEVERAL)


def _rarity(taught: Sequence[Taught]) -> NDArray[np.float32]:
    """Smoothed inverse document frequency of each hashed feature."""
    seen, even = np.zeros(WIDTH), np.ones(WIDTH, dtype=np.float32)
    for one in taught:
        seen[features(one.words, rarity=even)[0]] += 1
    return np.asarray(np.log((1 + len(taught)) / (1 + seen)) + 1, dtype=np.float32)


def _rows(taught: Sequence[Taught], *, rarity: NDArray[np.float32]) -> csr_matrix:
    read = [features(one.words, rarity=rarity) for one in taught]
    starts = np.cumsum([0, *(len(places) for places, _ in read)])
    values = np.concatenate([values for _, values in read])
    places = np.concatenate([places for places, _ in read])
    return csr_matrix((values, places, starts), shape=(len(taught), WIDTH))


def _head(topic: str, taught: Sequence[Taught], rows: csr_matrix) -> LogisticRegression:
    told = [at for at, one in enumerate(taught) if one.is_search or topic in NEEDS]
    wanted = np.array([topic in taught[at].topics | taught[at].beside for at in told])
    sure = np.array([MAYBE if topic in taught[at].beside else 1.0 for at in told])
    head = LogisticRegression(C=COST, class_weight="balanced", max_iter=500)
    return head.fit(rows[told], wanted, sample_weight=sure)


if __name__ == "__main__":
    train()
