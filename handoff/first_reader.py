"""The first reader: reviewed rules over one text, explained by the words found.

Pure and quick; knows no model.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spacy.lang.en import English
from spacy.tokens import Doc
from spacy.vocab import Vocab, create_vocab

from handoff import rule_file
from handoff.finder import Finder
from handoff.other_languages import OtherLanguages
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


_OWN = frozenset({"i", "me", "my", "myself", "we", "us"})
_OWN_BEFORE = 3
_LOWERS_OWN_ACT = frozenset({Lowering.NEGATION, Lowering.ANSWERED_NO, Lowering.LONG_PAST})
_PASTS = frozenset({Lowering.LONG_PAST, Lowering.PAST})
_STILL = frozenset(
    {"now", "tonight", "today", "again", "just", "minutes", "minute", "currently", "tomorrow"}
)


@dataclass(frozen=True, slots=True)
class _Cue:
    """Something said around, at words `start` to `end`."""

    how: Lowering
    start: int
    end: int


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
        elsewhere: OtherLanguages | None = None,
    ) -> None:
        self._elsewhere = elsewhere or OtherLanguages(())
        self.rules = {rule.id: rule for rule in rules}
        dangers = [
            (rule.id, list(rule_file.compiled(one.written, sets)))
            for rule in rules
            for one in rule.patterns
        ]
        around = [
            (how.value, list(rule_file.compiled(one, sets)))
            for how, patterns in modifiers.items()
            for one in patterns
        ]
        known = rule_file.vocabulary(shape for _, shapes in (*dangers, *around) for shape in shapes)
        self._words = WordReader(words, known | _OTHER | _OWN | _STILL)
        self._vocab = _vocabulary(known | _OTHER | _OWN | _STILL | {OTHER})
        self._dangers = Finder(self._vocab, dangers)
        self._around = Finder(self._vocab, around)

    @classmethod
    def load(cls, folder: Path | None = None) -> "FirstReader":
        """From the committed rule files unless another folder is given. Raises RuleFileError."""
        where = folder or rule_file.FOLDER
        return cls(
            rule_file.load_rules(where),
            rule_file.load_sets(where),
            words=rule_file.load_words(where),
            modifiers=rule_file.load_modifiers(where),
            elsewhere=OtherLanguages.load(),
        )

    def read(self, clean: Clean) -> FirstReading:
        """The highest priority found, and the words that raised it by place in the original."""
        words = self._words.read(clean.text)
        hits = self.hits(words)
        english = _reading(hits, words, clean)
        elsewhere = self._elsewhere.found(clean)
        if not elsewhere:
            return english
        danger = elsewhere[0][0]
        signals = (*(signal for _, signal in elsewhere), *english.signals)[:MOST_SIGNALS]
        if english.priority.rank >= danger.priority.rank:
            return FirstReading(english.priority, signals, english.concern)
        return FirstReading(danger.priority, signals, danger.concern or Concern.SELF)

    def hits(self, words: Words) -> list[Hit]:
        """One a rule, its longest, most pressing first."""
        if not words.norms:
            return []
        doc = Doc(self._vocab, words=list(words.norms))
        longest: dict[str, tuple[int, int]] = {}
        for rule_id, start, end in self._dangers.found(words.norms, doc):
            kept = longest.get(rule_id)
            if kept is None or end - start > kept[1] - kept[0]:
                longest[rule_id] = (start, end)
        if not longest:
            return []
        cues = [
            _Cue(Lowering(how), start, end)
            for how, start, end in self._around.found(words.norms, doc)
        ]
        hits = [self._judged(rule_id, span, words, cues) for rule_id, span in longest.items()]
        return sorted(hits, key=lambda hit: (-hit.priority.rank, hit.start))

    def _judged(
        self, rule_id: str, span: tuple[int, int], words: Words, cues: Iterable[_Cue]
    ) -> Hit:
        rule = self.rules[rule_id]
        allowed = rule.lowered_by
        if rule.priority is Priority.EMERGENCY and _is_own(span, words):
            allowed &= _LOWERS_OWN_ACT
        lowered = any(cue.how in allowed and _bears_on(cue, span, words) for cue in cues)
        return Hit(rule, *span, Priority.ROUTINE if lowered else rule.priority)


def _vocabulary(words: Iterable[str]) -> Vocab:
    """Blank English in which each of our words is its own norm."""
    vocab = create_vocab("en", English.Defaults)  # without a tokenizer, which takes longest to make
    for word in words:
        vocab[word].norm_ = word
    return vocab


def _is_own(span: tuple[int, int], words: Words) -> bool:
    """Whether the writer speaks of themselves."""
    return not _OWN.isdisjoint(words.norms[max(0, span[0] - _OWN_BEFORE) : span[1]])


def _bears_on(cue: _Cue, span: tuple[int, int], words: Words) -> bool:
    """A denial must touch the words; the rest may stand anywhere in the same sentence.

    The present outranks the past.
    """
    if cue.how is Lowering.NEGATION:
        return cue.end == span[0]
    if cue.how is Lowering.ANSWERED_NO:
        return cue.start == span[1]
    first, last = words.sentence(span[0])
    last = max(last, span[1])
    if cue.how in _PASTS and not _STILL.isdisjoint(words.norms[first:last]):
        return False
    return first <= cue.start and cue.end <= last


def _reading(hits: Sequence[Hit], words: Words, clean: Clean) -> FirstReading:
    if not hits:
        return FirstReading()
    highest = max(hits, key=lambda hit: hit.priority.rank)
    signals = tuple(_signal(hit, words, clean) for hit in hits[:MOST_SIGNALS])
    return FirstReading(highest.priority, signals, _concern(highest, words))


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
