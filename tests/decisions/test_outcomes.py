"""The outcomes: what closes, what a close must say, who may set what, what is left behind."""

import dataclasses
import re

import pytest

from handoff import content
from handoff.outcomes import CloseForm, Outcomes, closing_wording
from handoff.policy import ClockKind, Policy
from models.errors import BadCommandError
from models.vocabulary import Role
from tests.decisions.rules import london

OUTCOMES = Outcomes.load()
LISTED = content.read("routing_and_outcomes.json")["outcomes"]
DUE = london("2026-11-25 12:00")
SAID = CloseForm(
    outcomes=(),
    plan_for_person="Call your team in the morning.",
    next_owner="gp",
    next_step="call",
    due_at=DUE,
    reason="asked to stop",
    incident_reference="1234",
    duplicate_of="CAP-261124-AAAA",
)
CLINICAL = ("plan_for_person", "next_owner", "next_step", "due_at")


def form(*codes, **changed):
    return dataclasses.replace(SAID, outcomes=codes, **changed)


def bare(*codes):
    return CloseForm(outcomes=codes)


def test_there_are_forty_one():
    assert [each.code for each in OUTCOMES.all()] == [row["code"] for row in LISTED]
    assert len(LISTED) == 41


@pytest.mark.parametrize("row", LISTED, ids=lambda row: row["code"])
def test_an_outcome_is_as_listed(row):
    outcome = OUTCOMES.outcome(row["code"])
    assert outcome.label == row["label"]
    assert outcome.set_by == set(row["set_by"])
    assert OUTCOMES.may_close([row["code"]]) is row["may_close"]
    assert (outcome.follow_up is not None) is row["needs_follow_up"]


@pytest.mark.parametrize("row", LISTED, ids=lambda row: row["code"])
def test_an_outcome_starts_the_clock_that_the_list_names(row):
    named = re.findall(r"[A-Z_]{5,}", row["stops_or_starts"])
    left = OUTCOMES.outcome(row["code"]).follow_up
    if row["stops_or_starts"].startswith("stop"):
        assert left is None
        assert OUTCOMES.stops([row["code"]])
    elif named:
        assert left is not None
        assert left.clock in [ClockKind(name) for name in named]
    else:
        assert left is None or left.clock is None


@pytest.mark.parametrize("row", LISTED, ids=lambda row: row["code"])
def test_somebody_can_set_each_outcome_and_the_auditor_none(row):
    assert any(OUTCOMES.may_set([row["code"]], role=role) for role in Role)
    assert not OUTCOMES.may_set([row["code"]], role=Role.AUDITOR)


@pytest.mark.parametrize(
    ("codes", "closes"),
    [
        ([], False),
        (["ADVICE_GIVEN"], True),
        (["ADVICE_GIVEN", "SELF_HELP"], True),
        (["ADVICE_GIVEN", "EXISTING_TEAM"], False),
        (["EXISTING_TEAM"], False),
        (["ASSESSED"], True),
    ],
)
def test_an_enquiry_closes_only_with_outcomes_that_all_may_close(codes, closes):
    assert OUTCOMES.may_close(codes) is closes


def test_an_unknown_outcome_is_a_bad_command():
    with pytest.raises(BadCommandError):
        OUTCOMES.may_close(["MADE_UP"])
    with pytest.raises(BadCommandError):
        OUTCOMES.missing_for_close(bare("MADE_UP"), clinical=False, role=Role.PRACTITIONER)


@pytest.mark.parametrize("code", ["ADVICE_GIVEN", "SELF_HELP", "CRISIS_ASSESSMENT"])
@pytest.mark.parametrize("name", CLINICAL)
def test_a_clinical_close_needs_plan_owner_step_and_due(code, name):
    missing = OUTCOMES.missing_for_close(
        form(code, **{name: None}), clinical=True, role=Role.PRACTITIONER
    )
    assert missing == (name,)


def test_a_clinical_outcome_makes_a_clinical_close():
    missing = OUTCOMES.missing_for_close(
        bare("ADVICE_GIVEN"), clinical=False, role=Role.PRACTITIONER
    )
    assert missing == CLINICAL


