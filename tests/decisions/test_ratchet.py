"""Software only raises a priority; a clinician lowers it with a reason; weak signals add up."""

import itertools

import pytest

from handoff.ratchet import check_lowering, is_rising, raised
from models.errors import BadCommandError, NotAllowedError
from models.vocabulary import Priority, Role

NONE, ROUTINE, URGENT, VERY_URGENT, EMERGENCY = Priority
PAIRS = list(itertools.product(Priority, Priority))
CLINICIANS = {Role.PRACTITIONER, Role.TRIAGE_CLINICIAN}


@pytest.mark.parametrize(("current", "found"), PAIRS)
def test_a_priority_is_never_lower_than_it_was(current, found):
    after = raised(current, found)
    assert after.at_least(current)
    assert after.at_least(found)
    assert after in {current, found}


def test_a_denial_after_danger_changes_nothing():
    assert raised(raised(NONE, EMERGENCY), NONE) is EMERGENCY


@pytest.mark.parametrize(("current", "wanted"), PAIRS)
@pytest.mark.parametrize("role", list(Role))
def test_only_a_clinician_lowers(current, wanted, role):
    if wanted.at_least(current) or role in CLINICIANS:
        check_lowering(current, wanted, role=role, reason="Talked it through, safe at home")
        return
    with pytest.raises(NotAllowedError):
        check_lowering(current, wanted, role=role, reason="Talked it through, safe at home")


@pytest.mark.parametrize("reason", ["", "   ", "\n", "...", "12"])
def test_lowering_needs_a_reason_in_words(reason):
    with pytest.raises(BadCommandError):
        check_lowering(VERY_URGENT, URGENT, role=Role.PRACTITIONER, reason=reason)


def test_raising_needs_no_reason():
    check_lowering(ROUTINE, EMERGENCY, role=Role.CALL_HANDLER, reason="")


@pytest.mark.parametrize(
    ("priorities", "red"),
    [
        ([NONE, NONE, NONE, NONE, NONE], False),
        ([NONE, NONE, NONE, NONE, ROUTINE], False),
        ([NONE, NONE, ROUTINE, ROUTINE, URGENT], True),
        ([NONE, ROUTINE, ROUTINE, URGENT, URGENT], True),
        ([NONE, ROUTINE, NONE, ROUTINE, URGENT], False),
        ([NONE, ROUTINE, URGENT], False),
        ([URGENT, NONE, NONE, ROUTINE, ROUTINE, URGENT], True),
        ([URGENT, URGENT, URGENT, URGENT, URGENT], False),
    ],
)
def test_a_rise_over_five_turns_is_red(priorities, red):
    assert is_rising(priorities) is red


def test_over_how_many_turns_is_a_setting():
    assert is_rising([NONE, ROUTINE, URGENT], turns=3)
