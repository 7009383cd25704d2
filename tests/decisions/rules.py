"""The shipped policy and calendar for decision tests, and times written short. Holds no tests."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from handoff.policy import Policy, load
from handoff.working_calendar import WorkingCalendar

ROOT = Path(__file__).resolve().parents[2]
LONDON = ZoneInfo("Europe/London")


@cache
def policy() -> Policy:
    return load(ROOT / "config" / "policy.toml")


@cache
def calendar() -> WorkingCalendar:
    return WorkingCalendar.load(policy())


def london(written: str) -> datetime:
    """`2026-11-27 16:00` in London, as UTC."""
    return datetime.fromisoformat(written).replace(tzinfo=LONDON).astimezone(UTC)
