"""When each clock is due, when it acts, and which clocks a priority starts. Writes no rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import assert_never

from handoff import content
from handoff.policy import ClockKind, Policy
from handoff.spans import Days, Span
from handoff.working_calendar import WorkingCalendar
from models.vocabulary import Priority

__all__ = [
    "ClockCase",
    "ClockKind",
    "ClockPlan",
    "clocks_for",
    "counts_from_first_contact",
    "labels",
    "plan",
]


class ClockCase(StrEnum):
    """Some clocks run faster when it presses: an urgent transfer, an entry for people in crisis."""

    USUAL = "usual"
    PRESSING = "pressing"


@dataclass(frozen=True, slots=True)
class ClockPlan:
    """A promise to be kept. It acts at each of `alarms`, all before `due_at`, and when due."""

    kind: ClockKind
    started_at: datetime
    due_at: datetime
    alarms: tuple[datetime, ...] = ()


def plan(
    kind: ClockKind,
    started_at: datetime,
    *,
    policy: Policy,
    calendar: WorkingCalendar,
    case: ClockCase = ClockCase.USUAL,
) -> ClockPlan:
    """The clock's due time and alarms. A clock without a pressing case runs as usual."""
    rule = policy.clocks[kind]
    target, alarms = rule.target, rule.alarms
    if case is ClockCase.PRESSING and rule.pressing_target is not None:
        target, alarms = rule.pressing_target, rule.pressing_alarms
    due_at = _after(started_at, target, calendar=calendar)
    acts = {_after(started_at, alarm, calendar=calendar) for alarm in alarms}
    return ClockPlan(kind, started_at, due_at, tuple(sorted(at for at in acts if at < due_at)))


def _after(start: datetime, length: Span, *, calendar: WorkingCalendar) -> datetime:
    if isinstance(length, timedelta):
        return start.astimezone(UTC) + length
    if isinstance(length, Days):
        return calendar.after_days(start, length.days)
    return calendar.after_working_days(start, length.days)


def clocks_for(
    priority: Priority,
    *,
    queued_at: datetime,
    first_message_at: datetime,
    policy: Policy,
    calendar: WorkingCalendar,
) -> tuple[ClockPlan, ...]:
    """The clocks of a person who waits for a practitioner at this priority.

    First-reply clocks start when queued; assessment and review clocks at the person's first
    message, however late danger was seen.
    """
    reply, assess = _kinds_for(priority)
    return (
        *(plan(kind, queued_at, policy=policy, calendar=calendar) for kind in reply),
        *(plan(kind, first_message_at, policy=policy, calendar=calendar) for kind in assess),
    )


def _kinds_for(priority: Priority) -> tuple[tuple[ClockKind, ...], tuple[ClockKind, ...]]:
    match priority:
        case Priority.EMERGENCY:
            return (ClockKind.FIRST_HUMAN_EMERGENCY,), (ClockKind.URGENT_ASSESS,)
        case Priority.VERY_URGENT:
            return (ClockKind.FIRST_HUMAN_VERY_URGENT,), (ClockKind.URGENT_ASSESS,)
        case Priority.URGENT:
            return (ClockKind.FIRST_HUMAN_URGENT,), (ClockKind.CRISIS_FULL,)
        case Priority.ROUTINE:
            review = (ClockKind.NONURGENT_REVIEW, ClockKind.NONURGENT_SCHEDULE)
            return (ClockKind.FIRST_HUMAN_URGENT,), review
        case Priority.NONE:
            return (ClockKind.ADMIN_REPLY,), ()
        case _:
            assert_never(priority)


@cache
def counts_from_first_contact(kind: ClockKind) -> bool:
    """Whether the clock starts at the person's first message, whenever it is found to be needed."""
    timers = content.read("routing_and_outcomes.json")["timers"]
    starts = {timer["code"]: timer["starts"] for timer in timers}
    return bool(starts[kind].startswith("first contact"))


def labels() -> Mapping[ClockKind, str]:
    """What staff read for each clock."""
    timers = content.read("routing_and_outcomes.json")["timers"]
    return {ClockKind(timer["code"]): timer["label"] for timer in timers}
