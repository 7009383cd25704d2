"""The hazard log: whole, and every design control proved by tests that exist (CI runs them all)."""

import pytest
import yaml

from tests.house.product import ROOT, named_tests

LOG = yaml.safe_load((ROOT / "docs" / "clinical-safety" / "hazards.yaml").read_text())
HAZARDS = LOG["hazards"]
FIELDS = {"id", "hazard", "cause", "effect", "severity", "likelihood", "design", "deploying"}
EXPECTED = 28

every_hazard = pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard["id"])


def test_no_starter_hazard_is_missing():
    ids = [hazard["id"] for hazard in HAZARDS]
    assert len(ids) == len(set(ids))
    assert {f"H{number:02}" for number in range(1, EXPECTED + 1)} <= set(ids)


@every_hazard
def test_a_hazard_is_told_whole(hazard):
    assert set(hazard) - {"not_yet"} == FIELDS
    assert hazard["severity"] in LOG["severities"]
    assert hazard["likelihood"] in LOG["likelihoods"]
    assert all(hazard[name].strip() for name in ("hazard", "cause", "effect"))
    assert hazard["deploying"], "a trust always has something to do"


@every_hazard
def test_every_design_control_names_tests_that_exist(hazard):
    tests = named_tests()
    unproved = []
    for control in hazard["design"]:
        named = [test.partition("::") for test in control["tests"]]
        missing = [f"{file}::{name}" for file, _, name in named if name not in tests.get(file, ())]
        if not named or missing:
            unproved.append((control["control"], missing))
    assert unproved == []


@every_hazard
def test_a_hazard_has_a_design_control_or_says_that_it_has_none_yet(hazard):
    assert hazard["design"] or hazard.get("not_yet")
