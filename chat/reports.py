"""What a supervisor reports: waits, clocks, outcomes, hand-offs, help without secondary care.

Counts of rows; no words, names or references of any person.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from chat.references import LONDON
from chat.service import Service
from handoff.hand_offs import HANDED_OVER
from handoff.targets import labels
from models.errors import NotFoundError
from models.tables import claims, clocks, enquiries, queue_entries, tasks, transfers

FILE = Path(__file__).parent / "content" / "reports.json"
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SLOW_END = 0.9
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """A table: its columns in order, and its rows."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Row]


async def report(service: Service, *, name: str) -> Report:
    """Raises NotFoundError for a name that is not among them."""
    made = _REPORTS.get(name)
    if made is None:
        raise NotFoundError
    columns, look = made
    return Report(name, columns, await service.store.read(lambda db: look(service, db)))


def names() -> tuple[str, ...]:
    return tuple(_REPORTS)


def _waits(_service: Service, db: Connection) -> list[Row]:
    """From joining the queue until somebody first took them, by local weekday and hour."""
    statement = (
        select(queue_entries.c.queued_at, func.min(claims.c.taken_at).label("taken_at"))
        .join(claims, claims.c.entry_id == queue_entries.c.id)
        .group_by(queue_entries.c.id, queue_entries.c.queued_at)
    )
    found: dict[tuple[int, int], list[timedelta]] = defaultdict(list)
    for queued_at, taken_at in db.execute(statement):
        local = queued_at.astimezone(LONDON)
        found[local.weekday(), local.hour].append(taken_at - queued_at)
    return [
        {
            "weekday": WEEK[day],
            "hour": hour,
            "people": len(waits),
            "median_minutes": minutes(sorted(waits)[len(waits) // 2]),
            "slowest_tenth_minutes": minutes(sorted(waits)[int((len(waits) - 1) * SLOW_END)]),
        }
        for (day, hour), waits in sorted(found.items())
    ]


def minutes(length: timedelta) -> float:
    return round(length.total_seconds() / 60, 1)


def _clocks(_service: Service, db: Connection) -> list[Row]:
    """Each promise: how often kept in time, kept late, missed and not kept, running, given way."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    columns = (clocks.c.kind, clocks.c.met_at, clocks.c.missed_at, clocks.c.stopped_at)
    for kind, met, missed, stopped in db.execute(select(*columns)):
        counted[kind][_how(met, missed, stopped)] += 1
    names_of = {kind.value: label for kind, label in labels().items()}
    return [
        {
            "clock": kind,
            "label": names_of.get(kind, kind),
            **{how: counts[how] for how in ("met", "met_late", "missed", "stopped", "running")},
        }
        for kind, counts in sorted(counted.items())
    ]


def _how(met: datetime | None, missed: datetime | None, stopped: datetime | None) -> str:
    if met is not None:
        return "met_late" if missed is not None else "met"
    if missed is not None:
        return "missed"
    return "running" if stopped is None else "stopped"


def _outcomes(service: Service, db: Connection) -> list[Row]:
    times = Counter(code for codes in _ended(db) for code in codes)
    names_of = {outcome.code: outcome.label for outcome in service.outcomes.all()}
    return [
        {"outcome": code, "label": names_of.get(code, code), "times": count}
        for code, count in times.most_common()
    ]


def _ended(db: Connection) -> list[list[str]]:
    """Outcomes of every enquiry that has any."""
    found = db.execute(select(enquiries.c.outcomes)).scalars()
    return [outcomes for outcomes in found if outcomes]


def _hand_offs(_service: Service, db: Connection) -> list[Row]:
    """How many enquiries were handed on how often: none is best."""
    times: Counter[str] = Counter(dict.fromkeys(db.execute(select(enquiries.c.id)).scalars(), 0))
    passed = select(transfers.c.enquiry_id).where(transfers.c.ended_how == "accepted")
    sent = select(tasks.c.enquiry_id).where(
        tasks.c.work_list.in_(HANDED_OVER), tasks.c.enquiry_id.is_not(None)
    )
    for statement in (passed, sent):
        times.update(db.execute(statement).scalars())
    spread = Counter(times.values())
    return [{"hand_offs": count, "enquiries": spread[count]} for count in sorted(spread)]


def _without(_service: Service, db: Connection) -> list[Row]:
    """By month of opening: of those with an outcome, how many needed no secondary care."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for opened_at, outcomes in db.execute(select(enquiries.c.opened_at, enquiries.c.outcomes)):
        if outcomes:
            month = f"{opened_at.astimezone(LONDON):%Y-%m}"
            found[month]["ended"] += 1
            found[month]["helped"] += not secondary_care() & set(outcomes)
    return [
        {
            "month": month,
            "enquiries_with_an_outcome": counts["ended"],
            "helped_without_secondary_care": counts["helped"],
            "share_percent": round(100 * counts["helped"] / counts["ended"]),
        }
        for month, counts in sorted(found.items())
    ]


@cache
def secondary_care() -> frozenset[str]:
    return frozenset(json.loads(FILE.read_text(encoding="utf-8"))["secondary_care"])


_Look = Callable[[Service, Connection], list[Row]]
_REPORTS: Mapping[str, tuple[tuple[str, ...], _Look]] = {
    "waits": (
        ("weekday", "hour", "people", "median_minutes", "slowest_tenth_minutes"),
        _waits,
    ),
    "clocks": (("clock", "label", "met", "met_late", "missed", "stopped", "running"), _clocks),
    "outcomes": (("outcome", "label", "times"), _outcomes),
    "hand_offs": (("hand_offs", "enquiries"), _hand_offs),
    "without_secondary_care": (
        (
            "month",
            "enquiries_with_an_outcome",
            "helped_without_secondary_care",
            "share_percent",
        ),
        _without,
    ),
}
