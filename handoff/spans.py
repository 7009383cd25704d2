"""Lengths of time as people write them: elapsed time, or working days. Knows no calendar."""

import re
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

_ELAPSED = re.compile(r"(\d+) (second|minute|hour|day)s?")
_WORKING = re.compile(r"(\d+) working days?")
_HALF = "half a working day"


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A number of working days, halves included."""

    days: Fraction


Span = timedelta | WorkingDays


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
    """A time as in `elapsed`, or `"half a working day"`, `"2 working days"`. Raises ValueError."""
    if written == _HALF:
        return WorkingDays(Fraction(1, 2))
    found = _WORKING.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        return elapsed(written)
    if not int(found[1]):
        raise ValueError("must be longer than nothing")
    return WorkingDays(Fraction(int(found[1])))
