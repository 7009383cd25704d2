"""Trains the second reader's heads from committed lines: sorted input, fixed seed, no pickles.

Thresholds come from dev alone. The encoder beneath is trained apart: encoder_training.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from handoff.features import BITS, FEATURES_FILE, FeatureReader, word_counts
from handoff.likeness import LINES_FILE, View, nearness, unit
from handoff.sanitise import sanitise
from handoff.screening_model import lines as data
from handoff.screening_model.embeddings import EmbeddingCache
from handoff.second_reader import (
    FOREIGN_HEADS,
    GAMMA,
    HEADS,
    LIMITS,
    MODEL_FILE,
    SecondReader,
)
from models import ngrams
from models.readings import Features
from models.vocabulary import Priority

Floats = NDArray[np.floating[Any]]
COST = 4.0
LINEAR_COST = 8.0
AXES = 192  # of 512 that the embedder has: no worse, a third of the memory
SMALLEST_WEIGHT = 0.02
SEED = 20261124
ENGLISH_ONE_IN = 3  # of the lines that the multilingual reader compares with
SUSPECTED = 0.04  # share of English lines that also go to the slower reader
FALSE_FOREIGN = 0.004
CORRECT_EMERGENCY = 0.35


@dataclass(frozen=True, slots=True)
class Shares:
    """The most of plainly non-clinical dev lines that each head may raise."""

    unsure: float
    urgent: float
    very_urgent: float


ENGLISH = Shares(unsure=0.09, urgent=0.08, very_urgent=0.03)
FOREIGN = Shares(unsure=0.14, urgent=0.07, very_urgent=0.02)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Lines with their features, ready for any head."""

    lines: Sequence[data.Line]
    embeddings: NDArray[np.float32]
    rows: csr_matrix
    view: View
    meanings: NDArray[np.float32]

    @property
    def alike(self) -> NDArray[np.float32]:
        """Of each line to each line, as handoff.likeness reads it."""
        return nearness(self.meanings @ self.meanings.T)


def prepare(cache: EmbeddingCache, meanings: EmbeddingCache) -> tuple[dict[str, Floats], Corpus]:
    """What the feature reader is made of, and the training corpus, each line with what was said
    before it.
    """
    train = data.read(data.TRAIN)
    texts = [sanitise(" ".join((*line.earlier, line.text))).text for line in train]
    width = 2 ** (BITS + 1)
    blank = {"foreign": np.zeros(width), "suspicion": np.zeros(())}
    idf = ngrams.rarity(word_counts(texts)).astype(np.float16)
    rows = _reader({**blank, "idf": idf}).rows(texts)
    arrays: dict[str, Floats] = {"idf": idf, **_suspicion(rows, train)}
    meant = meanings.embed(texts)
    view = _view(meant)
    return arrays, Corpus(train, cache.embed(texts), rows, view, _as_kept(view.of(meant)))


def _view(embeddings: NDArray[np.float32]) -> View:
    mean = _as_kept(embeddings.mean(axis=0))
    _, _, axes = np.linalg.svd(embeddings - mean, full_matrices=False)
    return View(mean, _as_kept(axes[:AXES].T))


def _as_kept(numbers: NDArray[np.float32]) -> NDArray[np.float32]:
    return numbers.astype(np.float16).astype(np.float32)


def save_likeness(corpus: Corpus, path: Path = LINES_FILE) -> None:
    np.savez_compressed(
        path,
        allow_pickle=False,
        mean=corpus.view.mean.astype(np.float16),
        axes=corpus.view.axes.astype(np.float16),
        lines=corpus.meanings.astype(np.float16),
    )


def _reader(arrays: Mapping[str, Floats]) -> FeatureReader:
    return FeatureReader(arrays, encoder=None, likeness=None, embedder=None)


def _suspicion(rows: csr_matrix, lines: Sequence[data.Line]) -> dict[str, Floats]:
    other = np.array([line.language != "en" for line in lines])
    weights, bias = _linear(rows, other)
    heard = np.asarray(rows @ weights).ravel()
    limit = float(np.quantile(heard[~other], 1 - SUSPECTED))
    del bias  # the limit is on the weighed words alone
    return {"foreign": weights.astype(np.float16), "suspicion": np.array(limit, dtype=np.float32)}


