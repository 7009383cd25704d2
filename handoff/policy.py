"""Every number that a clinical safety officer may change, read from one file and checked.

Decides nothing itself, and no other module holds a copy of a number.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar, assert_never
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from handoff.spans import Span, elapsed, span
from models.vocabulary import Priority

WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
Value = TypeVar("Value")


class PolicyError(ValueError):
    """The policy file cannot be used. Says which key and why."""


class ClockKind(StrEnum):
    """The promises that have a due time."""

    FIRST_HUMAN_EMERGENCY = "FIRST_HUMAN_EMERGENCY"
    FIRST_HUMAN_VERY_URGENT = "FIRST_HUMAN_VERY_URGENT"
    FIRST_HUMAN_URGENT = "FIRST_HUMAN_URGENT"
    URGENT_CALLBACK = "URGENT_CALLBACK"
    URGENT_ASSESS = "URGENT_ASSESS"
    CRISIS_FULL = "CRISIS_FULL"
    HUB_ASSESS = "HUB_ASSESS"
    NONURGENT_REVIEW = "NONURGENT_REVIEW"
    NONURGENT_SCHEDULE = "NONURGENT_SCHEDULE"
    ADMIN_REPLY = "ADMIN_REPLY"
    INFO_REQUEST = "INFO_REQUEST"
    HUDDLE = "HUDDLE"
    LOST_CONTACT = "LOST_CONTACT"
    TRANSFER_ACCEPT = "TRANSFER_ACCEPT"
    KNOWLEDGE_QUERY = "KNOWLEDGE_QUERY"
    NAVIGATOR_FOLLOWUP = "NAVIGATOR_FOLLOWUP"
    DIRECTORY_REVIEW = "DIRECTORY_REVIEW"


@dataclass(frozen=True, slots=True)
class ClockRule:
    """How long a clock runs and when it acts. `pressing_target` is None without a pressing case."""

    target: Span
    alarms: tuple[Span, ...]
    pressing_target: Span | None = None
    pressing_alarms: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """`days` are 0 for Monday to 6; `opens` and `closes` are local clock times in `zone`."""

    zone: ZoneInfo
    days: frozenset[int]
    opens: time
    closes: time
    extra_holidays: frozenset[date]


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings by name, as `config/policy.toml` explains them."""

    urgent_target: timedelta
    routine_target: timedelta
    specialty_window: timedelta
    update_early: timedelta
    update_early_for: timedelta
    update_later: timedelta
    capacity: int
    lease: timedelta
    lease_renew: timedelta
    return_to_front: timedelta
    presence_fresh: timedelta
    transfer_wait: timedelta
    transfer_warning: int
    nudge_first: timedelta
    nudge_second: timedelta
    quiet_plain: timedelta
    quiet_plain_warn: timedelta
    quiet_plain_close: timedelta
    return_window: timedelta
    resume_code_life: timedelta
    bot_deadline: timedelta
    second_reader_limit: timedelta
    message_length: int
    messages_per_window: int
    messages_of_address: int
    message_window: timedelta
    starts_per_minute: int
    resumes_per_minute: int
    alarm_repeat: timedelta
    alarm_to_supervisor: timedelta
    emergency_check_back: timedelta
    break_glass: timedelta
    callback_again: timedelta
    ambers_that_are_red: int
    rising_turns: int
    keep_clinical: timedelta
    keep_complaint: timedelta
    keep_plain: timedelta
    keep_empty: timedelta
    keep_child_until_age: int
    working_hours: WorkingHours
    clocks: Mapping[ClockKind, ClockRule]

    def target(self, priority: Priority) -> timedelta:
        """How soon after queueing a person of this priority is due a practitioner."""
        match priority:
            case Priority.EMERGENCY:
                return self._elapsed(ClockKind.FIRST_HUMAN_EMERGENCY)
            case Priority.VERY_URGENT:
                return self._elapsed(ClockKind.FIRST_HUMAN_VERY_URGENT)
            case Priority.URGENT:
                return self.urgent_target
            case Priority.ROUTINE | Priority.NONE:
                return self.routine_target
            case _:
                assert_never(priority)

    @property
    def welfare(self) -> timedelta:
        """How soon after lost contact the welfare task is due."""
        return self._elapsed(ClockKind.LOST_CONTACT)

    def _elapsed(self, kind: ClockKind) -> timedelta:
        target = self.clocks[kind].target
        if not isinstance(target, timedelta):
            raise PolicyError(f"clocks.{kind}.target: must be in hours, minutes or seconds")
        return target


def load(path: Path) -> Policy:
    """Raise PolicyError naming the key that is missing or unusable, OSError without a file."""
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{path.name} is not TOML: {error}") from error
    return read(written)


def read(written: Mapping[str, Any]) -> Policy:
    """The policy of an already parsed file. Raises PolicyError."""
    parts = {name: _table(name, part) for name, part in written.items()}
    hours = _working_hours(parts.pop("working_hours", {}))
    clocks = _clocks(parts.pop("clocks", {}))
    policy = Policy(**_settings(parts), working_hours=hours, clocks=clocks)
    _check_sense(policy)
    return policy