@pytest.mark.parametrize(
    ("codes", "role", "missing"),
    [
        (["INFO_GIVEN"], Role.CALL_HANDLER, ()),
        (["SIGNPOST_EXTERNAL"], Role.NAVIGATOR, ()),
        (["APPT_CHANGE_PASSED"], Role.CALL_HANDLER, ("next_owner", "next_step", "due_at")),
        (["FEEDBACK_LOGGED"], Role.CALL_HANDLER, ("next_owner", "next_step", "due_at")),
        (["DECLINED"], Role.CALL_HANDLER, ("reason",)),
        (["DUPLICATE"], Role.PRACTITIONER, ("duplicate_of",)),
        ([], Role.PRACTITIONER, ("outcomes",)),
    ],
)
def test_other_closes_follow_the_close_rule(codes, role, missing):
    assert OUTCOMES.missing_for_close(bare(*codes), clinical=False, role=role) == missing


@pytest.mark.parametrize("blank", ["", "   ", "\n\t"])
def test_blank_is_not_said(blank):
    missing = OUTCOMES.missing_for_close(
        form("ADVICE_GIVEN", plan_for_person=blank), clinical=True, role=Role.PRACTITIONER
    )
    assert missing == ("plan_for_person",)


def test_an_emergency_call_by_us_needs_its_incident_reference():
    missing = OUTCOMES.missing_for_close(
        form("EMERGENCY_999_BY_US", incident_reference=None),
        clinical=True,
        role=Role.PRACTITIONER,
    )
    assert missing == ("incident_reference",)


def test_a_full_form_lacks_nothing():
    full = form("ADVICE_GIVEN", "EXISTING_TEAM_LIAISED")
    assert OUTCOMES.missing_for_close(full, clinical=True, role=Role.PRACTITIONER) == ()


@pytest.mark.parametrize(
    ("code", "role", "may"),
    [
        ("ADVICE_GIVEN", Role.PRACTITIONER, True),
        ("ADVICE_GIVEN", Role.CALL_HANDLER, False),
        ("INFO_GIVEN", Role.PRACTITIONER, True),
        ("BRIEF_SUPPORT", Role.PRACTITIONER, True),
        ("LOST_UNTRACED", Role.SUPERVISOR, True),
        ("LOST_UNTRACED", Role.PRACTITIONER, False),
        ("GP_PHYSICAL_CHECK", Role.TRIAGE_CLINICIAN, True),
        ("GP_PHYSICAL_CHECK", Role.PRACTITIONER, False),
        ("APPT_CHANGED", Role.ADMINISTRATOR, True),
        ("APPT_CHANGED", Role.CALL_HANDLER, False),
        ("SUPPORT_ARRANGED", Role.NAVIGATOR, True),
        ("UNMET_NEED", Role.KNOWLEDGE_OFFICER, True),
        ("NOT_FOR_CAP", Role.PRACTITIONER, False),
    ],
)
def test_an_outcome_is_set_by_those_it_belongs_to(code, role, may):
    assert OUTCOMES.may_set([code], role=role) is may
    missing = OUTCOMES.missing_for_close(form(code), clinical=True, role=role)
    assert missing == (() if may else ("set_by",))


@pytest.mark.parametrize("row", LISTED, ids=lambda row: row["code"])
def test_the_bot_never_closes_a_clinical_enquiry(row):
    listed = "bot" in row["set_by"]
    assert OUTCOMES.bot_may_set([row["code"]], clinical=False) is listed
    assert OUTCOMES.bot_may_set([row["code"]], clinical=True) is (listed and not row["may_close"])


def test_work_is_left_once_for_each_outcome():
    left = OUTCOMES.follow_up(["CHILD_HUB", "SELF_HELP", "HUDDLE_LISTED", "CHILD_HUB"])
    assert [(each.work_list, each.clock) for each in left] == [
        ("children_hub", ClockKind.TRANSFER_ACCEPT),
        ("huddle", ClockKind.HUDDLE),
    ]


def test_lengths_without_a_clock_are_named_in_the_policy():
    named = {each.follow_up.within for each in OUTCOMES.all() if each.follow_up} - {None}
    assert named == {"emergency_check_back"}
    assert named <= {field.name for field in dataclasses.fields(Policy)}


def test_an_assessment_that_took_place_stops_every_clock():
    assert OUTCOMES.stops(["ASSESSED"]) == ("",)
    assert OUTCOMES.stops(["INFO_GIVEN"]) == ()


def test_only_the_clinical_closing_words_carry_the_plan():
    assert closing_wording(clinical=True) == "close.clinical"
    assert closing_wording(clinical=False) == "close.ref"
