"""The second reader: what trained models make of a message.

Raises a finding, explains by sentence, shows no number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from handoff.encoder import LEVELS
from handoff.features import FEWEST_LETTERS, FOLDER, LAST_LATIN
from models.readings import Features, ReaderFault, SecondReading, Signal
from models.vocabulary import Priority, highest

MODEL_FILE = FOLDER / "screen.npz"
HEADS = ("urgent", "very_urgent", "emergency")
FOREIGN_HEADS = (*HEADS, "foreign")
GAMMA = 1.0
KERNEL_WEIGHT = 2.0
LINEAR_WEIGHT = 0.5
ENCODER_WEIGHT, WORDS_WEIGHT, ALIKE_WEIGHT = 0.5, 1.0, 2.0
REASON = "This sentence as a whole sounds like it needs a person"
FOREIGN_LETTERS = 0.3
CALM_MARGIN = 1.0
"""How far below the beginning of doubt, on the urgent head, a message counts as calm."""
LIMITS = ("unsure", *HEADS)
_FIRST_HEAD = LEVELS.index(Priority.URGENT)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Above which score a head speaks. `unsure` is on the urgent head, below `urgent`."""

    unsure: float
    urgent: float
    very_urgent: float
    emergency: float

    def priority(self, scores: Mapping[str, float]) -> Priority:
        red = scores["very_urgent"] >= self.very_urgent
        if red and scores["emergency"] >= self.emergency:
            return Priority.EMERGENCY
        if red:
            return Priority.VERY_URGENT
        return Priority.URGENT if scores["urgent"] >= self.urgent else Priority.NONE


