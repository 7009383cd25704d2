"""What Rasa is told of a message: intent, values, the state that our store holds. Never the words.

Pure.
"""

from typing import Any, assert_never

from bot.dialogue import Turn
from models.readings import FieldAnswer, Intent, Understanding
from models.vocabulary import FieldId, FieldStatus

AUTHOR, PLACE, TOPICS = FieldId("author_type"), FieldId("place"), FieldId("need_topics")
_SEARCHED = frozenset({PLACE, TOPICS})  # a new search replaces them


def turn_as_sent(turn: Turn) -> dict[str, Any]:
    """The body of one turn, in the shape that `bot/assistant/cap/turns.py` checks."""
    understanding = turn.understanding
    intent = _intent_of_turn(turn)
    correcting = understanding.intent is Intent.CORRECTION
    passing = _corrections(turn) if correcting else _said_in_passing(turn, intent)
    answer = understanding.answer
    if intent is Intent.ANSWER and answer is not None:
        passing[answer.field] = answer.value
    sent_as = "corrections" if intent is Intent.CORRECTION else "values"
    return {
        "conversation": f"{turn.conversation}:{turn.episode}",
        "message_id": turn.message_id,
        "intent": intent.value,
        "confidence": float(understanding.confidence),
        "values": {},
        "corrections": {},
        sent_as: passing,
        "captured": {
            field: value
            for field, value in turn.captured.items()
            if value is not None and field not in _KEPT_HERE
        },
        "faq": understanding.faq,
        "fault": _fault(answer),
        "choice": turn.choice or _noted(understanding, intent),
        "asks": turn.asks,
        "active_form": turn.active_form,
        "misses": turn.misses,
    }


_KEPT_HERE = frozenset({FieldId("enquiry_kind")})  # the service's own, no part of the dialogue
_NOTED = {
    (Intent.APPOINTMENT, "too_unwell"): "i-feel-too-unwell",
    (Intent.COMPLAINT, "praise"): "praise",
}


def _noted(understanding: Understanding, intent: Intent) -> str | None:
    """What was said beside, where the bot reacts to it as to a tap."""
    return _NOTED.get((intent, understanding.note or ""))


def _intent_of_turn(turn: Turn) -> Intent:
    """Putting right the answer to the open question is answering it."""
    intent, answer = intent_of(turn.understanding), turn.understanding.answer
    if intent is Intent.CORRECTION and answer is not None and answer.field == turn.asks:
        answered = _intent_of_answer(answer)
        return answered if answered is Intent.ANSWER else intent
    return intent


def intent_of(understanding: Understanding) -> Intent:
    """What fits what became of the answer; danger or a wish for a person goes before all."""
    answer = understanding.answer
    if understanding.asks_for_person or (answer and answer.status is FieldStatus.RISK):
        return Intent.HUMAN_REQUEST
    if understanding.intent is not Intent.ANSWER:
        return understanding.intent
    if answer is None:
        return Intent.UNCLEAR_ANSWER
    return _intent_of_answer(answer)


def _intent_of_answer(answer: FieldAnswer) -> Intent:
    match answer.status:
        case FieldStatus.OK | FieldStatus.PARTIAL:
            return Intent.ANSWER if answer.value is not None else Intent.UNCLEAR_ANSWER
        case FieldStatus.DECLINED | FieldStatus.NOT_APPLICABLE:
            return Intent.SKIP
        case FieldStatus.INVALID | FieldStatus.UNCLEAR | FieldStatus.NOT_AN_ANSWER:
            return Intent.UNCLEAR_ANSWER
        case FieldStatus.RISK:
            return Intent.HUMAN_REQUEST
        case _:
            assert_never(answer.status)


def _fault(answer: FieldAnswer | None) -> str | None:
    return "invalid" if answer is not None and answer.status is FieldStatus.INVALID else None


def _said_in_passing(turn: Turn, intent: Intent) -> dict[FieldId, Any]:
    """Details fill what is not known yet; they never overwrite by the way what was said before."""
    replaced = _SEARCHED if intent is Intent.NAVIGATION else frozenset()
    return {
        field: value
        for field, value in _details(turn.understanding, intent).items()
        if field in replaced or turn.captured.get(field) is None
    }


def _details(understanding: Understanding, intent: Intent) -> dict[FieldId, Any]:
    found: dict[FieldId, Any] = {}
    if understanding.author is not None:
        found[AUTHOR] = understanding.author.value
    if intent is Intent.NAVIGATION and understanding.place is not None:
        found[PLACE] = understanding.place
    if intent is Intent.NAVIGATION and understanding.needs:
        found[TOPICS] = [need.value for need in understanding.needs]
    found.update(understanding.details)
    return {field: value for field, value in found.items() if value is not None}


def _corrections(turn: Turn) -> dict[FieldId, Any]:
    found = {field: one for field, one in turn.understanding.details.items() if one is not None}
    answer = turn.understanding.answer
    if answer is not None and answer.field != turn.asks and answer.value is not None:
        found[answer.field] = answer.value
    return found
