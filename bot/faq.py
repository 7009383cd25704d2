"""Finds the reviewed answer to a question by its meaning, or is not sure. Writes no answer."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from scipy.sparse import csr_matrix, hstack

from bot.fields.plain import plain
from bot.wording import CONTENT
from models import ngrams

FAQ_FILE = CONTENT / "faq.json"
PARAPHRASES_FILE = CONTENT / "faq_paraphrases.toml"
SURE = 0.66
CLEAR_OF_NEXT = 0.06
SHORTLIST = 12
BITS = 18
PARTS = (ngrams.character_runs, ngrams.words_and_pairs)
MOST_WORDS = 30  # longer messages tell a story; they do not ask one question


class FaqError(LookupError):
    """No such question, or its answer needs a value that was not given. Carries ids only."""


@dataclass(frozen=True, slots=True)
class FaqMatch:
    """The nearest question. `confidence` 0..1; `sure`: answer without asking back."""

    id: str
    confidence: float
    sure: bool


class Faq:
    """The questions with their paraphrases, indexed once when loaded."""

    def __init__(self, answers: Mapping[str, str], questions: Sequence[tuple[str, str]]) -> None:
        self._answers = dict(answers)
        self._ids = [faq_id for faq_id, _ in questions]
        self._questions = [plain(question) for _, question in questions]
        counted = [ngrams.counts(self._questions, parts, bits=BITS) for parts in PARTS]
        self._rarity = [
            np.where(np.asarray(block.sum(axis=0)).ravel() > 0, ngrams.rarity(block), 0)
            for block in counted
        ]
        self._rows = self._weighed(counted)

    @classmethod
    def load(cls, path: Path | None = None, paraphrases: Path | None = None) -> "Faq":
        """Raise FaqError when a paraphrase belongs to no question."""
        items = json.loads((path or FAQ_FILE).read_text(encoding="utf-8"))["items"]
        more = tomllib.loads((paraphrases or PARAPHRASES_FILE).read_text(encoding="utf-8"))
        answers = {item["id"]: item["answer"] for item in items}
        stray = sorted(set(more) - set(answers))
        if stray:
            raise FaqError(f"paraphrases of no question: {', '.join(stray)}")
        questions = [
            (item["id"], text) for item in items for text in (*item["questions"], *more[item["id"]])
        ]
        return cls(answers, questions)

    def ids(self) -> frozenset[str]:
        return frozenset(self._answers)

    def match(self, text: str) -> FaqMatch | None:
        """The nearest question; None when nothing in the text is like any of them."""
        asked = plain(text)
        if not asked or len(asked.split()) > MOST_WORDS:
            return None
        scores = self._scores(asked)
        best: dict[str, float] = {}
        for faq_id, score in zip(self._ids, scores, strict=True):
            best[faq_id] = max(best.get(faq_id, 0.0), float(score))
        ranked = sorted(best.items(), key=lambda item: -item[1])
        (first, score), (_, following) = ranked[0], ranked[1]
        if score <= 0:
            return None
        return FaqMatch(first, score, sure=score >= SURE and score - following >= CLEAR_OF_NEXT)

    def say(self, faq_id: str, params: Mapping[str, str] | None = None) -> str:
        """The reviewed answer with its placeholders filled. Raise FaqError for what is unknown."""
        answer = self._answers.get(faq_id)
        if answer is None:
            raise FaqError(f"no question {faq_id}")
        given = params or {}
        missing = [name for name in re.findall(r"\{([a-z_]+)\}", answer) if name not in given]
        if missing:
            raise FaqError(f"answer {faq_id} lacks {', '.join(missing)}")
        return re.sub(r"\{([a-z_]+)\}", lambda found: given[found.group(1)], answer)

    def _weighed(self, counted: Sequence[csr_matrix]) -> csr_matrix:
        """What no question contains counts for nothing."""
        pairs = zip(counted, self._rarity, strict=True)
        return csr_matrix(hstack([ngrams.weighted(block, rare) for block, rare in pairs]))

    def _scores(self, asked: str) -> NDArray[np.float64]:
        """Likeness by signs and words; the nearest few are compared word by word as well."""
        row = self._weighed([ngrams.counts([asked], parts, bits=BITS) for parts in PARTS])
        scores = np.asarray((self._rows @ row.T).todense()).ravel() / 2
        for place in np.argsort(-scores)[:SHORTLIST]:
            alike = fuzz.token_sort_ratio(asked, self._questions[place]) / 100
            scores[place] = 0.6 * scores[place] + 0.4 * alike if scores[place] > 0 else 0.0
        return np.asarray(scores, dtype=np.float64)
