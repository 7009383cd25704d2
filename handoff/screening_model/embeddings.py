"""Embeddings of many texts, kept by the text's hash so that a second training takes seconds."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handoff.embedder import Embedder
from handoff.sanitise import sanitise

THREADS = 2


class EmbeddingCache:
    """Vectors by text, read from and written to one file."""

    def __init__(self, path: Path, embedder: Embedder) -> None:
        self._path = path
        self._embedder = embedder
        self._known: dict[str, NDArray[np.float32]] = {}
        if path.exists():
            with np.load(path) as stored:
                self._known = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text."""
        clean = [sanitise(text).text for text in texts]
        keys = [hashlib.sha256(text.encode()).hexdigest() for text in clean]
        missing = {k: t for k, t in zip(keys, clean, strict=True) if k not in self._known}
        if missing:
            with ThreadPoolExecutor(THREADS) as pool:
                made = list(pool.map(self._embedder.embed, missing.values()))
            self._known.update(zip(missing, made, strict=True))
            self._save()
        rows = [self._known[key] for key in keys]
        return np.array(rows, dtype=np.float32)

    def _save(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        vectors = np.array(list(self._known.values()), dtype=np.float32)
        np.savez(self._path, keys=np.array(list(self._known)), vectors=vectors)