def _linear(rows: csr_matrix, wanted: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    head = LogisticRegression(C=LINEAR_COST, class_weight="balanced", max_iter=600)
    head.fit(rows, wanted)
    weights = np.where(np.abs(head.coef_[0]) < SMALLEST_WEIGHT, 0, head.coef_[0])
    return weights, float(head.intercept_[0])


def save_features(arrays: Mapping[str, Floats], path: Path = FEATURES_FILE) -> None:
    np.savez_compressed(path, allow_pickle=False, **arrays)


def targets(lines: Sequence[data.Line]) -> Mapping[str, NDArray[np.bool_]]:
    """What each head learns."""
    ranks = np.array([line.priority.rank for line in lines])
    return {
        "urgent": ranks >= Priority.URGENT.rank,
        "very_urgent": ranks >= Priority.VERY_URGENT.rank,
        "emergency": ranks >= Priority.EMERGENCY.rank,
        "foreign": np.array([line.language != "en" for line in lines]),
    }


def fit(corpus: Corpus) -> dict[str, NDArray[np.float32]]:
    """The heads' arrays, thresholds still open."""
    mean = corpus.embeddings.mean(axis=0)
    apart = unit(corpus.embeddings - mean)
    wanted = targets(corpus.lines)
    few = wanted["foreign"] | (np.arange(len(corpus.lines)) % ENGLISH_ONE_IN == 0)
    duals = np.zeros((len(FOREIGN_HEADS), int(few.sum())), dtype=np.float32)
    alike, alike_duals = corpus.alike, np.zeros((len(HEADS), len(corpus.lines)), dtype=np.float32)
    offsets, alike_offsets, weights, biases = [], [], [], []
    for place, head in enumerate(FOREIGN_HEADS):
        kernel = SVC(C=COST, gamma=GAMMA, class_weight="balanced", random_state=SEED)
        kernel.fit(apart[few], wanted[head][few])
        duals[place, kernel.support_] = kernel.dual_coef_[0]
        offsets.append(kernel.intercept_[0])
        if head in HEADS:
            near = SVC(C=COST, kernel="precomputed", class_weight="balanced", random_state=SEED)
            near.fit(alike, wanted[head])
            alike_duals[place, near.support_] = near.dual_coef_[0]
            alike_offsets.append(near.intercept_[0])
        weight, bias = _linear(corpus.rows, wanted[head])
        weights.append(weight)
        biases.append(bias)
    return {
        "mean": mean.astype(np.float16),
        "lines": apart[few].astype(np.float16),
        "duals": duals.astype(np.float16),
        "offsets": np.array(offsets, dtype=np.float32),
        "alike_duals": alike_duals.astype(np.float16),
        "alike_offsets": np.array(alike_offsets, dtype=np.float32),
        "weights": np.array(weights, dtype=np.float16),
        "biases": np.array(biases, dtype=np.float32),
        "thresholds": np.zeros(len(LIMITS), dtype=np.float32),
        "foreign_thresholds": np.zeros(len(LIMITS) + 1, dtype=np.float32),
    }


def with_thresholds(
    arrays: Mapping[str, NDArray[np.float32]],
    read: Sequence[Features],
    lines: Sequence[data.Line],
) -> dict[str, NDArray[np.float32]]:
    """The arrays with thresholds chosen on `lines`, whose features are `read`.

    Lines that carry no embedding have no say in the thresholds of the multilingual reader.
    """
    model = SecondReader(arrays)
    english = _table([model.scores(each) for each in read])
    limits = choose(english, lines, ENGLISH)
    embedded = [place for place, each in enumerate(read) if each.embedding is not None]
    foreign = _table([model.foreign_scores(read[place]) for place in embedded])
    some = [lines[place] for place in embedded]
    spoken = np.array([line.language == "en" for line in some])
    other = float(np.quantile(foreign["foreign"][spoken], 1 - FALSE_FOREIGN))
    return {
        **arrays,
        "thresholds": limits,
        "foreign_thresholds": np.append(choose(foreign, some, FOREIGN), np.float32(other)),
    }


def _table(scores: Sequence[Mapping[str, float]]) -> dict[str, NDArray[np.float64]]:
    return {head: np.array([each[head] for each in scores]) for head in scores[0]}


def choose(
    scores: Mapping[str, NDArray[np.float64]], lines: Sequence[data.Line], shares: Shares
) -> NDArray[np.float32]:
    """By a cap on false alarms among plainly non-clinical lines; emergency by its own share."""
    calm = np.array([line.is_plainly_non_clinical for line in lines])
    danger = np.array([line.priority is Priority.EMERGENCY for line in lines])

    def cap(head: str, share: float) -> float:
        return float(np.quantile(scores[head][calm], 1 - share))

    chosen = {
        "unsure": cap("urgent", shares.unsure),
        "urgent": cap("urgent", shares.urgent),
        "very_urgent": cap("very_urgent", shares.very_urgent),
        "emergency": float(np.quantile(scores["emergency"][danger], CORRECT_EMERGENCY)),
    }
    return np.array([chosen[name] for name in LIMITS], dtype=np.float32)


def save(arrays: Mapping[str, NDArray[np.float32]], path: Path = MODEL_FILE) -> None:
    np.savez_compressed(path, allow_pickle=False, **arrays)
