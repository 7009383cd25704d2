"""GP practices as the list has them: found by a name typed roughly, and whether one is in area.

A practice is named only when all that is distinctive in the answer fits it.
"""

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from rapidfuzz import fuzz, process

from bot.places import DISTRICTS_FILE, Gazetteer
from bot.wording import CONTENT

PRACTICES_FILE = CONTENT / "gp_practices.csv"
COLUMNS = ("code", "name", "town", "postcode", "commissioner")
# Leicester, Leicestershire and Rutland: the integrated care board and its three sub-locations.
OUR_COMMISSIONERS = frozenset({"QK1", "03W", "04C", "04V"})
ALIKE = 85  # of 100
SHORTEST_FUZZY = 5  # letters; shorter words must be the same
ENOUGH_WORDS = 2  # of a longer name
InArea = Literal["yes", "no"]

_GENERIC = frozenset(
    re.findall(
        r"\w+",
        "the a an at of and in on near by from doctor doctors dr drs gp gps surgery surgeries "
        "practice practices medical medic health healthcare centre center group family clinic "
        "partners partner partnership general my our i im we were its it is with "
        "think go see use signed up registered mc hc one med",
    )
)
_DOCTOR_THERE = re.compile(r"\bd(?:octo)?r\.? \w+(?: \w+)? (?:at|from|in) (?:the )?")
_POSTCODE = re.compile(r"\b[a-z]{1,2}\d[a-z\d]?(?: ?\d[a-z]{2})?\b")


@dataclass(frozen=True, slots=True)
class Practice:
    """One row of the list. `commissioner`: the code that says whose area it is in."""

    code: str
    name: str
    town: str
    postcode: str
    commissioner: str

    @property
    def in_area(self) -> InArea | None:
        """By whose area it is; where the list does not say, by its postcode's district."""
        if self.commissioner:
            return "yes" if self.commissioner in OUR_COMMISSIONERS else "no"
        return _BY_DISTRICT.get(_districts().get(self.outward, ""))

    @property
    def outward(self) -> str:
        return self.postcode.split(" ", maxsplit=1)[0]


class PracticeList:
    """The practices, with the words of their names looked up at once."""

    def __init__(self, practices: Iterable[Practice]) -> None:
        self._practices = tuple(practices)
        self._own = {one.code: _distinctive(one.name) for one in self._practices}
        self._where = {
            one.code: frozenset(_words(one.town)) | {one.outward.lower()} for one in self._practices
        }
        known = (*self._own.values(), *self._where.values())
        self._words = sorted({word for words in known for word in words})

    @classmethod
    def load(cls) -> "PracticeList":
        """The list that was imported, in its newest form; until there is one, the examples."""
        imported = _imported[-1]
        try:
            return _list_of(imported, imported.stat().st_mtime_ns)
        except FileNotFoundError:
            return _list_of(PRACTICES_FILE, 0)

    def find(self, text: str) -> Practice | None:
        """The one practice meant, or None: not on the list, or it could be several."""
        meant = self._meant(text)
        return meant[0] if len(meant) == 1 else None

    def name_of(self, text: str) -> str | None:
        """The name on the list; several practices of one name still have that name."""
        names = {practice.name for practice in self._meant(text)}
        return names.pop() if len(names) == 1 else None

    def _meant(self, text: str) -> Sequence[Practice]:
        """Every practice that all that was typed fits; of the place, if one was named."""
        low = _DOCTOR_THERE.sub("", text.lower().replace("'", "").replace("’", ""))
        typed = _distinctive(_POSTCODE.sub(lambda found: found[0].split()[0], low))
        near = {word: self._near(word) for word in typed}
        fits = [one for one in self._practices if self._fits(one, near)]
        placed = frozenset(word for meant in near.values() for word in meant)
        there = [one for one in fits if self._where[one.code] & placed]
        return there or fits

    def _fits(self, practice: Practice, near: Mapping[str, frozenset[str]]) -> bool:
        own, where = self._own[practice.code], self._where[practice.code]
        named = {word for meant in near.values() for word in meant & own}
        strange = [meant for meant in near.values() if not meant & (own | where)]
        return bool(named) and not strange and (named == own or len(named) >= ENOUGH_WORDS)

    def _near(self, word: str) -> frozenset[str]:
        if len(word) < SHORTEST_FUZZY:
            return frozenset({word})
        alike = process.extract(
            word, self._words, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=None
        )
        return frozenset({word, *(found for found, *_ in alike)})


_imported = [PRACTICES_FILE]


def use_list(path: Path) -> None:
    """Where this process finds the imported list: for the composition root and for tests alone."""
    _imported[:] = [path]


def read_list(path: Path) -> tuple[Practice, ...]:
    """Raise FileNotFoundError."""
    with path.open(encoding="utf-8", newline="") as source:
        return tuple(Practice(**row) for row in csv.DictReader(source))


@lru_cache(maxsize=2)
def _list_of(path: Path, _changed: int) -> PracticeList:
    return PracticeList(read_list(path))


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z\d]+", text.lower().replace("'", ""))


def _distinctive(name: str) -> frozenset[str]:
    return frozenset(_words(name)) - _GENERIC


def gp_in_area(text: str) -> InArea | None:
    """Is the surgery in our area? The list decides, then a postcode's district, then a place.

    None: not said, or a district that straddles the border, where the person is asked.
    """
    practice = PracticeList.load().find(text)
    if practice:
        return practice.in_area
    code = _OUTWARD.search(text.upper())
    if code and code.group(1) in _districts():
        return _BY_DISTRICT.get(_districts()[code.group(1)])
    place = Gazetteer.load().answer(text)
    if place is None or place.confirm:
        return None
    return "yes" if place.in_area else "no"


_OUTWARD = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)(?: ?\d[A-Z]{2})?\b")
_BY_DISTRICT: Mapping[str, InArea] = {"in": "yes", "out": "no"}


@cache
def _districts() -> Mapping[str, str]:
    rows = json.loads(DISTRICTS_FILE.read_text(encoding="utf-8"))["districts"]
    return {row["outward"]: row["status"] for row in rows}