class SecondReader:
    """For all text: the encoder, linear heads on the TF-IDF row and a kernel machine on the
    likeness to the training lines, added.

    For text that may not be English also: a kernel machine on the multilingual embedding.
    The higher of the two.
    """

    def __init__(self, arrays: Mapping[str, NDArray[np.float32]]) -> None:
        self._mean = arrays["mean"].astype(np.float32)
        self._lines = arrays["lines"].astype(np.float32)
        self._duals = arrays["duals"].astype(np.float32)
        self._offsets = arrays["offsets"].astype(np.float32)
        self._alike_duals = arrays["alike_duals"].astype(np.float32)
        self._alike_offsets = arrays["alike_offsets"].astype(np.float32)
        # As the product reads it: turned round at each message, it was copied at each message.
        self._weights = np.ascontiguousarray(arrays["weights"].T, dtype=np.float32)
        self._biases = arrays["biases"].astype(np.float32)
        self.thresholds = Thresholds(*map(float, arrays["thresholds"]))
        self.foreign_thresholds = Thresholds(*map(float, arrays["foreign_thresholds"][:-1]))
        self._foreign_limit = float(arrays["foreign_thresholds"][-1])

    @classmethod
    def load(cls, path: Path = MODEL_FILE) -> "SecondReader":
        with np.load(path) as stored:
            return cls({name: stored[name] for name in stored.files})

    def read(self, features: Features) -> SecondReading:
        """Absent encoder or likeness, or absent embedder where one is needed: a fault."""
        missing = features.encoded is None or features.alike is None
        if missing or (features.foreign and features.embedding is None):
            return SecondReading(unsure=True, fault=ReaderFault.ABSENT)
        scores = self.scores(features)
        priority = self.thresholds.priority(scores)
        unsure = scores["urgent"] >= self.thresholds.unsure
        calm = scores["urgent"] < self.thresholds.unsure - CALM_MARGIN
        unreadable = False
        if features.foreign:
            scores = self.foreign_scores(features)
            priority = highest(priority, self.foreign_thresholds.priority(scores))
            unsure = unsure or scores["urgent"] >= self.foreign_thresholds.unsure
            unreadable = self._is_foreign(features, scores["foreign"])
            calm = calm and scores["urgent"] < self.foreign_thresholds.unsure - CALM_MARGIN
        raised = priority is not Priority.NONE
        alone = self._score(features.encoded, features.rows[-1], alike=features.alike)[0]
        return SecondReading(
            priority=priority,
            in_itself=features.foreign or float(alone) >= self.thresholds.unsure,
            unsure=unsure or raised,
            calm=calm and not (raised or unreadable) and _has_words(features),
            unreadable=unreadable,
            signal=self._signal(features, priority) if raised else None,
        )

    def scores(self, features: Features) -> dict[str, float]:
        """By head, for training and tests; never shown to anyone.

        With what was said before where anything was: read alone, a short answer says too little,
        and measured so, more danger is found for the same false alarms.
        """
        if features.context_encoded is not None and features.context_row is not None:
            found = self._score(
                features.context_encoded, features.context_row, alike=features.context_alike
            )
        else:
            found = self._score(features.encoded, features.rows[-1], alike=features.alike)
        return dict(zip(HEADS, found.tolist(), strict=True))

    def foreign_scores(self, features: Features) -> dict[str, float]:
        """As `scores`, by the multilingual embedding; `foreign` is of the message alone."""
        found = self._kernel(features.embedding, features.rows[-1])
        if features.context_embedding is not None and features.context_row is not None:
            joined = self._kernel(features.context_embedding, features.context_row)
            found = np.append(np.maximum(found, joined)[:-1], found[-1])
        return dict(zip(FOREIGN_HEADS, found.tolist(), strict=True))

    def _linear(self, row: csr_matrix) -> NDArray[np.float32]:
        linear: NDArray[np.float32] = np.asarray(row @ self._weights).ravel() + self._biases
        return linear

    def _score(
        self,
        encoded: NDArray[np.float32] | None,
        row: csr_matrix,
        *,
        alike: NDArray[np.float32] | None,
    ) -> NDArray[np.float32]:
        score = self._linear(row)[: len(HEADS)] * WORDS_WEIGHT
        if encoded is not None:
            score = score + encoded[_FIRST_HEAD : len(LEVELS)] * ENCODER_WEIGHT
        if alike is not None:
            score = score + (self._alike_duals @ alike + self._alike_offsets) * ALIKE_WEIGHT
        return np.asarray(score, dtype=np.float32)

    def _kernel(
        self, embedding: NDArray[np.float32] | None, row: csr_matrix
    ) -> NDArray[np.float32]:
        linear = self._linear(row)
        if embedding is None:
            return linear * LINEAR_WEIGHT
        centred = embedding - self._mean
        centred /= max(float(np.linalg.norm(centred)), 1e-6)
        apart = 2.0 - 2.0 * (self._lines @ centred)
        kernel = np.exp(-GAMMA * apart) @ self._duals.T + self._offsets
        scored: NDArray[np.float32] = kernel * KERNEL_WEIGHT + linear * LINEAR_WEIGHT
        return scored

    def _is_foreign(self, features: Features, score: float) -> bool:
        """Another script, or words that the head knows as not English."""
        letters = [character for character in features.clean if character.isalpha()]
        if len(letters) < FEWEST_LETTERS:
            return False
        other = sum(ord(character) > LAST_LATIN for character in letters)
        return other / len(letters) > FOREIGN_LETTERS or score >= self._foreign_limit

    def _signal(self, features: Features, priority: Priority) -> Signal:
        """The sentence that weighed most, by the linear part."""
        head = HEADS.index("very_urgent" if priority.is_red else "urgent")
        weighed = np.asarray(features.rows[:-1] @ self._weights[:, head]).ravel()
        span = features.sentences[int(np.argmax(weighed))]
        return Signal("model.sentence", span.start, span.end, REASON, priority)


def _has_words(features: Features) -> bool:
    """Signs alone, crying faces say, are nothing that these models have learnt to read."""
    return any(character.isalnum() for character in features.clean)
