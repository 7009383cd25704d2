"""Reads a practice list as the NHS publishes it, and tells what it would change of the one held.

Writes only by `keep`. A bad line is named and left out; what the file does not hold is kept.
"""

import csv
import io
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from bot.practices import COLUMNS, Practice
from models.errors import BadCommandError

# The columns of epraccur.csv of the Organisation Data Service, which names none in the file.
PUBLISHED = {
    "code": 0,
    "name": 1,
    "address": 4,
    "town": 7,
    "postcode": 9,
    "closed": 11,
    "status": 12,
    "commissioner": 14,
    "setting": 25,
}
FEWEST_PUBLISHED = 13
NEEDED = ("code", "name", "postcode", "status")
STATUSES = {
    "A": True,
    "ACTIVE": True,
    "C": False,
    "CLOSED": False,
    "INACTIVE": False,
    "D": False,
    "DORMANT": False,
    "P": False,
    "PROPOSED": False,
}
GP_PRACTICE = "4"
"""The prescribing setting of a GP practice; the file holds clinics and prisons as well."""
_CODE = re.compile(r"[A-Z][0-9A-Z]{2,7}")
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}")
_KEPT_UPPER = re.compile(r"\b(?:Gp|Nhs|Mc|Hc|Uk)\b")


class Became(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    CLOSED = "closed"
    PASSED_OVER = "not a GP practice"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one line of the file. `faults` name columns, never what stood in them."""

    number: int
    code: str
    became: Became
    practice: Practice | None = None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """The list as it would be, and what became of each line. `kept`: held and not in the file."""

    practices: tuple[Practice, ...]
    lines: tuple[Line, ...]
    kept: int

    def count(self, became: Became) -> int:
        return sum(1 for line in self.lines if line.became is became)


def take(text: str, held: Sequence[Practice]) -> Taken:
    """Raise BadCommandError for what is no such file, or has no line that can be used."""
    before = {one.code: one for one in held}
    lines = tuple(_judged(text, before))
    if not any(line.became is not Became.REFUSED for line in lines):
        raise BadCommandError(hint="no line of the file is a practice")
    after = dict(before)
    for line in lines:
        if line.practice is not None:
            after[line.code] = line.practice
        elif line.became is Became.CLOSED:
            after.pop(line.code, None)
    kept = len(set(before) - {line.code for line in lines})
    return Taken(tuple(sorted(after.values(), key=lambda one: one.code)), lines, kept)


def _judged(text: str, before: Mapping[str, Practice]) -> Iterator[Line]:
    seen: set[str] = set()
    for number, row in _rows(text):
        code = row["code"].upper()
        faults = _faults(row, seen)
        if faults:
            yield Line(number, code if "code" not in faults else "", Became.REFUSED, faults=faults)
            continue
        seen.add(code)
        if not STATUSES[row["status"].upper()] or row.get("closed"):
            yield Line(number, code, Became.CLOSED)
        elif row.get("setting", GP_PRACTICE) not in {"", GP_PRACTICE}:
            yield Line(number, code, Became.PASSED_OVER)
        else:
            practice = _practice(row)
            yield Line(number, code, _became(practice, before.get(code)), practice)


def _became(practice: Practice, held: Practice | None) -> Became:
    if held is None:
        return Became.ADDED
    return Became.UNCHANGED if held == practice else Became.CHANGED


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each line by its number in the file, with columns by name; empty lines are passed over."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    places: Mapping[str, int] | None = None
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if places is None:
            places = _places(cells)
            if places is not PUBLISHED:
                continue
        row = {
            name: " ".join(cells[at].split()) if at < len(cells) else ""
            for name, at in places.items()
        }
        yield reader.line_num, row


def _places(first: Sequence[str]) -> Mapping[str, int]:
    """Where each column stands: by the names of the first line, else as published."""
    named = {cell.strip().lower(): at for at, cell in enumerate(first)}
    if "code" in named:
        missing = [name for name in NEEDED if name not in named]
        if missing:
            raise BadCommandError(hint=f"missing columns: {', '.join(missing)}")
        return {name: named[name] for name in PUBLISHED if name in named}
    if len(first) < FEWEST_PUBLISHED:
        raise BadCommandError(hint="the file has neither column names nor the published columns")
    return PUBLISHED


def _faults(row: Mapping[str, str], seen: set[str]) -> tuple[str, ...]:
    code = row["code"].upper()
    right = {
        "code": bool(_CODE.fullmatch(code)),
        "name": bool(re.search(r"[A-Za-z]", row["name"])),
        "postcode": bool(_POSTCODE.fullmatch(_spaced(row["postcode"]))),
        "status": row["status"].upper() in STATUSES,
        "code again": code not in seen,
    }
    return tuple(name for name, fits in right.items() if not fits)


def _practice(row: Mapping[str, str]) -> Practice:
    town = row.get("town") or row.get("address", "").rpartition(",")[2].strip()
    return Practice(
        code=row["code"].upper(),
        name=_as_said(row["name"]),
        town=_as_said(town),
        postcode=_spaced(row["postcode"]),
        commissioner=row.get("commissioner", "").upper(),
    )


def _spaced(postcode: str) -> str:
    tight = postcode.upper().replace(" ", "")
    return f"{tight[:-3]} {tight[-3:]}"


def _as_said(name: str) -> str:
    """The published names are all capitals."""
    if name != name.upper():
        return name
    low = re.sub(r"[A-Z']+", lambda word: word[0].capitalize(), name)
    return _KEPT_UPPER.sub(lambda word: word[0].upper(), low)


def keep(practices: Sequence[Practice], path: Path) -> None:
    """Replace the list at once, so that a reader sees the old one or the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.with_suffix(".new")
    with written.open("w", encoding="utf-8", newline="") as sheet:
        writer = csv.DictWriter(sheet, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(practice) for practice in practices)
        sheet.flush()
        os.fsync(sheet.fileno())
    written.replace(path)
