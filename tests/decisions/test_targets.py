"""The seventeen clocks: when each is due, when it acts, which a priority starts."""

import re
from datetime import UTC, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from handoff import content
from handoff.spans import WorkingDays
from handoff.targets import (
    ClockCase,
    ClockKind,
    clocks_for,
    counts_from_first_contact,
    labels,
    plan,
)
from models.vocabulary import Priority
from tests.decisions.rules import calendar, london, policy

FIRST = london("2026-11-24 10:00")
QUEUED = london("2026-11-24 10:07")
TIMERS = {row["code"]: row for row in content.read("routing_and_outcomes.json")["timers"]}
TWO_CASES = {"TRANSFER_ACCEPT", "DIRECTORY_REVIEW"}


def test_there_are_the_clocks_of_the_reviewed_list():
    assert set(TIMERS) == {kind.value for kind in ClockKind}
    assert len(TIMERS) == 17


@pytest.mark.parametrize("code", sorted(set(TIMERS) - TWO_CASES))
def test_the_shipped_policy_runs_each_clock_as_reviewed(code):
    rule = policy().clocks[ClockKind(code)]
    assert rule.target == _length(TIMERS[code]["target"])
    assert list(rule.alarms) == [_length(alarm) for alarm in TIMERS[code]["alarm"]]
    assert rule.pressing_target is None


@pytest.mark.parametrize(
    ("kind", "case", "due", "alarms"),
    [
        (ClockKind.TRANSFER_ACCEPT, ClockCase.PRESSING, "2026-11-24 11:00", ["2026-11-24 10:30"]),
        (ClockKind.TRANSFER_ACCEPT, ClockCase.USUAL, "2026-11-25 10:00", ["2026-11-24 14:00"]),
        (ClockKind.DIRECTORY_REVIEW, ClockCase.USUAL, "2027-05-23 10:00", ["2027-05-09 10:00"]),
        (ClockKind.DIRECTORY_REVIEW, ClockCase.PRESSING, "2026-12-24 10:00", ["2026-12-10 10:00"]),
        (ClockKind.URGENT_ASSESS, ClockCase.USUAL, "2026-11-24 14:00", None),
        (ClockKind.URGENT_ASSESS, ClockCase.PRESSING, "2026-11-24 14:00", None),
        (ClockKind.NONURGENT_REVIEW, ClockCase.USUAL, "2026-11-25 10:00", ["2026-11-24 14:00"]),
        (ClockKind.HUB_ASSESS, ClockCase.USUAL, "2026-11-24 12:00", []),
        (ClockKind.ADMIN_REPLY, ClockCase.USUAL, "2026-11-25 10:00", []),
        (ClockKind.KNOWLEDGE_QUERY, ClockCase.USUAL, "2026-11-26 10:00", []),
        (ClockKind.NAVIGATOR_FOLLOWUP, ClockCase.USUAL, "2026-12-08 10:00", []),
        (ClockKind.LOST_CONTACT, ClockCase.USUAL, "2026-11-24 10:15", ["2026-11-24 10:05"]),
    ],
)
def test_a_clock_is_planned(kind, case, due, alarms):
    planned = plan(kind, FIRST, policy=policy(), calendar=calendar(), case=case)
    assert (planned.kind, planned.started_at, planned.due_at) == (kind, FIRST, london(due))
    if alarms is not None:
        assert list(planned.alarms) == [london(at) for at in alarms]


@pytest.mark.parametrize("kind", list(ClockKind))
def test_alarms_come_in_order_before_the_due_time(kind):
    planned = plan(kind, FIRST, policy=policy(), calendar=calendar())
    assert list(planned.alarms) == sorted(planned.alarms)
    assert all(FIRST < at < planned.due_at for at in planned.alarms)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2027-03-28 00:30", "2027-03-28 05:30"),  # the hour from 1 to 2 does not exist
        ("2027-10-31 00:30", "2027-10-31 03:30"),  # the hour from 1 to 2 comes twice
    ],
)
def test_four_hours_are_four_hours_over_a_clock_change(start, due):
    planned = plan(ClockKind.URGENT_ASSESS, london(start), policy=policy(), calendar=calendar())
    assert planned.due_at == london(due)
    assert planned.due_at - planned.started_at == timedelta(hours=4)


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("Europe/London")])
def test_days_end_at_the_same_time_by_the_clock_on_the_wall_whatever_zone_they_came_in(zone):
    start = london("2026-06-14 00:00").astimezone(zone)
    planned = plan(ClockKind.DIRECTORY_REVIEW, start, policy=policy(), calendar=calendar())
    assert planned.due_at == london("2026-12-11 00:00")
    assert planned.alarms == (london("2026-11-27 00:00"),)


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("Europe/London")])
def test_hours_are_hours_whatever_zone_they_came_in(zone):
    start = london("2026-10-25 00:30").astimezone(zone)
    planned = plan(ClockKind.CRISIS_FULL, start, policy=policy(), calendar=calendar())
    assert planned.due_at == london("2026-10-25 23:30")


@pytest.mark.parametrize(
    ("priority", "expected"),
    [
        (Priority.EMERGENCY, {"FIRST_HUMAN_EMERGENCY": QUEUED, "URGENT_ASSESS": FIRST}),
        (Priority.VERY_URGENT, {"FIRST_HUMAN_VERY_URGENT": QUEUED, "URGENT_ASSESS": FIRST}),
        (Priority.URGENT, {"FIRST_HUMAN_URGENT": QUEUED, "CRISIS_FULL": FIRST}),
        (
            Priority.ROUTINE,
            {"FIRST_HUMAN_URGENT": QUEUED, "NONURGENT_REVIEW": FIRST, "NONURGENT_SCHEDULE": FIRST},
        ),
        (Priority.NONE, {"ADMIN_REPLY": QUEUED}),
    ],
)
def test_a_priority_starts_its_clocks_and_assessment_counts_from_the_first_message(
    priority, expected
):
    plans = clocks_for(
        priority,
        queued_at=QUEUED,
        first_message_at=FIRST,
        policy=policy(),
        calendar=calendar(),
    )
    assert {each.kind.value: each.started_at for each in plans} == expected


def test_assessment_review_and_call_back_count_from_the_first_contact():
    assert {kind.value for kind in ClockKind if counts_from_first_contact(kind)} == {
        "URGENT_CALLBACK",
        "URGENT_ASSESS",
        "CRISIS_FULL",
        "NONURGENT_REVIEW",
        "NONURGENT_SCHEDULE",
    }


def test_every_clock_has_a_label_for_staff():
    assert set(labels()) == set(ClockKind)
    assert all(labels().values())


def _length(written):
    """`PT3H30M`, `P1WD`, `P0.5WD` as the reviewed list writes them."""
    working = re.fullmatch(r"P([\d.]+)WD", written)
    if working:
        return WorkingDays(Fraction(working[1]))
    elapsed = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?", written)
    assert elapsed
    return timedelta(hours=int(elapsed[1] or 0), minutes=int(elapsed[2] or 0))
