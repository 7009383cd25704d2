"""Working days over nights, weekends, bank holidays and both clock changes."""

from dataclasses import replace
from datetime import UTC, date, timedelta
from fractions import Fraction

import pytest
from holidays import country_holidays
from hypothesis import given
from hypothesis import strategies as st

from handoff import content
from tests.decisions.rules import calendar, london, policy

ONE = Fraction(1)
HALF = Fraction(1, 2)

ONE_DAY = [
    # inside working hours: the same clock time on the next working day
    ("2026-11-24 09:00", "2026-11-25 09:00"),
    ("2026-11-24 12:34", "2026-11-25 12:34"),
    ("2026-11-24 16:59", "2026-11-25 16:59"),
    ("2026-11-27 16:00", "2026-11-30 16:00"),  # Friday
    # outside: the close of the next working day
    ("2026-11-24 08:59", "2026-11-24 17:00"),
    ("2026-11-24 17:00", "2026-11-25 17:00"),
    ("2026-11-24 23:30", "2026-11-25 17:00"),
    ("2026-11-25 00:10", "2026-11-25 17:00"),
    ("2026-11-27 18:00", "2026-11-30 17:00"),
    ("2026-11-28 11:00", "2026-11-30 17:00"),  # Saturday
    ("2026-11-29 23:59", "2026-11-30 17:00"),
    # Christmas 2026: Friday 25 and Monday 28 are holidays
    ("2026-12-24 10:00", "2026-12-29 10:00"),
    ("2026-12-24 17:30", "2026-12-29 17:00"),
    ("2026-12-25 12:00", "2026-12-29 17:00"),
    ("2026-12-31 09:30", "2027-01-04 09:30"),
    # Easter 2027: Friday 26 March to Monday 29, with the clocks going forward on Sunday 28
    ("2027-03-25 15:00", "2027-03-30 15:00"),
    ("2027-03-28 00:30", "2027-03-30 17:00"),
    ("2027-03-28 02:30", "2027-03-30 17:00"),
    # clocks going back on Sunday 31 October 2027
    ("2027-10-29 10:15", "2027-11-01 10:15"),
    ("2027-10-31 01:30", "2027-11-01 17:00"),
    # other bank holidays
    ("2027-04-30 14:00", "2027-05-04 14:00"),
    ("2027-05-28 14:00", "2027-06-01 14:00"),
    ("2027-08-27 16:30", "2027-08-31 16:30"),
    ("2027-12-24 12:00", "2027-12-29 12:00"),
    ("2027-12-31 12:00", "2028-01-04 12:00"),
    ("2028-04-13 09:05", "2028-04-18 09:05"),
    ("2028-12-22 16:00", "2028-12-27 16:00"),
    # before and after the reviewed list
    ("2026-03-27 11:00", "2026-03-30 11:00"),  # clocks forward on 29 March
    ("2026-08-28 11:00", "2026-09-01 11:00"),
    ("2029-03-29 11:00", "2029-04-03 11:00"),
    ("2031-12-24 11:00", "2031-12-29 11:00"),
]

HALF_DAY = [
    ("2026-11-24 09:00", "2026-11-24 13:00"),
    ("2026-11-24 13:00", "2026-11-24 17:00"),
    ("2026-11-24 13:01", "2026-11-25 09:01"),
    ("2026-11-27 16:00", "2026-11-30 12:00"),
    ("2026-11-28 10:00", "2026-11-30 13:00"),
    ("2026-11-24 07:00", "2026-11-24 13:00"),
    ("2026-11-24 20:00", "2026-11-25 13:00"),
    ("2026-12-24 16:30", "2026-12-29 12:30"),
    ("2027-03-25 15:00", "2027-03-30 11:00"),
    ("2027-10-29 16:00", "2027-11-01 12:00"),
]


@pytest.mark.parametrize(("start", "due"), ONE_DAY)
def test_one_working_day(start, due):
    assert calendar().after_working_days(london(start), ONE) == london(due)


