"""The small English encoder: one pass over a message yields its levels, kinds and needs at once.

Trained by handoff.screening_model.encoder_training; here it is only run. Judges nothing.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from handoff.encoder_text import spelled
from models.vocabulary import Kind, Need, Priority

FOLDER = Path(__file__).parent / "screening_model"
MODEL_FILE = FOLDER / "encoder.onnx"
TOKENIZER_FILE = FOLDER / "encoder_tokenizer.json"
LEVELS = (Priority.ROUTINE, Priority.URGENT, Priority.VERY_URGENT, Priority.EMERGENCY)
LABELS: tuple[Kind | Need, ...] = (*Kind, *Need)
WIDTH = len(LEVELS) + len(LABELS)
LONGEST = 256  # word pieces; a longer text is read in windows that overlap
OVERLAP = 48  # less than what is left for the text beside the longest earlier turns
MOST_WINDOWS = 8
EARLIER_LETTERS = 160
TURN = " / "


class Encoder(Protocol):
    """Reads a clean text, with what was said before it, into WIDTH logits: levels, then labels."""

    def read(self, clean: str, earlier: Sequence[str] = ()) -> NDArray[np.float32]: ...


class OnnxEncoder:
    """int8 ONNX on one thread. Thread-safe: a session and a tokenizer change nothing by reading."""

    def __init__(self, model: Path, tokenizer: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST, stride=OVERLAP, strategy="only_second")
        self._alone = Tokenizer.from_file(str(tokenizer))
        self._alone.no_padding()
        self._alone.enable_truncation(LONGEST, stride=OVERLAP)

    @classmethod
    def load(cls) -> "OnnxEncoder":
        return cls(MODEL_FILE, TOKENIZER_FILE)

    def read(self, clean: str, earlier: Sequence[str] = ()) -> NDArray[np.float32]:
        """The highest of each logit over the windows of a long text."""
        if earlier:
            before = spelled(TURN.join(earlier))[-EARLIER_LETTERS:]
            encoded = self._tokenizer.encode(before, spelled(clean))
        else:
            encoded = self._alone.encode(spelled(clean))
        windows = [encoded, *encoded.overflowing]
        if len(windows) > MOST_WINDOWS:
            windows = [*windows[: MOST_WINDOWS // 2], *windows[-MOST_WINDOWS // 2 :]]
        highest: NDArray[np.float32] = np.max([self._run(window) for window in windows], axis=0)
        return highest

    def _run(self, window: Encoding) -> NDArray[np.float32]:
        fed = {
            "ids": np.array([window.ids], dtype=np.int64),
            "mask": np.array([window.attention_mask], dtype=np.int64),
            "kind": np.array([window.type_ids], dtype=np.int64),
        }
        logits = self._session.run(None, fed)[0][0]
        return np.asarray(logits, dtype=np.float32)
