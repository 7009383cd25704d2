"""Trains the second reader from committed lines: sorted input, fixed seed, no pickles.

Thresholds come from dev alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from handoff.embedder import Embedder
from handoff.features import BITS, FEATURES_FILE, FeatureReader
from handoff.sanitise import sanitise
from handoff.screening_model import lines as data
from handoff.screening_model.embeddings import EmbeddingCache
from handoff.second_reader import GAMMA, HEADS, MODEL_FILE, THRESHOLDS, SecondReader
from models.vocabulary import Priority

COST = 4.0
LINEAR_COST = 8.0
SMALLEST_WEIGHT = 0.02
SEED = 20261124
FALSE_URGENT = 0.07
FALSE_VERY_URGENT = 0.02
FALSE_UNSURE = 0.14
FALSE_FOREIGN = 0.004
CORRECT_EMERGENCY = 0.35


@dataclass(frozen=True, slots=True)
class Corpus:
    """Lines with their features, ready for any head."""

    lines: Sequence[data.Line]
    embeddings: NDArray[np.float32]
    rows: csr_matrix


def prepare(embedder: Embedder, cache: EmbeddingCache) -> tuple[FeatureReader, Corpus]:
    """The training corpus, and the feature reader whose document frequencies come from it."""
    train = data.read(data.TRAIN)
    texts = [sanitise(line.text).text for line in train]
    counted = FeatureReader(np.ones(2 ** (BITS + 1), dtype=np.float32), embedder).counts(texts)
    seen = np.asarray((counted > 0).sum(axis=0)).ravel()
    idf = (np.log((1 + len(train)) / (1 + seen)) + 1).astype(np.float32)
    reader = FeatureReader(idf, embedder)
    return reader, Corpus(train, cache.embed([line.text for line in train]), reader.rows(texts))


def save_features(idf: NDArray[np.float32], path: Path = FEATURES_FILE) -> None:
    np.savez_compressed(path, allow_pickle=False, idf=idf.astype(np.float16))


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
    centred = corpus.embeddings - mean
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    wanted = targets(corpus.lines)
    duals = np.zeros((len(HEADS), len(corpus.lines)), dtype=np.float32)
    offsets, weights, biases = [], [], []
    for place, head in enumerate(HEADS):
        kernel = SVC(C=COST, gamma=GAMMA, class_weight="balanced", random_state=SEED)
        kernel.fit(centred, wanted[head])
        duals[place, kernel.support_] = kernel.dual_coef_[0]
        offsets.append(kernel.intercept_[0])
        linear = LogisticRegression(C=LINEAR_COST, class_weight="balanced", max_iter=600)
        linear.fit(corpus.rows, wanted[head])
        weights.append(np.where(np.abs(linear.coef_[0]) < SMALLEST_WEIGHT, 0, linear.coef_[0]))
        biases.append(linear.intercept_[0])
    return {
        "mean": mean.astype(np.float16),
        "lines": centred.astype(np.float16),
        "duals": duals.astype(np.float16),
        "offsets": np.array(offsets, dtype=np.float32),
        "weights": np.array(weights, dtype=np.float16),
        "biases": np.array(biases, dtype=np.float32),
        "thresholds": np.zeros(len(THRESHOLDS), dtype=np.float32),
    }


def score_lines(
    model: SecondReader, reader: FeatureReader, lines: Sequence[data.Line]
) -> dict[str, NDArray[np.float64]]:
    """Scores by head, each line read as the service reads it, with what was said before."""
    scored = [model.scores(reader.read(line.text, line.earlier)) for line in lines]
    return {head: np.array([each[head] for each in scored]) for head in HEADS}


def choose_thresholds(
    scores: Mapping[str, NDArray[np.float64]], lines: Sequence[data.Line]
) -> NDArray[np.float32]:
    """By a cap on false alarms among plainly non-clinical dev lines; emergency by its own share."""
    calm = np.array([line.is_plainly_non_clinical for line in lines])
    english = np.array([line.language == "en" for line in lines])
    danger = np.array([line.priority is Priority.EMERGENCY for line in lines])

    def cap(head: str, share: float, among: NDArray[np.bool_]) -> float:
        return float(np.quantile(scores[head][among], 1 - share))

    chosen = {
        "unsure": cap("urgent", FALSE_UNSURE, calm),
        "urgent": cap("urgent", FALSE_URGENT, calm),
        "very_urgent": cap("very_urgent", FALSE_VERY_URGENT, calm),
        "emergency": float(np.quantile(scores["emergency"][danger], CORRECT_EMERGENCY)),
        "foreign": cap("foreign", FALSE_FOREIGN, english),
    }
    return np.array([chosen[name] for name in THRESHOLDS], dtype=np.float32)


def save(arrays: Mapping[str, NDArray[np.float32]], path: Path = MODEL_FILE) -> None:
    np.savez_compressed(path, allow_pickle=False, **arrays)
