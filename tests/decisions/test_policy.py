"""The numbers of the service are read from one file, checked, and named when they are wrong."""

import copy
import tomllib
from datetime import timedelta
from fractions import Fraction

import pytest

from handoff.policy import ClockKind, PolicyError, load, read
from handoff.spans import Days, WorkingDays, elapsed, span
from models.vocabulary import Priority
from tests.decisions.rules import ROOT, policy

WRITTEN = tomllib.loads((ROOT / "config" / "policy.toml").read_text())


@pytest.mark.parametrize(
    ("priority", "minutes"),
    [
        (Priority.EMERGENCY, 2),
        (Priority.VERY_URGENT, 10),
        (Priority.URGENT, 30),
        (Priority.ROUTINE, 240),
        (Priority.NONE, 240),
    ],
)
def test_each_priority_has_its_target(priority, minutes):
    assert policy().target(priority) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lease", timedelta(seconds=20)),
        ("lease_renew", timedelta(seconds=7)),
        ("return_to_front", timedelta(seconds=30)),
        ("nudge_first", timedelta(minutes=3)),
        ("nudge_second", timedelta(minutes=8)),
        ("welfare", timedelta(minutes=15)),
        ("return_window", timedelta(hours=72)),
        ("quiet_plain", timedelta(minutes=5)),
        ("quiet_plain_warn", timedelta(minutes=15)),
        ("message_length", 4000),
    ],
)
def test_the_shipped_policy_keeps_the_promises(name, expected):
    assert getattr(policy(), name) == expected


def test_every_clock_has_a_rule():
    assert set(policy().clocks) == set(ClockKind)


def test_a_change_of_the_file_changes_the_number():
    written = _changed("claims", "capacity", 2)
    assert read(written).capacity == 2


@pytest.mark.parametrize(
    ("table", "name", "value"),
    [
        ("claims", "lease", "20"),
        ("claims", "lease", 20),
        ("claims", "lease", "0 seconds"),
        ("claims", "lease", "-3 seconds"),
        ("claims", "capacity", 0),
        ("claims", "capacity", True),
        ("claims", "capacity", "4"),
        ("messages", "message_length", 1.5),
        ("queue", "urgent_target", "soon"),
        ("queue", "urgent_target", "1 working day"),
        ("working_hours", "opens", "nine"),
        ("working_hours", "opens", 9),
        ("working_hours", "days", ["MON"]),
        ("working_hours", "days", []),
        ("working_hours", "timezone", "Europe/Leicester"),
        ("working_hours", "extra_holidays", ["Christmas"]),
        ("working_hours", "extra_holidays", "2027-01-01"),
    ],
)
def test_a_bad_value_is_refused_by_its_name(table, name, value):
    with pytest.raises(PolicyError, match=rf"^{table}\.{name}: "):
        read(_changed(table, name, value))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("target", "1 fortnight"),
        ("alarms", "1 hour"),
        ("alarms", ["half a day"]),
        ("pressing_target", "0 minutes"),
    ],
)
def test_a_bad_clock_is_refused_by_its_name(name, value):
    written = copy.deepcopy(WRITTEN)
    written["clocks"]["TRANSFER_ACCEPT"][name] = value
    with pytest.raises(PolicyError, match=rf"^clocks\.TRANSFER_ACCEPT\.{name}: "):
        read(written)


def test_a_missing_number_is_named():
    written = copy.deepcopy(WRITTEN)
    del written["claims"]["lease"]
    with pytest.raises(PolicyError, match=r"^lease: is missing"):
        read(written)


def test_a_missing_clock_is_named():
    written = copy.deepcopy(WRITTEN)
    del written["clocks"]["HUDDLE"]
    with pytest.raises(PolicyError, match=r"^clocks\.HUDDLE: is missing"):
        read(written)


def test_a_misspelt_number_is_named_and_not_ignored():
    with pytest.raises(PolicyError, match="is not a setting"):
        read(_changed("alarms", "alarm_repaet", "1 minute"))


@pytest.mark.parametrize(
    ("table", "name", "value", "named"),
    [
        ("claims", "lease_renew", "30 seconds", "lease_renew"),
        ("claims", "lease", "40 seconds", "lease"),
        ("queue", "routine_target", "10 minutes", "urgent_target"),
        ("silence", "nudge_first", "9 minutes", "nudge_first"),
        ("working_hours", "closes", "08:00", "working_hours.closes"),
    ],
)
def test_numbers_that_contradict_each_other_are_refused(table, name, value, named):
    with pytest.raises(PolicyError, match=f"^{named}: must be"):
        read(_changed(table, name, value))


def test_a_first_reply_in_working_days_is_refused():
    written = copy.deepcopy(WRITTEN)
    written["clocks"]["FIRST_HUMAN_EMERGENCY"]["target"] = "1 working day"
    with pytest.raises(PolicyError, match="FIRST_HUMAN_EMERGENCY"):
        read(written)


def test_a_file_that_is_not_toml_is_refused(tmp_path):
    broken = tmp_path / "policy.toml"
    broken.write_text("lease = = 3")
    with pytest.raises(PolicyError, match="not TOML"):
        load(broken)


@pytest.mark.parametrize(
    ("written", "length"),
    [
        ("1 second", timedelta(seconds=1)),
        ("90 minutes", timedelta(minutes=90)),
        ("72 hours", timedelta(days=3)),
        ("14 days", Days(14)),
        ("1 day", Days(1)),
        ("half a working day", WorkingDays(Fraction(1, 2))),
        ("1 working day", WorkingDays(Fraction(1))),
        ("10 working days", WorkingDays(Fraction(10))),
    ],
)
def test_lengths_are_read_as_people_write_them(written, length):
    assert span(written) == length


@pytest.mark.parametrize(
    "written", ["", "1", "1 week", "half a day", "0 working days", "0 days", None, 3]
)
def test_what_is_no_length_is_refused(written):
    with pytest.raises(ValueError, match="must be"):
        span(written)


def test_elapsed_time_is_not_working_days():
    with pytest.raises(ValueError, match="must be a time"):
        elapsed("1 working day")


def _changed(table, name, value):
    written = copy.deepcopy(WRITTEN)
    written[table][name] = value
    return written
