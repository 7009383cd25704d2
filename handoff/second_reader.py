"""The second reader: what a trained model makes of a message.

Raises a finding, explains by sentence, shows no number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from handoff.features import FOLDER
from models.readings import Features, ReaderFault, SecondReading, Signal
from models.vocabulary import Priority

MODEL_FILE = FOLDER / "screen.npz"
HEADS = ("urgent", "very_urgent", "emergency", "foreign")
GAMMA = 1.0
KERNEL_WEIGHT = 2.0
LINEAR_WEIGHT = 0.5
REASON = "This sentence as a whole sounds like it needs a person"
FOREIGN_LETTERS = 0.3
FEWEST_LETTERS = 3
CALM_MARGIN = 2.0
"""How far below the beginning of doubt, on the urgent head, a message counts as calm."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Above which score a head speaks. `unsure` is on the urgent head, below `urgent`."""

    unsure: float
    urgent: float
    very_urgent: float
    emergency: float
    foreign: float


class SecondReader:
    """A kernel machine on the embedding and a linear one on the TF-IDF row, added."""

    def __init__(self, arrays: Mapping[str, NDArray[np.float32]]) -> None:
        self._mean = arrays["mean"].astype(np.float32)
        self._lines = arrays["lines"].astype(np.float32)
        self._duals = arrays["duals"].astype(np.float32)
        self._offsets = arrays["offsets"].astype(np.float32)
        self._weights = arrays["weights"].astype(np.float32)
        self._biases = arrays["biases"].astype(np.float32)
        limits = {
            name: float(value) for name, value in zip(THRESHOLDS, arrays["thresholds"], strict=True)
        }
        self.thresholds = Thresholds(**limits)

    @classmethod
    def load(cls, path: Path = MODEL_FILE) -> "SecondReader":
        with np.load(path) as stored:
            return cls({name: stored[name] for name in stored.files})

    def read(self, features: Features) -> SecondReading:
        """The higher of this message alone and with the turns before it.

        Absent embedder: a fault.
        """
        if features.embedding is None:
            return SecondReading(unsure=True, fault=ReaderFault.ABSENT)
        scores = self.scores(features)
        limits = self.thresholds
        priority = self._priority(scores)
        unsure = scores["urgent"] >= limits.unsure or priority is not Priority.NONE
        foreign = self._is_foreign(features, scores["foreign"])
        signal = self._signal(features, priority) if priority is not Priority.NONE else None
        calm = scores["urgent"] < limits.unsure - CALM_MARGIN and not unsure
        return SecondReading(
            priority=priority, unsure=unsure, calm=calm, unreadable=foreign, signal=signal
        )

    def scores(self, features: Features) -> dict[str, float]:
        """By head, for training and tests; never shown to anyone."""
        whole = self._score(features.embedding, features.rows[-1])
        if features.context_row is None or features.context_embedding is None:
            return dict(zip(HEADS, whole.tolist(), strict=True))
        joined = self._score(features.context_embedding, features.context_row)
        joined[-1] = whole[-1]
        return dict(zip(HEADS, np.maximum(whole, joined).tolist(), strict=True))

    def _score(self, embedding: NDArray[np.float32] | None, row: csr_matrix) -> NDArray[np.float32]:
        linear = np.asarray(row @ self._weights.T).ravel() + self._biases
        if embedding is None:
            return linear * LINEAR_WEIGHT
        centred = embedding - self._mean
        centred /= max(float(np.linalg.norm(centred)), 1e-6)
        apart = 2.0 - 2.0 * (self._lines @ centred)
        kernel = np.exp(-GAMMA * apart) @ self._duals.T + self._offsets
        scored: NDArray[np.float32] = kernel * KERNEL_WEIGHT + linear * LINEAR_WEIGHT
        return scored

    def _priority(self, scores: Mapping[str, float]) -> Priority:
        limits = self.thresholds
        if scores["emergency"] >= limits.emergency and scores["very_urgent"] >= limits.very_urgent:
            return Priority.EMERGENCY
        if scores["very_urgent"] >= limits.very_urgent:
            return Priority.VERY_URGENT
        if scores["urgent"] >= limits.urgent:
            return Priority.URGENT
        return Priority.NONE

    def _is_foreign(self, features: Features, score: float) -> bool:
        """Another script, or words that the head knows as not English."""
        letters = [character for character in features.clean if character.isalpha()]
        if len(letters) < FEWEST_LETTERS:
            return False
        other = sum(ord(character) > LAST_LATIN for character in letters)
        return other / len(letters) > FOREIGN_LETTERS or score >= self.thresholds.foreign

    def _signal(self, features: Features, priority: Priority) -> Signal:
        """The sentence that weighed most, by the linear part."""
        head = HEADS.index("very_urgent" if priority.is_red else "urgent")
        weighed = np.asarray(features.rows[:-1] @ self._weights[head]).ravel()
        span = features.sentences[int(np.argmax(weighed))]
        return Signal("model.sentence", span.start, span.end, REASON, priority)


THRESHOLDS = ("unsure", "urgent", "very_urgent", "emergency", "foreign")
LAST_LATIN = 0x24F
