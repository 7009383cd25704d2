"""What people mean by set phrases: reviewed regular expressions over plain text. Weighs nothing."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.wording import CONTENT

PHRASES_FILE = CONTENT / "phrases.toml"


@dataclass(frozen=True, slots=True)
class Phrase:
    """`within`: said anywhere in the message; `whole`: the message is this and nothing else."""

    within: re.Pattern[str] | None
    whole: re.Pattern[str] | None

    def heard(self, words: str) -> bool:
        if self.whole is not None and self.whole.fullmatch(words):
            return True
        return self.within is not None and self.within.search(words) is not None

    def without(self, words: str) -> str:
        """The words with every such phrase taken out."""
        return self.within.sub(" ", words) if self.within is not None else words


class Phrases:
    """The lists by name."""

    def __init__(self, lists: Mapping[str, Phrase]) -> None:
        self._lists = dict(lists)

    @classmethod
    def load(cls, path: Path | None = None) -> "Phrases":
        stored = tomllib.loads((path or PHRASES_FILE).read_text(encoding="utf-8"))
        return cls(
            {
                name: Phrase(_any_of(row.get("patterns")), _any_of(row.get("whole")))
                for name, row in stored.items()
            }
        )

    def heard(self, name: str, words: str) -> bool:
        """Is the phrase said in plain text? Raise KeyError for an unknown list."""
        return self._lists[name].heard(words)

    def asks_for_person(self, words: str) -> bool:
        """An explicit request for a human, and not "who do I speak to about parking"."""
        return self._lists["human_request"].heard(self._lists["not_human_request"].without(words))


def _any_of(patterns: list[str] | None) -> re.Pattern[str] | None:
    if not patterns:
        return None
    ordered = sorted(patterns, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(f"(?:{one})" for one in ordered) + r")(?!\w)")
