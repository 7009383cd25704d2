"""The kinds and needs in a message, by trained heads over the features of the screen.

Decides no urgency.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.readings import Features
from models.vocabulary import Kind, Need

MODEL_FILE = Path(__file__).parent / "content" / "kinds.npz"
LABELS: tuple[Kind | Need, ...] = (*Kind, *Need)
DENSE_WEIGHT = 0.5
ENCODER_WEIGHT, WORDS_WEIGHT, ALIKE_WEIGHT = 0.1, 1.0, 2.0
SURE = 0.5
BESIDE = 2.0  # how far below the surest need another may lie and still be said


@dataclass(frozen=True, slots=True)
class KindsReading:
    """Kinds and needs, surest first, and how sure of every kind, 0 to 1."""

    kinds: tuple[Kind, ...]
    needs: tuple[Need, ...]
    confidence: Mapping[Kind, float]


class KindsReader:
    """The encoder, linear heads on the TF-IDF row and a kernel machine on the likeness to the
    training lines, each with what was said before; the multilingual embedding too where there is
    one. Thread-safe.
    """

    def __init__(self, arrays: Mapping[str, NDArray[np.float32]]) -> None:
        self._mean = arrays["mean"].astype(np.float32)
        self._dense = arrays["dense"].astype(np.float32)
        self._dense_biases = arrays["dense_biases"].astype(np.float32)
        # As the product reads it: turned round at each message, it was copied at each message.
        self._sparse = np.ascontiguousarray(arrays["sparse"].T, dtype=np.float32)
        self._sparse_biases = arrays["sparse_biases"].astype(np.float32)
        self._alike_duals = arrays["alike_duals"].astype(np.float32)
        self._alike_offsets = arrays["alike_offsets"].astype(np.float32)
        self._limits = arrays["limits"].astype(np.float32)

    @classmethod
    def load(cls, path: Path = MODEL_FILE) -> "KindsReader":
        with np.load(path) as stored:
            return cls({name: stored[name] for name in stored.files})

    def read(self, features: Features) -> KindsReading:
        above = self.scores(features) - self._limits
        sure = _share(above)
        kinds, needs = list(Kind), list(Need)
        of_kinds, of_needs = sure[: len(kinds)], above[len(kinds) :]
        said = [kinds[place] for place in np.argsort(-of_kinds) if of_kinds[place] >= SURE]
        if not said:
            said = [kinds[int(np.argmax(of_kinds))]]
        least = max(0.0, float(of_needs.max()) - BESIDE)
        wanted = [needs[place] for place in np.argsort(-of_needs) if of_needs[place] >= least]
        confidence = dict(zip(kinds, (float(value) for value in of_kinds), strict=True))
        return KindsReading(tuple(said), tuple(wanted), confidence)

    def sureness(self, features: Features) -> NDArray[np.float32]:
        """Of every kind, then every need, 0 to 1; said from a half."""
        return _share(self.scores(features) - self._limits)

    def scores(self, features: Features) -> NDArray[np.float32]:
        """As `sureness`, before the limits; unbounded."""
        alone = features.context_row is None
        row = features.rows[-1] if features.context_row is None else features.context_row
        encoded = features.encoded if alone else features.context_encoded
        linear = np.asarray(row @ self._sparse, dtype=np.float32).ravel()
        scores = (linear + self._sparse_biases) * WORDS_WEIGHT
        if encoded is not None:
            scores = scores + encoded[-len(LABELS) :] * ENCODER_WEIGHT
        alike = features.alike if alone else features.context_alike
        if alike is not None:
            scores = scores + (self._alike_duals @ alike + self._alike_offsets) * ALIKE_WEIGHT
        if features.embedding is not None:
            centred = features.embedding - self._mean
            centred /= max(float(np.linalg.norm(centred)), 1e-6)
            scores = scores + (self._dense @ centred + self._dense_biases) * DENSE_WEIGHT
        return np.asarray(scores, dtype=np.float32)


def _share(above: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(above, -30, 30))), dtype=np.float32)
