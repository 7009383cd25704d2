"""Who is served next, and the bound on overtaking. Pure: knows times and priorities, no rows.

Emergency, then very urgent, strictly first and oldest first; everybody else by due time.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import assert_never

from handoff import content
from handoff.policy import Policy
from models.vocabulary import Priority, WordingId

NO_WINDOW = timedelta(0)
WAITS_NEEDED = 3
"""Fewer recent waits than this say nothing honest about the next one."""

_BANDS = (
    (timedelta(minutes=5), WordingId("band.minutes_5")),
    (timedelta(minutes=10), WordingId("band.minutes_10")),
    (timedelta(minutes=20), WordingId("band.minutes_20")),
    (timedelta(minutes=30), WordingId("band.minutes_30")),
    (timedelta(hours=1), WordingId("band.hour")),
)
_LONGER = WordingId("band.longer")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that waits. `sort_at` rules within its class; giving back moves it to the front."""

    id: str
    priority: Priority
    queued_at: datetime
    sort_at: datetime
    specialties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecentWait:
    """How long someone of this service waited lately, and how many were ahead when they joined."""

    waited: timedelta
    ahead: int


def rank_of(priority: Priority) -> int:
    """Serving class: 0 emergency, 1 very urgent, 2 everything that goes by due time."""
    match priority:
        case Priority.EMERGENCY:
            return 0
        case Priority.VERY_URGENT:
            return 1
        case Priority.URGENT | Priority.ROUTINE | Priority.NONE:
            return 2
        case _:
            assert_never(priority)


def due_at(priority: Priority, queued_at: datetime, *, policy: Policy) -> datetime:
    """When a practitioner should have joined."""
    return queued_at + policy.target(priority)


def sort_at(priority: Priority, queued_at: datetime, *, policy: Policy) -> datetime:
    """What rules within the class: age when red, else the due time, which tightens as it nears."""
    return queued_at if priority.is_red else due_at(priority, queued_at, policy=policy)


def order_key(entry: Candidate) -> tuple[int, datetime, datetime, str]:
    """Sorts entries as they are served; never a tie."""
    return rank_of(entry.priority), entry.sort_at, entry.queued_at, entry.id


def most_pressing(
    entries: Sequence[Candidate],
    *,
    specialties: Collection[str] = (),
    on_shift: Collection[str] = (),
    within: timedelta = NO_WINDOW,
) -> Candidate | None:
    """Who a practitioner with these specialties takes next; None when nobody waits.

    Among entries due `within` the same short time as the next in line, one that wants this
    practitioner's specialty goes first, and one that wants somebody else's goes last, if anybody
    with that specialty is `on_shift`. Nobody is kept for a specialty: alone in line, or red, or
    longer waiting than `within`, a person is taken by whoever is free.
    """
    if not entries:
        return None
    order = sorted(entries, key=order_key)
    first = order[0]
    if first.priority.is_red:
        return first
    near = [entry for entry in order if entry.sort_at <= first.sort_at + within]
    mine, elsewhere = set(specialties), set(on_shift)
    return min(near, key=lambda entry: _fit(set(entry.specialties), mine, elsewhere=elsewhere))


def _fit(wanted: set[str], mine: set[str], *, elsewhere: set[str]) -> int:
    if wanted & mine:
        return 0
    return 2 if wanted & elsewhere else 1


def overtaking_bound(policy: Policy) -> timedelta:
    """A waiting routine entry is overtaken only by red ones and by ones that arrive within this."""
    return policy.routine_target - policy.urgent_target + policy.specialty_window


def waiting_band(ahead: int, *, recent_waits: Sequence[RecentWait]) -> WordingId | None:
    """An honest wait in words for someone with so many ahead; None when none can be given.

    Each recent wait gives a pace, its time over the places it went through. The slower end of
    these paces is used, so that most people are answered sooner than they were told.
    """
    if len(recent_waits) < WAITS_NEEDED:
        return None
    paces = sorted(wait.waited / (wait.ahead + 1) for wait in recent_waits)
    slow = paces[(len(paces) * 4) // 5]
    expected = slow * (ahead + 1)
    return next((band for longest, band in _BANDS if expected <= longest), _LONGER)


@cache
def band_words(band: WordingId) -> str:
    """The reviewed words for a band, as they stand in place of `{band}`. Raises KeyError."""
    known = {row["id"]: row["text"] for row in content.read("bands.json")["bands"]}
    words: str = known[band]
    return words
