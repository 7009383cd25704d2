"""Is the service well? Reasons in words that hold no identifiers, and the gauges of the same
things.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from chat.presence import on_shift
from chat.service import Service
from models.errors import ServiceError
from models.tables import queue_entries, readings, tallies
from models.vocabulary import EntryState

LONGEST_UNREAD = timedelta(seconds=30)
MOST_UNREAD = 50
"""More than the second reader catches up with in moments."""
LONGEST_OVERDUE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Metrics:
    registry: CollectorRegistry
    waiting: Gauge
    oldest: Gauge
    on_shift: Gauge
    unread: Gauge
    repairs: Gauge
    bot_ready: Gauge
    screen_missed: Gauge
    alarms: Gauge


def new_metrics() -> Metrics:
    registry = CollectorRegistry()

    def gauge(name: str, says: str) -> Gauge:
        return Gauge(f"cap_{name}", says, registry=registry)

    return Metrics(
        registry=registry,
        waiting=gauge("queue_waiting", "People waiting for a practitioner"),
        oldest=gauge("queue_overdue_seconds", "How long past its due time the latest entry is"),
        on_shift=gauge("staff_on_shift", "Staff available to answer"),
        unread=gauge("messages_unread", "Messages the second reader has not read"),
        repairs=gauge("sweep_repairs", "What the sweep had to mend since the store began"),
        bot_ready=gauge("bot_ready", "1 when the dialogue answers"),
        screen_missed=gauge(
            "screen_self_test_missed", "Lines that must be flagged and were not, at the last try"
        ),
        alarms=Gauge("cap_alarm", "1 while it sounds", ["alarm"], registry=registry),
    )


@dataclass(frozen=True, slots=True)
class Standing:
    waiting: int
    overdue: timedelta
    on_shift: int
    unread: int
    unread_late: int
    repairs: int


async def faults(service: Service) -> tuple[str, ...]:
    """Why the service is not ready; empty when it is.

    A missing practitioner is an alarm, not unreadiness.
    """
    now = service.now()
    try:
        standing = await service.store.read(lambda db: standing_of(service, db, now))
    except (ServiceError, SQLAlchemyError):
        return ("store",)
    found = []
    if not await service.dialogue.ready():
        found.append("bot")
    if standing.unread_late:
        found.append("messages waiting to be screened")
    if standing.overdue > LONGEST_OVERDUE:
        found.append("queue age")
    return tuple(found)


async def measure(service: Service) -> None:
    now = service.now()
    standing = await service.store.read(lambda db: standing_of(service, db, now))
    metrics: Metrics = service.metrics
    metrics.waiting.set(standing.waiting)
    metrics.oldest.set(standing.overdue.total_seconds())
    metrics.on_shift.set(standing.on_shift)
    metrics.unread.set(standing.unread)
    metrics.repairs.set(standing.repairs)
    metrics.bot_ready.set(1 if await service.dialogue.ready() else 0)


def standing_of(service: Service, db: Connection, now: datetime) -> Standing:
    waiting = queue_entries.c.state == EntryState.WAITING.value
    count, first_due = db.execute(
        select(func.count(), func.min(queue_entries.c.due_at)).where(waiting)
    ).one()
    unread = select(func.count()).select_from(readings).where(readings.c.second_at.is_(None))
    late = unread.where(readings.c.at < now - LONGEST_UNREAD)
    repairs = select(tallies.c.value).where(tallies.c.name == "sweep_repairs")
    return Standing(
        waiting=count,
        overdue=max(timedelta(), now - first_due) if first_due else timedelta(),
        on_shift=len(on_shift(service, db, now)),
        unread=db.execute(unread).scalar_one(),
        unread_late=db.execute(late).scalar_one(),
        repairs=db.execute(repairs).scalar_one(),
    )
