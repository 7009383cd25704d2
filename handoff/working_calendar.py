"""Days and working days in local time, over nights, weekends, bank holidays and clock changes.

Knows no clock kinds and never asks what time it is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache

from holidays import country_holidays

from handoff import content
from handoff.policy import Policy, WorkingHours

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """When people are at work. `holidays` are the reviewed days off of the years `reviewed`.

    Every method takes and yields aware times; what it yields is in UTC.
    """

    hours: WorkingHours
    holidays: frozenset[date]
    reviewed: frozenset[int] = field(default_factory=frozenset)

    @classmethod
    def load(cls, policy: Policy) -> "WorkingCalendar":
        """England's bank holidays from the reviewed data, working hours from the policy."""
        written = content.read("routing_and_outcomes.json")["working_calendar"]
        listed = [date.fromisoformat(day) for day in written["england_bank_holidays"]]
        return cls(policy.working_hours, frozenset(listed), _whole_years(listed))

    def is_working_day(self, day: date) -> bool:
        return day.weekday() in self.hours.days and not self.is_holiday(day)

    def is_holiday(self, day: date) -> bool:
        """By the reviewed list in its years, by the published calculation in all others."""
        if day in self.holidays or day in self.hours.extra_holidays:
            return True
        return day.year not in self.reviewed and day in _calculated(day.year)

    def is_working_time(self, at: datetime) -> bool:
        """From opening up to, but not including, closing."""
        local = at.astimezone(self.hours.zone)
        at_work = self.hours.opens <= local.time() < self.hours.closes
        return at_work and self.is_working_day(local.date())

    def next_open(self, at: datetime) -> datetime:
        """`at` itself during working time, else the next opening."""
        if self.is_working_time(at):
            return at.astimezone(UTC)
        return next(opens for opens, _ in self._working_days(at) if opens >= at)

    def after_days(self, start: datetime, days: int) -> datetime:
        """The same time by the clock on the wall, so many days of the calendar later."""
        return (start.astimezone(self.hours.zone) + timedelta(days=days)).astimezone(UTC)

    def after_working_days(self, start: datetime, days: Fraction | float) -> datetime:
        """When so many working days from `start` have passed. Raises ValueError below zero.

        A whole day from inside working hours ends at the same clock time on the next working day,
        from outside at the close of the next working day. A part of a day is that part of the
        working minutes.
        """
        wanted = Fraction(days)
        if wanted < 0:
            raise ValueError("working days must not be negative")
        whole, part = divmod(wanted, 1)
        at = self._after_whole_days(start, int(whole)) if whole else start
        return self._after_minutes(at, part) if part else at.astimezone(UTC)

    def _after_whole_days(self, start: datetime, days: int) -> datetime:
        if self.is_working_time(start):
            local = start.astimezone(self.hours.zone)
            day = self._day_after(local.date(), days=days)
            return datetime.combine(day, local.timetz()).astimezone(UTC)
        first = self.next_open(start).astimezone(self.hours.zone).date()
        return self._closes(self._day_after(first, days=days - 1))

    def _day_after(self, day: date, *, days: int) -> date:
        """The working day that is so many working days after a working day."""
        left = days
        while left:
            day += ONE_DAY
            left -= self.is_working_day(day)
        return day

    def _after_minutes(self, start: datetime, part: Fraction) -> datetime:
        at = start.astimezone(UTC)
        left: timedelta | None = None
        for opens, closes in self._working_days(start):
            begins = max(at, opens)
            if begins >= closes:
                continue
            left = _part_of(closes - opens, part) if left is None else left
            if begins + left <= closes:
                return begins + left
            left -= closes - begins
        raise AssertionError("working days never end")

    def _working_days(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Opening and closing of each working day, from the local day of `start` on."""
        day = start.astimezone(self.hours.zone).date()
        while True:
            if self.is_working_day(day):
                yield self._opens(day), self._closes(day)
            day += ONE_DAY

    def _opens(self, day: date) -> datetime:
        return datetime.combine(day, self.hours.opens, self.hours.zone).astimezone(UTC)

    def _closes(self, day: date) -> datetime:
        return datetime.combine(day, self.hours.closes, self.hours.zone).astimezone(UTC)

    def in_words(self, at: datetime) -> str:
        """The local time as people say it: `4:30pm on Monday 30 November`."""
        local = at.astimezone(self.hours.zone)
        minutes = f":{local.minute:02}" if local.minute else ""
        half = f"{local:%p}".lower()
        return f"{local.hour % 12 or 12}{minutes}{half} on {local:%A} {local.day} {local:%B}"


def _whole_years(listed: Iterable[date]) -> frozenset[int]:
    """The years that a list of holidays covers: all but its first, which it may join midway."""
    years = {day.year for day in listed}
    return frozenset(years - {min(years)}) if years else frozenset()


def _part_of(length: timedelta, part: Fraction) -> timedelta:
    return length * part.numerator / part.denominator


@cache
def _calculated(year: int) -> frozenset[date]:
    return frozenset(country_holidays("GB", subdiv="ENG", years=year))
