"""One message taken apart once: its words, its kinds, the question it is like. Decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.faq import FaqMatch
from bot.fields.options import needs_in
from bot.intents import NOT_FOR_THE_BOT
from bot.opening import sentence_about_hours
from models.readings import Features
from models.vocabulary import Kind, Need

SURE_OF_KIND = 0.5
_OF_DANGER = (Kind.CRISIS, Kind.EMERGENCY_SERVICES, Kind.SAFEGUARDING)


@dataclass(frozen=True, slots=True)
class KindsReading:
    """What a message is about. `confidence` 0..1 for every kind the reader knows."""

    kinds: tuple[Kind, ...]
    needs: tuple[Need, ...]
    confidence: Mapping[Kind, float]


class KindsFound(Protocol):
    @property
    def kinds(self) -> tuple[Kind, ...]: ...
    @property
    def needs(self) -> tuple[Need, ...]: ...
    @property
    def confidence(self) -> Mapping[Kind, float]: ...


class KindsReader(Protocol):
    def read(self, features: Features) -> KindsFound: ...


@dataclass(frozen=True, slots=True)
class Heard:
    """One message taken apart once."""

    text: str
    words: str
    found: KindsFound
    person: bool
    clinical: bool
    harm: bool
    question: FaqMatch | None
    calm: bool

    @property
    def clinical_doubt(self) -> float:
        return max(self.found.confidence.get(kind, 0.0) for kind in NOT_FOR_THE_BOT)

    @property
    def doubt_of_danger(self) -> float:
        """As `clinical_doubt`, but for what is merely clinical."""
        return max(self.found.confidence.get(kind, 0.0) for kind in _OF_DANGER)

    @property
    def asks_surely(self) -> bool:
        return self.question is not None and self.question.sure

    @property
    def sure_question(self) -> str | None:
        return self.question.id if self.question is not None and self.question.sure else None

    @property
    def looks_for_help(self) -> bool:
        """A need is named, nobody is said to be harmed, and nothing clinical is likely."""
        named = bool(self.found.needs or needs_in(self.text))
        return named and not self.harm and self.clinical_doubt < SURE_OF_KIND

    @property
    def asks_of_hours(self) -> bool:
        """A place is wanted that is open now or then, and nothing clinical is said beside."""
        return not self.harm and not self.clinical and bool(sentence_about_hours(self.text))
