"""Lengths of time as people write them: elapsed time, days, or working days. Knows no calendar."""

import re
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

_ELAPSED = re.compile(r"(\d+) (second|minute|hour|day)s?")
_DAYS = re.compile(r"(\d+) days?")
_WORKING = re.compile(r"(\d+) working days?")
_HALF = "half a working day"


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A number of working days, halves included."""

    days: Fraction


@dataclass(frozen=True, slots=True)
class Days:
    """A number of days of the calendar: to the same time by the clock on the wall."""

    days: int


Span = timedelta | Days | WorkingDays


def elapsed(written: object) -> timedelta:
    """`"20 seconds"`, `"4 hours"` … Raises ValueError for anything else, and for nothing at all."""
    found = _ELAPSED.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        raise ValueError('must be a time such as "20 seconds", "2 minutes", "4 hours" or "14 days"')
    length = timedelta(**{f"{found[2]}s": int(found[1])})
    if not length:
        raise ValueError("must be longer than nothing")
    return length


def span(written: object) -> Span:
    """`"14 days"`, `"half a working day"`, `"2 working days"`, else a time as in `elapsed`.

    Raises ValueError.
    """
    if written == _HALF:
        return WorkingDays(Fraction(1, 2))
    text = written if isinstance(written, str) else ""
    if days := _DAYS.fullmatch(text):
        return Days(_some(days[1]))
    if working := _WORKING.fullmatch(text):
        return WorkingDays(Fraction(_some(working[1])))
    return elapsed(written)


def _some(written: str) -> int:
    if not int(written):
        raise ValueError("must be longer than nothing")
    return int(written)