@pytest.mark.parametrize(("start", "due"), HALF_DAY)
def test_half_a_working_day(start, due):
    assert calendar().after_working_days(london(start), HALF) == london(due)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-24 10:00", 2, "2026-11-26 10:00"),
        ("2026-11-26 10:00", 2, "2026-11-30 10:00"),
        ("2026-11-28 10:00", 2, "2026-12-01 17:00"),
        ("2026-12-21 10:00", 10, "2027-01-07 10:00"),
        ("2026-11-24 15:00", 1.5, "2026-11-26 11:00"),
        ("2026-11-24 15:00", 0, "2026-11-24 15:00"),
    ],
)
def test_more_days_and_parts(start, days, due):
    assert calendar().after_working_days(london(start), days) == london(due)


def test_days_cannot_run_backwards():
    with pytest.raises(ValueError, match="negative"):
        calendar().after_working_days(london("2026-11-24 10:00"), -1)


@pytest.mark.parametrize(
    ("at", "working"),
    [
        ("2026-11-24 08:59", False),
        ("2026-11-24 09:00", True),
        ("2026-11-24 16:59", True),
        ("2026-11-24 17:00", False),
        ("2026-11-28 12:00", False),
        ("2026-12-25 12:00", False),
        ("2026-12-28 12:00", False),
        ("2027-06-01 09:00", True),  # summer time: 08:00 UTC
    ],
)
def test_working_time_is_local_time(at, working):
    assert calendar().is_working_time(london(at)) is working


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-24 12:00", "2026-11-24 12:00"),
        ("2026-11-24 06:00", "2026-11-24 09:00"),
        ("2026-11-24 17:00", "2026-11-25 09:00"),
        ("2026-12-24 18:00", "2026-12-29 09:00"),
        ("2027-03-26 12:00", "2027-03-30 09:00"),
    ],
)
def test_the_next_opening_is_found(at, opens):
    assert calendar().next_open(london(at)) == london(opens)


def test_the_reviewed_list_agrees_with_the_published_calculation():
    listed = content.read("routing_and_outcomes.json")["working_calendar"]["england_bank_holidays"]
    for year in (2027, 2028):
        published = country_holidays("GB", subdiv="ENG", years=year, observed=True)
        on_weekdays = {day for day in published if day.weekday() < 5}
        assert {date.fromisoformat(day) for day in listed if day.startswith(str(year))} == (
            on_weekdays
        )


def test_a_one_off_holiday_is_added_by_setting():
    hours = replace(policy().working_hours, extra_holidays=frozenset({date(2027, 6, 2)}))
    kept = replace(calendar(), hours=hours)
    due = kept.after_working_days(london("2027-06-01 10:00"), ONE)
    assert due == london("2027-06-03 10:00")


def test_the_reviewed_list_rules_in_its_years():
    without_christmas = replace(calendar(), holidays=frozenset())
    assert not without_christmas.is_holiday(date(2027, 12, 27))
    assert without_christmas.is_holiday(date(2029, 12, 25))


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-30 16:30", "4:30pm on Monday 30 November"),
        ("2027-06-01 09:00", "9am on Tuesday 1 June"),
        ("2027-06-01 12:05", "12:05pm on Tuesday 1 June"),
        ("2027-06-01 00:10", "12:10am on Tuesday 1 June"),
    ],
)
def test_a_due_time_is_said_in_local_words(at, said):
    assert calendar().in_words(london(at)) == said


STARTS = st.datetimes(
    min_value=london("2026-01-01 00:00").replace(tzinfo=None),
    max_value=london("2029-12-31 00:00").replace(tzinfo=None),
    timezones=st.just(UTC),
)


@given(start=STARTS, days=st.sampled_from([HALF, ONE, Fraction(3, 2), Fraction(2), Fraction(5)]))
def test_due_times_fall_when_people_are_at_work(start, days):
    due = calendar().after_working_days(start, days)
    assert due > start
    assert due.tzinfo is UTC
    assert calendar().is_working_time(due - timedelta(microseconds=1)) or (
        calendar().is_working_time(due)
    )


@given(start=STARTS, later=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=10)))
def test_half_a_day_never_overtakes(start, later):
    halves = [calendar().after_working_days(at, HALF) for at in (start, start + later)]
    assert halves == sorted(halves)


@given(start=STARTS)
def test_half_a_day_comes_before_a_whole_one(start):
    assert calendar().after_working_days(start, HALF) <= calendar().after_working_days(start, ONE)
