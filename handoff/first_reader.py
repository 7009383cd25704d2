"""The first reader: reviewed rules over one text, explained by the words found.

Pure and quick; knows no model.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy
from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from handoff import rule_file
from handoff.rule_file import Lowering, Rule, Sets
from handoff.sanitise import Clean
from handoff.words import OTHER, WordReader, Words
from models.readings import FirstReading, Signal
from models.vocabulary import Concern, Priority

MOST_SIGNALS = 8
_BEFORE = 6
_OTHER = frozenset(
    {"he", "she", "they", "him", "her", "himself", "herself", "themselves", "mum", "dad", "son"}
    | {"daughter", "child", "kid", "toddler", "baby", "pupil", "student", "brother", "sister"}
    | {"husband", "wife", "partner", "boyfriend", "girlfriend", "friend", "mate", "patient"}
    | {"client", "resident", "neighbour", "tenant", "man", "woman", "lad", "girl", "boy", "uncle"}
    | {"aunt", "grandmother", "grandfather"}
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule found at words `start` to `end`, lowered or not."""

    rule: Rule
    start: int
    end: int
    priority: Priority


class FirstReader:
    """Holds the matcher. Thread-safe: reading changes nothing."""

    def __init__(
        self,
        rules: Sequence[Rule],
        sets: Sets,
        *,
        words: Mapping[str, Any],
        modifiers: Mapping[Lowering, Sequence[str]],
    ) -> None:
        self.rules = {rule.id: rule for rule in rules}
        shapes = {
            rule.id: [
                shape for one in rule.patterns for shape in rule_file.compiled(one.written, sets)
            ]
            for rule in rules
        }
        around = {
            how.value: [shape for one in patterns for shape in rule_file.compiled(one, sets)]
            for how, patterns in modifiers.items()
        }
        known = rule_file.vocabulary(
            shape for some in (shapes, around) for rows in some.values() for shape in rows
        )
        self._words = WordReader(words, known | _OTHER)
        self._vocab = _vocabulary(known | {OTHER})
        self._dangers = _matcher(self._vocab, shapes)
        self._around = _matcher(self._vocab, around)

    @classmethod
    def load(cls, folder: Path | None = None) -> "FirstReader":
        """From the committed rule files unless another folder is given. Raises RuleFileError."""
        where = folder or rule_file.FOLDER
        return cls(
            rule_file.load_rules(where),
            rule_file.load_sets(where),
            words=rule_file.load_words(where),
            modifiers=rule_file.load_modifiers(where),
        )

    def read(self, clean: Clean) -> FirstReading:
        """The highest priority found, and the words that raised it by place in the original."""
        words = self._words.read(clean.text)
        hits = self.hits(words)
        if not hits:
            return FirstReading()
        highest = max(hits, key=lambda hit: hit.priority.rank)
        signals = tuple(_signal(hit, words, clean) for hit in hits[:MOST_SIGNALS])
        return FirstReading(highest.priority, signals, _concern(highest, words))

    def hits(self, words: Words) -> list[Hit]:
        """One a rule, its longest, most pressing first."""
        if not words.norms:
            return []
        doc = Doc(self._vocab, words=list(words.norms))
        longest: dict[str, tuple[int, int]] = {}
        for key, start, end in self._dangers(doc):
            rule_id = self._vocab.strings[key]
            kept = longest.get(rule_id)
            if kept is None or end - start > kept[1] - kept[0]:
                longest[rule_id] = (start, end)
        if not longest:
            return []
        around = [
            (Lowering(self._vocab.strings[key]), start, end)
            for key, start, end in self._around(doc)
        ]
        hits = [self._judged(rule_id, span, words, around) for rule_id, span in longest.items()]
        return sorted(hits, key=lambda hit: (-hit.priority.rank, hit.start))

    def _judged(
        self,
        rule_id: str,
        span: tuple[int, int],
        words: Words,
        around: Iterable[tuple[Lowering, int, int]],
    ) -> Hit:
        rule = self.rules[rule_id]
        lowered = any(
            how in rule.lowered_by and _bears_on(how, (start, end), span, words)
            for how, start, end in around
        )
        return Hit(rule, *span, Priority.ROUTINE if lowered else rule.priority)


def _vocabulary(words: Iterable[str]) -> Vocab:
    """Blank English in which each of our words is its own norm."""
    vocab = spacy.blank("en").vocab
    for word in words:
        vocab[word].norm_ = word
    return vocab


def _matcher(vocab: Vocab, shapes: Mapping[str, Sequence[list[dict[str, Any]]]]) -> Matcher:
    matcher = Matcher(vocab, validate=False)
    for key, rows in shapes.items():
        matcher.add(key, list(rows))
    return matcher


def _bears_on(how: Lowering, cue: tuple[int, int], span: tuple[int, int], words: Words) -> bool:
    """A denial must stand right before the words; the rest anywhere in the same sentence."""
    if how is Lowering.NEGATION:
        return cue[1] == span[0]
    first, last = words.sentence(span[0])
    return first <= cue[0] and cue[1] <= max(last, span[1])


def _signal(hit: Hit, words: Words, clean: Clean) -> Signal:
    start, end = clean.span(words.places[hit.start][0], words.places[hit.end - 1][1])
    return Signal(hit.rule.id, start, end, hit.rule.reason, hit.priority)


def _concern(hit: Hit, words: Words) -> Concern:
    """The rule's own, else by whom the words are about: the writer, or another."""
    if hit.rule.concern is not None:
        return hit.rule.concern
    said = set(words.norms[max(0, hit.start - _BEFORE) : hit.end])
    if "myself" in said:
        return Concern.SELF
    return Concern.OTHER if _OTHER & said else Concern.SELF
