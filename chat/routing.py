"""What happens next with one inbound message.

Pure: reads verdict, understanding and state; writes nothing.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from handoff.safety_reply import SafetyReply
from models.readings import Understanding, Verdict
from models.vocabulary import AuthorType, ConversationState, Priority, Reach, highest

SAFETY_QUESTION = "safe_now"
UNSURE_LIMIT = 2


class NextStep(StrEnum):
    """The one thing done with a message after it is stored and read."""

    NOTHING = "nothing"
    PERSON = "person"
    SAFETY_QUESTION = "safety_question"
    SAFETY_ANSWER = "safety_answer"
    CRISIS_ANSWER = "crisis_answer"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the conversation stood when the message arrived.

    `doubts` counts safety questions asked before it.

    `cleared`: the person has since said that they are safe, so the bot takes this message after
    all.
    """

    state: ConversationState
    doubts: int
    asks: str | None
    in_crisis_script: bool
    cleared: bool = False
    safety: SafetyReply = SafetyReply.OTHER


def reach(verdict: Verdict, understanding: Understanding) -> Reach:
    """Person, question or bot, by screen, gate and an explicit request for a person alone."""
    if verdict.priority.at_least(Priority.URGENT) or verdict.fault or verdict.unreadable:
        return Reach.PERSON
    if understanding.asks_for_person:
        return Reach.PERSON
    if verdict.amber or not understanding.confident_non_clinical:
        return Reach.QUESTION
    return Reach.BOT


def next_step(standing: Standing, verdict: Verdict, understanding: Understanding) -> NextStep:
    """With the bot: reach decides.

    Waiting: the crisis script at most. Else nothing is said by the service.
    """
    match standing.state:
        case (
            ConversationState.WITH_PRACTITIONER
            | ConversationState.ON_PHONE
            | ConversationState.CLOSED
        ):
            return NextStep.NOTHING
        case ConversationState.WAITING:
            return NextStep.CRISIS_ANSWER if standing.in_crisis_script else NextStep.NOTHING
        case ConversationState.WITH_BOT:
            return _with_bot(standing, verdict, understanding)
        case _:
            assert_never(standing.state)


def _with_bot(standing: Standing, verdict: Verdict, understanding: Understanding) -> NextStep:
    reached = reach(verdict, understanding)
    if reached is Reach.PERSON:
        return NextStep.PERSON
    if standing.asks == SAFETY_QUESTION and standing.safety is not SafetyReply.OTHER:
        return NextStep.SAFETY_ANSWER
    if standing.cleared:
        return NextStep.BOT
    match reached:
        case Reach.QUESTION:
            unsure_again = standing.doubts + 1 >= UNSURE_LIMIT
            return NextStep.PERSON if unsure_again else NextStep.SAFETY_QUESTION
        case Reach.BOT:
            return NextStep.BOT
        case _:
            assert_never(reached)


def needed_priority(verdict: Verdict, understanding: Understanding) -> Priority:
    """How soon a person is needed, when a person is.

    A failed reader or unread language counts as urgent.
    """
    wanted = Priority.ROUTINE
    if verdict.fault or verdict.unreadable or verdict.amber:
        wanted = Priority.URGENT
    if understanding.author is AuthorType.EMERGENCY_CREW:
        wanted = Priority.VERY_URGENT
    return highest(verdict.priority, wanted)
