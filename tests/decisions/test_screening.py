"""Two readers, one verdict: the higher of both, and what happens when one of them fails."""

from typing import Any

import pytest

from handoff.screening import Before, Screen, combine
from models.readings import FirstReading, ReaderFault, SecondReading
from models.vocabulary import Priority

NONE, ROUTINE, URGENT, VERY_URGENT, EMERGENCY = Priority
CALM = SecondReading()
UNSURE = SecondReading(unsure=True)


NO_FEATURES: Any = None


class Silent:
    """Stands where a reader should be, and is not."""


class Broken:
    """Fails at every call, as a damaged model would."""

    def read(self, *_words: object) -> object:
        raise FloatingPointError

    def embed(self, _text: str) -> object:
        raise FloatingPointError


@pytest.mark.parametrize("first", list(Priority))
@pytest.mark.parametrize("second", list(Priority))
def test_the_verdict_is_the_higher_of_the_two_readers(first, second):
    verdict = combine(FirstReading(first), SecondReading(second, unsure=second is not NONE))
    assert verdict.priority is max(first, second, key=lambda each: each.rank)


@pytest.mark.parametrize("fault", list(ReaderFault))
def test_a_second_reader_that_is_late_broken_or_absent_is_amber_and_a_fault(fault):
    verdict = combine(FirstReading(), SecondReading(unsure=True, fault=fault))
    assert verdict.amber
    assert verdict.fault
    assert verdict.priority is NONE


def test_a_broken_first_reader_is_a_fault_whatever_the_second_says():
    verdict = combine(FirstReading(failed="ValueError"), CALM)
    assert verdict.amber
    assert verdict.fault


def test_what_the_rules_found_stands_when_the_second_reader_fails():
    late = SecondReading(unsure=True, fault=ReaderFault.LATE)
    assert combine(FirstReading(EMERGENCY), late).priority is EMERGENCY


def test_one_amber_is_a_doubt_and_two_are_red():
    assert combine(FirstReading(), UNSURE).priority is NONE
    assert combine(FirstReading(), UNSURE, before=Before(ambers=1)).priority is VERY_URGENT


def test_a_doubt_left_by_something_urgent_said_before_adds_nothing():
    inherited = SecondReading(unsure=True, in_itself=False)
    before = Before(ambers=1, priorities=(Priority.URGENT,))
    verdict = combine(FirstReading(), inherited, before=before)
    assert verdict.priority is NONE
    assert verdict.amber
    assert not verdict.doubt


def test_two_ambers_never_lower_an_emergency():
    verdict = combine(FirstReading(EMERGENCY), UNSURE, before=Before(ambers=3))
    assert verdict.priority is EMERGENCY


def test_a_calm_message_after_ambers_adds_nothing():
    assert combine(FirstReading(), CALM, before=Before(ambers=2)).priority is NONE


def test_failures_do_not_add_up_to_danger():
    late = SecondReading(unsure=True, fault=ReaderFault.LATE)
    assert combine(FirstReading(), late, before=Before(ambers=1)).priority is NONE


def test_a_rise_over_five_turns_is_red():
    before = Before(priorities=(NONE, NONE, ROUTINE, ROUTINE))
    assert combine(FirstReading(URGENT), CALM, before=before).priority is VERY_URGENT
    assert combine(FirstReading(ROUTINE), CALM, before=before).priority is ROUTINE


def test_how_many_ambers_are_red_is_a_setting():
    verdict = combine(FirstReading(), UNSURE, before=Before(ambers=1), ambers_that_are_red=3)
    assert verdict.priority is NONE


def broken_screen(*parts: str) -> Screen:
    whole: dict[str, Any] = {"rules": Silent(), "features_of": Silent(), "model": Silent()}
    return Screen(**{**whole, **dict.fromkeys(parts, Broken())})


def test_a_broken_first_reader_is_a_finding_not_an_error():
    assert broken_screen("rules").first("hello").failed == "FloatingPointError"


def test_features_that_cannot_be_computed_are_none():
    assert broken_screen("features_of").features("hello") is None


def test_a_broken_model_is_a_finding_not_an_error():
    reading = broken_screen("model").second(NO_FEATURES, None)
    assert reading.fault is ReaderFault.BROKEN
    assert reading.unsure
