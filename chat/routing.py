"""What happens next with one inbound message.

Pure: reads verdict, understanding and state; writes nothing.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from handoff.safety_reply import SafetyReply
from models.readings import Understanding, Verdict
from models.vocabulary import (
    AuthorType,
    ConversationState,
    FieldStatus,
    Priority,
    Reach,
    highest,
)

SAFETY_QUESTION = "safe_now"
_NOT_CLEARED = frozenset({SafetyReply.NOT_SAFE, SafetyReply.UNSURE, SafetyReply.DECLINED})
_ANSWERED = frozenset(
    {FieldStatus.OK, FieldStatus.PARTIAL, FieldStatus.DECLINED, FieldStatus.NOT_APPLICABLE}
)
UNSURE_LIMIT = 2


class NextStep(StrEnum):
    """The one thing done with a message after it is stored and read."""

    NOTHING = "nothing"
    PERSON = "person"
    SAFETY_QUESTION = "safety_question"
    SAFETY_ANSWER = "safety_answer"
    CRISIS_ANSWER = "crisis_answer"
    DETAIL = "detail"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the conversation stood when the message arrived.

    `doubts` counts safety questions asked before it.

    `cleared`: the person has since said that they are safe, so the bot takes this message after
    all. `said_safe`: they said so at any time in this enquiry.
    """

    state: ConversationState
    doubts: int
    asks: str | None
    in_crisis_script: bool
    cleared: bool = False
    said_safe: bool = False
    safety: SafetyReply = SafetyReply.OTHER


def reach(verdict: Verdict, understanding: Understanding) -> Reach:
    """Person, question or bot, by screen, gate and an explicit request for a person alone."""
    if verdict.priority.at_least(Priority.URGENT) or verdict.fault or verdict.unreadable:
        return Reach.PERSON
    if understanding.asks_for_person or understanding.author is AuthorType.EMERGENCY_CREW:
        return Reach.PERSON
    if verdict.amber:
        return Reach.QUESTION
    at_work = understanding.author in {AuthorType.PROFESSIONAL, AuthorType.PARTNER}
    return Reach.BOT if understanding.confident_non_clinical or at_work else Reach.QUESTION


def next_step(standing: Standing, verdict: Verdict, understanding: Understanding) -> NextStep:
    """With the bot: reach decides.

    Waiting: the crisis script, or a detail that was asked for. Else nothing is said by the service.
    """
    match standing.state:
        case (
            ConversationState.WITH_PRACTITIONER
            | ConversationState.ON_PHONE
            | ConversationState.CLOSED
        ):
            return NextStep.NOTHING
        case ConversationState.WAITING:
            return _while_waiting(standing, understanding)
        case ConversationState.WITH_BOT:
            return _with_bot(standing, verdict, understanding)
        case _:
            assert_never(standing.state)


def _while_waiting(standing: Standing, understanding: Understanding) -> NextStep:
    """The crisis script, else what may be told meanwhile; nothing else is answered by the bot."""
    if standing.in_crisis_script:
        return NextStep.CRISIS_ANSWER
    tells = standing.asks is not None or understanding.note == "leave_message"
    return NextStep.DETAIL if tells else NextStep.NOTHING


def _with_bot(standing: Standing, verdict: Verdict, understanding: Understanding) -> NextStep:
    safety = standing.safety if standing.asks == SAFETY_QUESTION else SafetyReply.OTHER
    reached = reach(verdict, understanding)
    is_answer = safety is SafetyReply.SAFE and reached is not Reach.PERSON
    if safety in _NOT_CLEARED or is_answer:
        return NextStep.SAFETY_ANSWER
    match reached:
        case Reach.PERSON:
            return NextStep.PERSON
        case _ if standing.cleared:
            return NextStep.BOT
        case Reach.QUESTION if not verdict.amber and _is_expected(standing, understanding):
            return NextStep.BOT
        case Reach.QUESTION:
            unsure_again = standing.doubts + 1 >= UNSURE_LIMIT
            return NextStep.PERSON if unsure_again else NextStep.SAFETY_QUESTION
        case Reach.BOT:
            return NextStep.BOT
        case _:
            assert_never(reached)


def _is_expected(standing: Standing, understanding: Understanding) -> bool:
    """Where the screen has no doubt: an answer to what was asked, or more from somebody who has
    said that they are safe. What they tell about is clinical, and ends with a person anyway.
    """
    answer = understanding.answer
    return standing.said_safe or (answer is not None and answer.status in _ANSWERED)


def needed_priority(verdict: Verdict, understanding: Understanding) -> Priority:
    """How soon a person is needed, when a person is.

    A failed reader or unread language counts as urgent.
    """
    wanted = Priority.ROUTINE
    if verdict.fault or verdict.unreadable or verdict.amber:
        wanted = Priority.URGENT
    if understanding.pressing:
        wanted = Priority.URGENT
    if understanding.author is AuthorType.EMERGENCY_CREW:
        wanted = Priority.VERY_URGENT
    return highest(verdict.priority, wanted)
