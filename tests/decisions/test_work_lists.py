"""The table of work lists fits the roles, the outcomes and the clocks."""

from collections import Counter

import pytest

from chat.roles import roles
from handoff import content
from handoff.outcomes import Outcomes
from handoff.policy import ClockKind
from handoff.work_lists import FieldKind, WorkLists
from models.errors import BadCommandError, NotFoundError
from models.vocabulary import Role
from tests.decisions.rules import london

LISTS = WorkLists.load()
OUTCOMES = Outcomes.load()
EVERY = [
    pytest.param(each, result, id=f"{each.id}-{result.id}")
    for each in LISTS.lists.values()
    for result in each.results.values()
]


def test_every_list_has_its_roles_and_every_rule_its_list():
    assert set(roles().work_lists) == set(LISTS.lists)


def test_every_outcome_leaves_its_work_on_a_list_that_is_there():
    left = {each.follow_up.work_list for each in OUTCOMES.all() if each.follow_up}
    assert left <= set(LISTS.lists)


def test_a_list_and_the_outcomes_that_lead_to_it_agree_about_the_clock():
    for outcome in OUTCOMES.all():
        left = outcome.follow_up
        if left is None or left.clock is None:
            continue
        listed = LISTS.work_list(left.work_list)
        assert left.clock is listed.clock or left.clock in listed.watches, outcome.code


@pytest.mark.parametrize(("work_list", "result"), EVERY)
def test_somebody_who_works_the_list_may_give_each_result(work_list, result):
    may = [
        role
        for role in roles().work_lists[work_list.id]
        if OUTCOMES.may_set(result.outcomes, role=role)
        and (not result.only or role.value in result.only)
    ]
    assert may


@pytest.mark.parametrize(("work_list", "result"), EVERY)
def test_a_result_that_ends_a_task_leaves_the_person_with_somebody(work_list, result):
    """By an outcome, by the list that is next, by going on, or by asking nothing of anybody."""
    about_nobody = work_list.id in {"knowledge", "directory"}
    assert result.outcomes or result.opens or result.goes_on or about_nobody


@pytest.mark.parametrize(("work_list", "result"), EVERY)
def test_a_result_asks_for_what_its_outcomes_need(work_list, result):
    for code in result.outcomes:
        assert set(OUTCOMES.outcome(code).needs) <= set(result.needs), code


@pytest.mark.parametrize(("work_list", "result"), EVERY)
def test_a_due_time_comes_from_a_time_that_is_asked_for(work_list, result):
    if result.due_from is not None:
        assert result.due_from in result.needs
        assert LISTS.fields[result.due_from].kind is FieldKind.TIME


def test_all_but_the_first_replies_and_the_full_assessment_watch_a_list():
    """Those clocks run from the queue; every other promise is kept on a list."""
    kept = {each.clock for each in LISTS.lists.values()} | {
        kind for each in LISTS.lists.values() for kind in each.watches
    }
    queue = {kind for kind in ClockKind if kind.value.startswith("FIRST_HUMAN")}
    assert set(ClockKind) - kept == queue


def test_ten_roles_by_lists_are_as_the_product_says():
    worked = Counter(role for allowed in roles().work_lists.values() for role in allowed)
    assert worked[Role.AUDITOR] == 0
    assert worked[Role.SUPERVISOR] == len(LISTS.lists)
    assert roles().works_on(Role.NAVIGATOR) == ("navigator",)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("answer", 7),
        ("answer", ["x"]),
        ("setting", "moon"),
        ("setting", ["home"]),
        ("disciplines", ["wizard"]),
        ("disciplines", "nurse"),
        ("disciplines", [["nurse"]]),
        ("took_place_at", "soon"),
        ("worse_told", "yes"),
        ("made_up", "x"),
    ],
)
def test_what_is_no_answer_is_a_bad_command(name, value):
    with pytest.raises(BadCommandError):
        LISTS.missing_of((name,) if name in LISTS.fields else (), {name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [("answer", " \n"), ("setting", ""), ("disciplines", []), ("worse_told", False)],
)
def test_blank_is_not_said(name, value):
    assert LISTS.missing_of((name,), {name: value}) == (name,)


def test_what_is_said_is_not_missing():
    said = {
        "answer": "yes",
        "setting": "home",
        "disciplines": ["nurse"],
        "took_place_at": london("2026-11-26 10:00"),
        "worse_told": True,
    }
    assert LISTS.missing_of(tuple(said), said) == ()


def test_an_unknown_list_or_result_is_refused():
    with pytest.raises(NotFoundError):
        LISTS.work_list("nothing")
    with pytest.raises(BadCommandError):
        LISTS.work_list("review").result("nothing")


def test_the_streams_on_the_form_are_the_reviewed_ones():
    listed = [row["code"] for row in content.read("routing_and_outcomes.json")["streams"]]
    assert list(LISTS.fields["stream"].choices) == listed
