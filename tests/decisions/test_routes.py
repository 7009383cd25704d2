"""Every routing rule by a table: who and what it is, and which rule has it, for whom, how soon."""

import pytest

from chat.endings import endings
from chat.routes import Facts, Routes, danger_of, is_under_18
from handoff import content
from handoff.outcomes import Outcomes
from models.vocabulary import AuthorType, Priority

ROUTES, OUTCOMES = Routes.load(), Outcomes.load()
RULES = content.read("routing_and_outcomes.json")["rules"]


def clinical(**more):
    return Facts(**{"about": "clinical", "author": "service_user", "gp_in_area": "yes", **more})


TABLE = [
    ("RT-01", "queue", clinical(danger="now")),
    ("RT-01", "queue", Facts(about="appointment", danger="now")),
    ("RT-02", "queue", clinical(danger="signal")),
    ("RT-02", "queue", Facts(about="feedback", danger="signal")),
    ("RT-02", "queue", clinical(danger="signal", under_18=True)),
    ("RT-03", "queue", clinical(harm_to_other=True, author="unknown")),
    ("RT-04", "queue", Facts(about="person", author="emergency_crew")),
    ("RT-04", "queue", Facts(about="information", author="emergency_crew")),
    ("RT-05", "team", clinical(known=True, can_wait="can_wait")),
    ("RT-06", "queue", clinical(known=True, can_wait="sooner")),
    ("RT-06", "queue", clinical(known=True, can_wait="not_sure")),
    ("RT-06", "queue", clinical(known=True)),
    ("RT-07", "routine", clinical()),
    ("RT-07", "routine", clinical(gp_in_area="not_sure")),
    ("RT-07", "routine", clinical(gp_in_area="no_gp")),
    ("RT-08", "hub", clinical(under_18=True)),
    ("RT-08", "hub", clinical(under_18=True, shares="yes")),
    ("RT-08", "routine", clinical(under_18=True, shares="no")),
    ("RT-08", "routine", clinical(under_18=True, hub_first=False)),
    ("RT-05", "team", clinical(under_18=True, known=True, can_wait="can_wait")),
    ("RT-10", "queue", Facts(about="person", author="professional", pressing=True)),
    ("RT-10", "queue", Facts(about="clinical", author="partner", pressing=True)),
    ("RT-11", "review", Facts(about="referral", author="professional")),
    ("RT-11", "review", Facts(about="referral", author="partner")),
    ("RT-12", "routine", clinical(author="professional", special=("care_home",))),
    ("RT-13", "routine", clinical(special=("eating_disorder",))),
    ("RT-13", "routine", clinical(special=("eating_disorder",), under_18=True)),
    ("RT-01", "queue", clinical(special=("eating_disorder",), danger="now")),
    ("RT-15", "appointments", Facts(about="appointment")),
    ("RT-16", "close", Facts(about="information")),
    ("RT-17", "close", Facts(about="navigation")),
    ("RT-17", "close", Facts(about="navigation", help_level="information")),
    ("RT-18", "close", Facts(about="navigation", help_level="some_help")),
    ("RT-19", "navigator", Facts(about="navigation", help_level="more_help")),
    ("RT-20", "close", Facts(about="navigation", found=False)),
    ("RT-22", "close", clinical(gp_in_area="no")),
    ("RT-22", "close", clinical(gp_in_area="no", author="carer")),
    ("RT-05", "team", clinical(gp_in_area="no", known=True, can_wait="can_wait")),
    ("RT-07", "routine", clinical(gp_in_area="no", author="professional")),
    ("RT-02", "queue", clinical(gp_in_area="no", danger="signal")),
    ("RT-24", "queue", Facts(about="misunderstood")),
    ("RT-25", "close", Facts(about="medicine")),
    ("RT-25", "close", Facts(about="diagnosis")),
    ("RT-26", "review", Facts(act="GP_PHYSICAL_CHECK")),
    ("RT-27", "huddle", Facts(act="HUDDLE_LISTED")),
    ("RT-28", "scheduling", Facts(act="NONURGENT_ASSESSMENT")),
    ("RT-28", "scheduling", Facts(act="CRISIS_ASSESSMENT")),
    ("RT-29", "feedback", Facts(about="feedback")),
    ("RT-30", "welfare", Facts(act="lost_contact")),
    ("RT-31", "queue", Facts(about="person")),
    ("RT-31", "queue", Facts()),
]
MODIFIERS = [
    ("RT-09", clinical(danger="now", under_18=True), ("CAMHS",), ()),
    ("RT-23", clinical(danger="signal", gp_in_area="no"), (), ("area.out.crisis",)),
    ("RT-21", clinical(wants_talking=True), (), ("clinical.talking",)),
    ("RT-14", clinical(author="carer"), (), ()),
]


@pytest.mark.parametrize(("rule", "to", "facts"), TABLE)
def test_a_rule_has_what_is_its_own(rule, to, facts):
    route = ROUTES.route(facts)
    assert (route.id, route.to) == (rule, to)


@pytest.mark.parametrize(("modifier", "facts", "specialties", "says"), MODIFIERS)
def test_a_modifier_adds_to_the_rule_and_takes_nothing_away(modifier, facts, specialties, says):
    route = ROUTES.route(facts)
    assert modifier in route.modified_by
    assert set(specialties) <= set(route.specialties)
    assert set(says) <= set(route.says)


def test_every_rule_of_the_reviewed_list_is_applied_and_has_a_case():
    listed = {rule["id"] for rule in RULES}
    assert ROUTES.ids() == listed
    assert {rule for rule, *_ in TABLE} | {modifier for modifier, *_ in MODIFIERS} == listed


@pytest.mark.parametrize(("rule", "to", "facts"), TABLE)
def test_what_the_bot_may_not_set_no_rule_lets_it_set(rule, to, facts):
    """Outcomes that a rule of the conversation gives are the bot's to give; others a person's."""
    route = ROUTES.route(facts)
    if facts.act == "none":
        assert OUTCOMES.bot_may_set(route.outcomes, clinical=False)
    if to == "close":
        assert OUTCOMES.may_close(route.outcomes)


def test_what_the_bot_ends_by_a_sentence_may_be_ended():
    for ending in endings().values():
        assert ending.again or OUTCOMES.may_close(ending.outcomes)


@pytest.mark.parametrize(
    ("facts", "priority"),
    [
        (clinical(danger="now"), Priority.EMERGENCY),
        (clinical(danger="signal"), Priority.VERY_URGENT),
        (Facts(about="person", author="emergency_crew"), Priority.VERY_URGENT),
        (clinical(known=True, can_wait="not_sure"), Priority.URGENT),
        (clinical(), Priority.ROUTINE),
    ],
)
def test_a_rule_says_how_soon(facts, priority):
    assert ROUTES.route(facts).priority is priority


@pytest.mark.parametrize(
    ("age", "under"),
    [(17, True), (18, False), ("under_16", True), ("16_17", True), ("18_64", False), (None, False)],
)
def test_under_eighteen_is_up_to_the_birthday(age, under):
    assert is_under_18(age) is under


def test_a_crews_own_call_is_no_sign_of_danger_by_itself():
    crew = AuthorType.EMERGENCY_CREW
    assert danger_of(Priority.VERY_URGENT, author=crew) == "none"
    assert danger_of(Priority.EMERGENCY, author=crew) == "now"
    assert danger_of(Priority.VERY_URGENT, author=None) == "signal"
