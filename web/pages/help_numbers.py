"""The numbers that every page shows: data and the service's own number, joined. Checks nothing."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.choices import Choices

FILE = Path(__file__).resolve().parents[1] / "content" / "help_numbers.json"
OWN_NUMBER = "{cap_phone}"


@dataclass(frozen=True, slots=True)
class HelpNumber:
    """One way to reach help at once. `shown` is as people write it, `href` what a tap dials."""

    id: str
    shown: str
    href: str
    in_bar: bool


class HelpNumbers:
    """In the order they are shown."""

    def __init__(
        self, numbers: Sequence[HelpNumber], *, tapped: Mapping[str, str], listed: Sequence[str]
    ) -> None:
        self._numbers = {number.id: number for number in numbers}
        self._tapped = dict(tapped)
        self._listed = tuple(listed)

    @classmethod
    def load(cls, *, cap_phone: str) -> "HelpNumbers":
        stored = json.loads(FILE.read_text(encoding="utf-8"))
        numbers = [_number(row, cap_phone=cap_phone) for row in stored["numbers"]]
        return cls(numbers, tapped=stored["tapped"], listed=stored["listed"])

    def all(self) -> tuple[HelpNumber, ...]:
        return tuple(self._numbers.values())

    def listed(self) -> tuple[HelpNumber, ...]:
        """Those that belong on every page."""
        return tuple(self._numbers[name] for name in self._listed)

    def in_bar(self) -> tuple[HelpNumber, ...]:
        """The few that are always in sight."""
        return tuple(number for number in self.listed() if number.in_bar)

    def get(self, number_id: str) -> HelpNumber | None:
        return self._numbers.get(number_id)

    def dialled_by(self, choices: Choices) -> dict[str, str]:
        """For each quick reply that dials a number: what it dials."""
        found = {}
        for choice_id in choices.ids():
            meaning = choices.get(choice_id)
            number_id = self._tapped.get(meaning.action or "") if meaning else None
            if number_id is not None:
                found[choice_id] = self._numbers[number_id].href
        return found


def _number(row: Mapping[str, str | bool], *, cap_phone: str) -> HelpNumber:
    shown = str(row["shown"]).replace(OWN_NUMBER, cap_phone)
    dial = str(row.get("dial", shown)).replace(OWN_NUMBER, cap_phone)
    href = dial if ":" in dial else "tel:" + re.sub(r"[^\d+]", "", dial)
    return HelpNumber(str(row["id"]), shown, href, in_bar=bool(row.get("in_bar")))
