"""Fits the heads of kinds and needs. Gets its features from the caller: it computes none itself."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from bot.kinds import LABELS, KindsReader
from models.readings import Features
from models.vocabulary import Kind, Need

SPARSE_COST = 6.0
DENSE_COST = 40.0
ALIKE_COST = 4.0
SEED = 20261124
SMALLEST_WEIGHT = 0.03
LIMITS = np.linspace(-6.0, 5.0, 89)
CAUTION = 12.0  # lines that a limit other than the usual one must outweigh


def fit(
    embeddings: NDArray[np.float32],
    rows: csr_matrix,
    *,
    alike: NDArray[np.float32],
    labels: Sequence[frozenset[Kind | Need]],
) -> dict[str, NDArray[np.float32]]:
    """The heads' arrays, limits still open. `alike`: of each line to each line."""
    mean = embeddings.mean(axis=0)
    centred = embeddings - mean
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    sparse, dense = [], []
    duals = np.zeros((len(LABELS), len(labels)), dtype=np.float16)
    offsets = np.zeros(len(LABELS), dtype=np.float32)
    for place, label in enumerate(LABELS):
        wanted = np.array([label in each for each in labels])
        kernel = SVC(
            C=ALIKE_COST, kernel="precomputed", class_weight="balanced", random_state=SEED
        ).fit(alike, wanted)
        duals[place, kernel.support_] = kernel.dual_coef_[0]
        offsets[place] = kernel.intercept_[0]
        sparse.append(_head(SPARSE_COST).fit(rows, wanted))
        dense.append(_head(DENSE_COST).fit(centred, wanted))
    weights = np.array([head.coef_[0] for head in sparse])
    return {
        "mean": mean.astype(np.float16),
        "dense": np.array([head.coef_[0] for head in dense]).astype(np.float16),
        "dense_biases": np.array([head.intercept_[0] for head in dense], dtype=np.float32),
        "sparse": np.where(np.abs(weights) < SMALLEST_WEIGHT, 0, weights).astype(np.float16),
        "alike_duals": duals,
        "alike_offsets": offsets,
        "sparse_biases": np.array([head.intercept_[0] for head in sparse], dtype=np.float32),
    }


def _head(cost: float) -> LogisticRegression:
    return LogisticRegression(C=cost, class_weight="balanced", max_iter=300)


def limits(
    arrays: Mapping[str, NDArray[np.float32]],
    read: Sequence[Features],
    labels: Sequence[frozenset[Kind | Need]],
) -> NDArray[np.float32]:
    """From which score each label is said: the best F1 on lines not trained on, drawn to the mean
    of all labels where there are few of them.
    """
    reader = KindsReader({**arrays, "limits": np.zeros(len(LABELS), dtype=np.float32)})
    scores = np.array([reader.scores(each) for each in read])
    wanted = np.array([[label in each for label in LABELS] for each in labels])
    best = np.array([_best(scores[:, at], wanted[:, at]) for at in range(len(LABELS))])
    known = wanted.sum(axis=0)
    usual = float((best * known).sum() / max(known.sum(), 1))
    return np.asarray((best * known + usual * CAUTION) / (known + CAUTION), dtype=np.float32)


def _best(scores: NDArray[np.float32], wanted: NDArray[np.bool_]) -> float:
    return float(max(LIMITS, key=lambda limit: (_f1(scores >= limit, wanted), -abs(limit))))


def _f1(said: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> float:
    right = int((said & wanted).sum())
    return 2 * right / max(int(said.sum()) + int(wanted.sum()), 1)
