"""Fits the heads of kinds and needs. Gets its features from the caller: it computes none itself."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from bot.kinds import EMBEDDING_WEIGHT
from models.vocabulary import Kind, Need

COST = 6.0
SMALLEST_WEIGHT = 0.03
HALF = 0.5
LIMITS = np.linspace(0.2, 0.8, 25)
LABELS = (*Kind, *Need)


def fit(
    embeddings: NDArray[np.float32],
    rows: csr_matrix,
    labels: Sequence[frozenset[Kind | Need]],
    writers: Sequence[str],
) -> dict[str, NDArray[np.float32]]:
    """The heads' arrays; each limit by the best F1 of lines whose writer was held out."""
    mean = embeddings.mean(axis=0)
    centred = embeddings - mean
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    together = csr_matrix(hstack([csr_matrix(centred * EMBEDDING_WEIGHT), rows], format="csr"))
    width = embeddings.shape[1]
    weights, biases, limits = [], [], []
    for label in LABELS:
        wanted = np.array([label in each for each in labels])
        head = LogisticRegression(C=COST, class_weight="balanced", max_iter=300)
        held_out = cross_val_predict(
            head, together, wanted, groups=writers, cv=GroupKFold(3), method="predict_proba"
        )[:, 1]
        limits.append(_best_limit(held_out, wanted))
        head.fit(together, wanted)
        weights.append(head.coef_[0])
        biases.append(head.intercept_[0])
    all_weights = np.array(weights)
    sparse = all_weights[:, width:]
    return {
        "mean": mean.astype(np.float16),
        "dense": all_weights[:, :width].astype(np.float16),
        "sparse": np.where(np.abs(sparse) < SMALLEST_WEIGHT, 0, sparse).astype(np.float16),
        "biases": np.array(biases, dtype=np.float32),
        "limits": np.array(limits, dtype=np.float32),
    }


def _best_limit(sure: NDArray[np.float64], wanted: NDArray[np.bool_]) -> float:
    return float(max(LIMITS, key=lambda limit: _f1(sure >= limit, wanted)))


def _f1(said: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> float:
    right = int((said & wanted).sum())
    return 2 * right / max(int(said.sum()) + int(wanted.sum()), 1)