def _settings(parts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Lengths and counts by name; the tables that they stand in are for the reader's eye."""
    readers = {field.name: _READERS[field.type] for field in fields(Policy)[:-2]}
    found = {name: (table, value) for table, part in parts.items() for name, value in part.items()}
    _check_keys("", found, wanted=set(readers))
    return {
        name: _value(f"{table}.{name}", value, reader=readers[name])
        for name, (table, value) in found.items()
    }


def _check_keys(prefix: str, part: Mapping[str, Any], *, wanted: set[str]) -> None:
    for name in sorted(wanted - set(part)):
        raise PolicyError(f"{prefix}{name}: is missing")
    for name in sorted(set(part) - wanted):
        raise PolicyError(f"{prefix}{name}: is not a setting")


def _table(name: str, part: object) -> Mapping[str, Any]:
    if not isinstance(part, dict):
        raise PolicyError(f"{name}: must be a table")
    return part


def _value(key: str, written: object, *, reader: Callable[[object], Value]) -> Value:
    try:
        return reader(written)
    except (TypeError, ValueError) as error:
        raise PolicyError(f"{key}: {error}") from error


def _count(written: object) -> int:
    if type(written) is not int or written < 1:
        raise ValueError("must be a whole number of at least 1")
    return written


_READERS: Mapping[Any, Callable[[object], Any]] = {timedelta: elapsed, int: _count}


def _working_hours(part: Mapping[str, Any]) -> WorkingHours:
    wanted = {"timezone", "days", "opens", "closes", "extra_holidays"}
    _check_keys("working_hours.", part, wanted=wanted)
    hours = WorkingHours(
        zone=_value("working_hours.timezone", part["timezone"], reader=_zone),
        days=_value("working_hours.days", part["days"], reader=_days),
        opens=_value("working_hours.opens", part["opens"], reader=_time_of_day),
        closes=_value("working_hours.closes", part["closes"], reader=_time_of_day),
        extra_holidays=_value(
            "working_hours.extra_holidays", part["extra_holidays"], reader=_dates
        ),
    )
    if hours.opens >= hours.closes:
        raise PolicyError("working_hours.closes: must be after working_hours.opens")
    return hours


def _zone(written: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(written))
    except ZoneInfoNotFoundError as error:
        raise ValueError('must be a time zone such as "Europe/London"') from error


def _days(written: object) -> frozenset[int]:
    if not isinstance(written, list) or not written or not set(written) <= set(WEEK):
        raise ValueError(f"must be a list of {', '.join(WEEK)}")
    return frozenset(WEEK.index(day) for day in written)


def _time_of_day(written: object) -> time:
    if not isinstance(written, str):
        raise TypeError('must be a time of day such as "09:00"')
    return time.fromisoformat(written)


def _dates(written: object) -> frozenset[date]:
    if not isinstance(written, list):
        raise TypeError("must be a list of dates")
    return frozenset(date.fromisoformat(str(day)) for day in written)


def _clocks(part: Mapping[str, Any]) -> Mapping[ClockKind, ClockRule]:
    _check_keys("clocks.", part, wanted={kind.value for kind in ClockKind})
    return {kind: _clock(f"clocks.{kind}", part[kind]) for kind in ClockKind}


def _clock(key: str, written: object) -> ClockRule:
    part = _table(key, written)
    pressing = {"pressing_target", "pressing_alarms"}
    has_two = bool(pressing & set(part))
    _check_keys(f"{key}.", part, wanted={"target", "alarms"} | (pressing if has_two else set()))
    return ClockRule(
        target=_value(f"{key}.target", part["target"], reader=span),
        alarms=_value(f"{key}.alarms", part["alarms"], reader=_spans),
        pressing_target=(
            _value(f"{key}.pressing_target", part["pressing_target"], reader=span)
            if has_two
            else None
        ),
        pressing_alarms=(
            _value(f"{key}.pressing_alarms", part["pressing_alarms"], reader=_spans)
            if has_two
            else ()
        ),
    )


def _spans(written: object) -> tuple[Span, ...]:
    if not isinstance(written, list):
        raise TypeError("must be a list of times")
    return tuple(span(each) for each in written)


def _check_sense(policy: Policy) -> None:
    """Settings that contradict each other are as unusable as settings that are missing."""
    for smaller, larger in _IN_ORDER:
        if getattr(policy, smaller) >= getattr(policy, larger):
            raise PolicyError(f"{smaller}: must be less than {larger}")
    for priority in Priority:
        policy.target(priority)


_IN_ORDER = (
    ("lease_renew", "lease"),
    ("lease", "return_to_front"),
    ("urgent_target", "routine_target"),
    ("specialty_window", "urgent_target"),
    ("nudge_first", "nudge_second"),
    ("quiet_plain", "quiet_plain_warn"),
    ("quiet_plain_warn", "quiet_plain_close"),
    ("alarm_repeat", "alarm_to_supervisor"),
)
