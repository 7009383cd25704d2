"""The bench of twenty names tests that are there, and counts only what ran and passed."""

import ast

import pytest

from tests.faults.bench import BROKE, HELD, NOT_RUN, TESTS, Fault, faults, judged, table

TWENTY = 20
ONE = Fault("one", "it holds", ("a.py::test_a", "b.py::test_b"))


def test_there_are_twenty_each_with_a_name_of_its_own():
    assert len(faults()) == TWENTY
    assert len({fault.name for fault in faults()}) == TWENTY
    assert all(fault.tests and fault.holds for fault in faults())


@pytest.mark.parametrize("test", sorted({test for fault in faults() for test in fault.tests}))
def test_the_test_is_there(test):
    path, _, name = test.partition("::")
    tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
    defined = {node.name for node in tree.body if hasattr(node, "name")}
    assert name in defined


@pytest.mark.parametrize(
    ("ended", "result"),
    [
        ({"a.py::test_a": ["passed"], "b.py::test_b": ["passed", "passed"]}, HELD),
        ({"a.py::test_a": ["passed"], "b.py::test_b": ["passed", "failed"]}, BROKE),
        ({"a.py::test_a": ["passed"], "b.py::test_b": ["skipped"]}, BROKE),
        ({"a.py::test_a": ["passed"]}, NOT_RUN),
        ({}, NOT_RUN),
    ],
)
def test_a_fault_is_held_when_all_its_tests_ran_and_passed(ended, result):
    assert judged(ONE, ended) == result


def test_the_table_counts_what_held():
    assert table({}).endswith("0 of 20 held")
