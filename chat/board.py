"""The supervisor's board: who waits, who is here, what is promised, what was missed. Only reads."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from chat.service import Service
from chat.service_alarms import seen
from chat.staff import presence_of_all
from chat.surging import surge_view
from chat.views import stamp
from handoff.queue import in_order
from handoff.targets import labels
from models.tables import claims, clock_explanations, clocks, conversations, queue_entries
from models.vocabulary import EntryState, Priority

HOURS = 12
MISSED_FOR = timedelta(hours=24)


async def board(service: Service) -> dict[str, Any]:
    now = service.now()

    def look(db: Connection) -> dict[str, Any]:
        entries = in_order(db)
        waiting = [row for row in entries if row["state"] == EntryState.WAITING.value]
        held = Counter(row["claimed_by"] for row in entries if row["claimed_by"])
        return {
            "now": stamp(now),
            "surge": surge_view(db),
            "queue": [_lane(priority, waiting) for priority in _shown()],
            "waiting": [_entry(row) for row in waiting],
            "talking": sum(held.values()),
            "staff": [{**one, "holding": held.get(one["staff"], 0)} for one in presence_of_all(db)],
            "clocks": _running(db),
            "missed": _missed(db, now=now),
            "hours": _hours(db, now=now),
        }

    found = await service.store.read(look)
    return {**found, "alarms": [trouble.value for trouble in await seen(service)]}


def _shown() -> list[Priority]:
    return [priority for priority in reversed(Priority) if priority is not Priority.NONE]


def _lane(priority: Priority, waiting: list[Any]) -> dict[str, Any]:
    mine = [row for row in waiting if row["priority"] == priority.value]
    longest = min((row["queued_at"] for row in mine), default=None)
    due = min((row["due_at"] for row in mine), default=None)
    return {
        "priority": priority.value,
        "waiting": len(mine),
        "longest_since": stamp(longest) if longest else None,
        "first_due": stamp(due) if due else None,
    }


def _entry(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of the queue
    return {
        "reference": row["reference"],
        "priority": row["priority"],
        "queued_at": stamp(row["queued_at"]),
        "due_at": stamp(row["due_at"]),
    }


def _running(db: Connection) -> list[dict[str, Any]]:
    """Promises that run now, by kind, the soonest due first."""
    statement = select(clocks.c.kind, clocks.c.due_at).where(
        clocks.c.met_at.is_(None), clocks.c.stopped_at.is_(None), clocks.c.missed_at.is_(None)
    )
    dues: dict[str, list[datetime]] = {}
    for kind, due_at in db.execute(statement):
        dues.setdefault(kind, []).append(due_at)
    found = [
        {"kind": kind, "label": _label(kind), "running": len(due), "next_due": stamp(min(due))}
        for kind, due in dues.items()
    ]
    return sorted(found, key=lambda row: str(row["next_due"]))


def _label(kind: str) -> str:
    return next((label for known, label in labels().items() if known.value == kind), kind)


def _missed(db: Connection, *, now: datetime) -> list[dict[str, Any]]:
    """Missed within a day: the newest first, with whether it was kept since and explained."""
    explained = set(db.execute(select(clock_explanations.c.clock_id)).scalars())
    statement = (
        select(clocks, conversations.c.reference)
        .join(conversations, conversations.c.id == clocks.c.conversation_id)
        .where(clocks.c.missed_at > now - MISSED_FOR)
        .order_by(clocks.c.missed_at.desc())
    )
    return [
        {
            "clock": row["id"],
            "label": _label(row["kind"]),
            "reference": row["reference"],
            "missed_at": stamp(row["missed_at"]),
            "met_at": stamp(row["met_at"]) if row["met_at"] else None,
            "explained": row["id"] in explained,
        }
        for row in db.execute(statement).mappings()
    ]


def _hours(db: Connection, *, now: datetime) -> list[dict[str, Any]]:
    """How many came to the queue and were taken, in each of the last hours, the oldest first."""
    start = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    came = _by_hour(db, queue_entries.c.queued_at, start)
    taken = _by_hour(db, claims.c.taken_at, start)
    missed = _by_hour(db, clocks.c.missed_at, start)
    return [
        {"hour": stamp(at), "came": came[at], "taken": taken[at], "missed": missed[at]}
        for at in (start + timedelta(hours=number) for number in range(HOURS))
    ]


def _by_hour(db: Connection, column: Any, start: datetime) -> Counter[datetime]:  # noqa: ANN401
    found = db.execute(select(column).where(column >= start)).scalars()
    return Counter(at.replace(minute=0, second=0, microsecond=0) for at in found)
