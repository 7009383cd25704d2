"""Why a person is needed, and the person's own words that say so."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.readings import Signal
from models.vocabulary import (
    Concern,
    Priority,
)

QUIET = "quiet"


ENTRY_STEP = "entry_step"


FIRST_HUMAN = "FIRST_HUMAN"


@dataclass(frozen=True, slots=True)
class Need:
    """Why a person is needed: how soon, whose danger, which words, and how it is said.

    `comes_back`: they talked with a practitioner not long ago and are here again. `about`,
    `pressing`: for the routing rules. `says`: more wording, after `wording_id`. `asks_details`:
    they may add what the schema leaves for while they wait.
    """

    priority: Priority
    reasons: Sequence[dict[str, Any]] = ()
    concern: Concern = Concern.SELF
    wording_id: str | None = None
    specialties: Sequence[str] = ()
    clinical: bool = False
    comes_back: bool = False
    about: str = "person"
    pressing: bool = False
    says: Sequence[str] = ()
    asks_details: bool = False


def reasons_from(signals: Sequence[Signal], *, seq: int, text: str) -> list[dict[str, Any]]:
    """The person's own words with why they matter, in the contract's shape."""
    return [
        {
            "text": text[signal.start : signal.end],
            "seq": seq,
            "start": signal.start,
            "end": signal.end,
            "why": signal.reason,
        }
        for signal in signals
    ]
