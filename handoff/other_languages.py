"""Danger in other languages by reviewed stems, for what the models read less well. Pure.

Whatever else is not English reaches a person by the second reader all the same.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handoff.sanitise import Clean
from models.readings import Signal
from models.vocabulary import Concern, Priority

FILE = Path(__file__).resolve().parent / "rules" / "other_languages.toml"


@dataclass(frozen=True, slots=True)
class Stem:
    """One way of saying it, with a line that it finds and a near one that it must not."""

    expression: re.Pattern[str]
    example: str
    counter_example: str


@dataclass(frozen=True, slots=True)
class Danger:
    id: str
    priority: Priority
    reason: str
    stems: tuple[Stem, ...]
    concern: Concern | None


class OtherLanguages:
    """The stems of all dangers. Thread-safe."""

    def __init__(self, dangers: Sequence[Danger]) -> None:
        self.dangers = tuple(dangers)

    @classmethod
    def load(cls, path: Path = FILE) -> "OtherLanguages":
        """Raises KeyError, ValueError or re.error for a file that cannot be meant."""
        stored = tomllib.loads(path.read_text(encoding="utf-8"))
        return cls([_danger(row) for row in stored["danger"]])

    def found(self, clean: Clean) -> list[tuple[Danger, Signal]]:
        """One a danger, most pressing first, by place in the original."""
        hits = []
        for danger in self.dangers:
            for stem in danger.stems:
                said = stem.expression.search(clean.text)
                if said is not None:
                    start, end = clean.span(said.start(), said.end())
                    hits.append(
                        (danger, Signal(danger.id, start, end, danger.reason, danger.priority))
                    )
                    break
        return sorted(hits, key=lambda hit: -hit[0].priority.rank)


def _danger(row: Mapping[str, Any]) -> Danger:
    concern = row.get("concern")
    return Danger(
        id=row["id"],
        priority=Priority(row["priority"]),
        reason=row["reason"],
        stems=tuple(
            Stem(re.compile(written, re.IGNORECASE), example, counter)
            for written, example, counter in row["patterns"]
        ),
        concern=None if concern is None else Concern(concern),
    )
