"""The next step of a message, by table: a person, a gentle question, the bot, or nothing."""

import pytest

from chat.routing import NextStep, Standing, needed_priority, next_step, reach
from handoff.safety_reply import SafetyReply
from models.readings import Intent, Understanding, Verdict
from models.vocabulary import AuthorType, ConversationState, Priority, Reach

CALM = Verdict(Priority.NONE)
DOUBT = Verdict(Priority.NONE, amber=True)
URGENT = Verdict(Priority.URGENT, amber=True)
RED = Verdict(Priority.VERY_URGENT, amber=True)
BROKEN = Verdict(Priority.NONE, amber=True, fault=True)
FOREIGN = Verdict(Priority.NONE, unreadable=True)
SURE = Understanding(Intent.INFORMATION, 0.9, confident_non_clinical=True)
UNSURE = Understanding(Intent.INFORMATION, 0.4, confident_non_clinical=False)
ASKS = Understanding(Intent.HUMAN_REQUEST, 1.0, confident_non_clinical=False, asks_for_person=True)
CREW = Understanding(
    Intent.REFERRAL, 0.9, confident_non_clinical=True, author=AuthorType.EMERGENCY_CREW
)
WITH_BOT = Standing(ConversationState.WITH_BOT, doubts=0, asks=None, in_crisis_script=False)
DOUBTED_ONCE = Standing(ConversationState.WITH_BOT, doubts=1, asks=None, in_crisis_script=False)


@pytest.mark.parametrize(
    ("verdict", "understanding", "expected"),
    [
        (CALM, SURE, Reach.BOT),
        (CALM, UNSURE, Reach.QUESTION),
        (DOUBT, SURE, Reach.QUESTION),
        (DOUBT, UNSURE, Reach.QUESTION),
        (URGENT, SURE, Reach.PERSON),
        (RED, SURE, Reach.PERSON),
        (BROKEN, SURE, Reach.PERSON),
        (FOREIGN, SURE, Reach.PERSON),
        (CALM, ASKS, Reach.PERSON),
        (DOUBT, ASKS, Reach.PERSON),
    ],
)
def test_the_bot_keeps_a_turn_only_when_screen_and_understanding_are_both_sure(
    verdict, understanding, expected
):
    assert reach(verdict, understanding) is expected


def test_unsure_once_asks_and_unsure_twice_brings_a_person():
    assert next_step(WITH_BOT, DOUBT, SURE) is NextStep.SAFETY_QUESTION
    assert next_step(DOUBTED_ONCE, DOUBT, SURE) is NextStep.PERSON


@pytest.mark.parametrize(
    "state",
    [ConversationState.WITH_PRACTITIONER, ConversationState.ON_PHONE, ConversationState.CLOSED],
)
@pytest.mark.parametrize("verdict", [CALM, DOUBT, RED])
def test_with_a_person_nothing_is_said_by_the_service(state, verdict):
    standing = Standing(state, doubts=0, asks=None, in_crisis_script=True)
    assert next_step(standing, verdict, SURE) is NextStep.NOTHING


@pytest.mark.parametrize(("in_script", "step"), [(True, "crisis_answer"), (False, "nothing")])
def test_while_waiting_only_the_crisis_script_speaks(in_script, step):
    standing = Standing(ConversationState.WAITING, doubts=0, asks=None, in_crisis_script=in_script)
    assert next_step(standing, CALM, SURE).value == step


@pytest.mark.parametrize(
    ("reply", "step"),
    [
        (SafetyReply.SAFE, NextStep.SAFETY_ANSWER),
        (SafetyReply.NOT_SAFE, NextStep.SAFETY_ANSWER),
        (SafetyReply.OTHER, NextStep.BOT),
    ],
)
def test_an_answer_to_the_safety_question_is_taken_as_one(reply, step):
    standing = Standing(
        ConversationState.WITH_BOT,
        doubts=1,
        asks="safe_now",
        in_crisis_script=False,
        safety=reply,
    )
    assert next_step(standing, CALM, SURE) is step


def test_danger_in_the_answer_to_the_safety_question_goes_before_the_answer():
    standing = Standing(
        ConversationState.WITH_BOT,
        doubts=1,
        asks="safe_now",
        in_crisis_script=False,
        safety=SafetyReply.SAFE,
    )
    assert next_step(standing, RED, SURE) is NextStep.PERSON


@pytest.mark.parametrize(
    ("verdict", "understanding", "priority"),
    [
        (CALM, ASKS, Priority.ROUTINE),
        (DOUBT, SURE, Priority.URGENT),
        (BROKEN, SURE, Priority.URGENT),
        (FOREIGN, SURE, Priority.URGENT),
        (RED, SURE, Priority.VERY_URGENT),
        (CALM, CREW, Priority.VERY_URGENT),
    ],
)
def test_how_soon_a_person_is_needed(verdict, understanding, priority):
    assert needed_priority(verdict, understanding) is priority
