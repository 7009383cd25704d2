"""Reads one message: features, second reader, understanding. Pure but for the models it holds.

Never raises: a broken reader is itself a finding.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import structlog

from bot.understanding import Understander
from handoff.screening import Screen
from models.readings import (
    Features,
    FirstReading,
    Intent,
    ReaderFault,
    SecondReading,
    Understanding,
)
from models.vocabulary import AuthorType, FieldId, FieldStatus, Priority

log = structlog.get_logger()
NARRATIVE = FieldId("narrative")
PLAIN = SecondReading(calm=True)
_ANSWERED = frozenset(
    {FieldStatus.OK, FieldStatus.PARTIAL, FieldStatus.DECLINED, FieldStatus.NOT_APPLICABLE}
)

NOTHING_UNDERSTOOD = Understanding(
    intent=Intent.NOT_UNDERSTOOD, confidence=0.0, confident_non_clinical=False
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is read: the text with what was said before it and the question that was open.

    `answers_safety`: in its whole a reviewed answer to the question of safety, which has a step of
    its own.
    """

    text: str
    today: date
    author: AuthorType | None = None
    earlier: Sequence[str] = ()
    asks: FieldId | None = None
    choice: str | None = None
    answers_safety: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    second: SecondReading
    understanding: Understanding


class Reading:
    """Holds the models. Thread-safe."""

    def __init__(self, screen: Screen, understander: Understander) -> None:
        self._screen = screen
        self._understander = understander

    def first(self, text: str) -> FirstReading:
        """Rules only; under 3 ms; a failure is in the reading."""
        return self._screen.first(text)

    def read(self, question: Question) -> Read:
        try:
            features = self._screen.features(question.text, question.earlier)
            if features is None:
                return failed(ReaderFault.BROKEN)
            if self._is_plain(question):
                return self._plain(features, question)
            read = self._whole(features, question)
            is_answer = bool(question.earlier) and _is_answered(read)
            return self._calmer(features, question, read) if is_answer else read
        except Exception as error:  # the screen's own edge: a broken reader brings a person
            log.error("reader_broken", error=type(error).__name__)
            return failed(ReaderFault.BROKEN)

    def _whole(self, features: Features, question: Question) -> Read:
        second = self._screen.second(features, question.author)
        return Read(second, self._understand(features, question, calm=second.calm))

    def _is_plain(self, question: Question) -> bool:
        return question.answers_safety or self._understander.is_plain_reply(
            question.text, asks=question.asks, choice=question.choice
        )

    def _plain(self, features: Features, question: Question) -> Read:
        """A reviewed reply settles a doubt. What the model finds red in it stays red, where it is
        so both alone and after what was said before.
        """
        second = self._screen.second(features, question.author)
        if question.earlier:
            second = _lower(self._screen.second(features.alone(), question.author), second)
        if not second.priority.is_red and second.fault is None:
            second = PLAIN
        return Read(second, self._understand(features, question, calm=second.calm))

    def _calmer(self, features: Features, question: Question, read: Read) -> Read:
        """An answer that was asked for means what it says, whatever was told before it, and short
        ones say too little alone: it is unsure only where both readings are.

        What was told before has been read in its own turn, and its priority is latched.
        """
        if read.second.calm:
            return read
        alone = self._whole(features.alone(), question)
        return alone if _is_below(alone.second, read.second) else read

    def _understand(self, features: Features, question: Question, *, calm: bool) -> Understanding:
        return self._understander.read(
            features,
            calm=calm,
            author=question.author,
            asks=question.asks,
            choice=question.choice,
            today=question.today,
            danger=self.danger,
        )

    def danger(self, text: str) -> Priority | None:
        """What the rules say of an answer typed into a field."""
        found = self._screen.first(text).priority
        return found if found is not Priority.NONE else None


def _is_below(one: SecondReading, other: SecondReading) -> bool:
    if one.fault or one.unreadable:
        return False
    return (one.priority.rank, one.unsure) < (other.priority.rank, other.unsure)


def _lower(one: SecondReading, other: SecondReading) -> SecondReading:
    """A fault of either counts."""
    if one.fault or other.fault:
        return one if one.fault else other
    return one if _is_below(one, other) else other


def _is_answered(read: Read) -> bool:
    answer = read.understanding.answer
    return answer is not None and answer.status in _ANSWERED and answer.field != NARRATIVE


def failed(fault: ReaderFault) -> Read:
    """What is known of a message that could not be read."""
    return Read(SecondReading(unsure=True, fault=fault), NOTHING_UNDERSTOOD)
