"""The crisis script: what is said and asked, step by step, until a person joins. Pure.

Danger now, place, number: at most these three questions, each skippable, and status lines after.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

from handoff.crisis_replies import Reply
from models.vocabulary import Concern, FieldId, Priority, WordingId

SAFE_NOW = FieldId("safe_now")
LOCATION = FieldId("location_now")
PHONE = FieldId("phone")

EMERGENCY_CARD: Mapping[str, Any] = {
    "kind": "emergency",
    "numbers": [
        {"id": "999", "dial": "999"},
        {"id": "111_2", "dial": "111", "option": "2"},
        {"id": "cap", "dial": "{cap_phone}"},
        {"id": "samaritans", "dial": "116 123"},
    ],
}
"""The numbers shown with every red message, by helpline id; `{cap_phone}` is the service's own."""


class CrisisStep(StrEnum):
    """Which question is open. WAITING: none any more, status lines only."""

    DANGER = "danger"
    IN_DANGER = "in_danger"
    WHERE = "where"
    NUMBER = "number"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Script:
    """What to say next, in order; nothing when `wording_ids` is empty.

    `cards` go with the first wording, `asks` with the last. `raises`: what this answer tells about
    the priority, for the ratchet. `calls_back`: the person asked to be phoned.
    """

    step: CrisisStep
    wording_ids: tuple[WordingId, ...] = ()
    cards: tuple[Mapping[str, Any], ...] = ()
    asks: FieldId | None = None
    raises: Priority | None = None
    calls_back: bool = False


def begin(concern: Concern, *, staff_on_shift: bool) -> Script:
    """The first words of the crisis path, with the emergency card, always.

    With nobody signed in it says so at once, and asks nothing that nobody would read.
    """
    cards = (EMERGENCY_CARD,)
    if not staff_on_shift:
        return Script(CrisisStep.WAITING, (WordingId("crisis.nostaff"),), cards)
    return Script(CrisisStep.DANGER, (_first_words(concern),), cards, SAFE_NOW)


def welcome_back(*, red: bool) -> Script:
    """Back not long after a clinical conversation: the team is told, and whether they are safe."""
    cards = (EMERGENCY_CARD,) if red else ()
    return Script(CrisisStep.DANGER, (WordingId("greet.return.clinical"),), cards, SAFE_NOW)


def _first_words(concern: Concern) -> WordingId:
    match concern:
        case Concern.SELF:
            return WordingId("crisis.self")
        case Concern.OTHER:
            return WordingId("crisis.other")
        case Concern.CHILD:
            return WordingId("crisis.child")
        case Concern.ABUSE:
            return WordingId("crisis.abuse")
        case _:
            assert_never(concern)


def answer(step: CrisisStep, reply: Reply) -> Script:
    """What follows a reply at this step. Some replies mean the same at every step."""
    anywhere = _ANYWHERE.get(reply)
    if anywhere is not None:
        return anywhere
    if reply in _HELPLINES:
        return Script(step, (_HELPLINES[reply],), asks=_open_question(step))
    return _at(step, reply)


def _at(step: CrisisStep, reply: Reply) -> Script:
    match step:
        case CrisisStep.DANGER:
            return _after_danger(reply)
        case CrisisStep.IN_DANGER:
            return _in_danger(reply)
        case CrisisStep.WHERE:
            return _after_where(reply)
        case CrisisStep.NUMBER:
            return _after_number(reply)
        case CrisisStep.WAITING:
            return _waiting(reply)
        case _:
            assert_never(step)


def status() -> Script:
    """The line that ends the questions: the place is kept and words are welcome."""
    said = (WordingId("crisis.ownwords"), WordingId("queue.join.unknown"))
    return Script(CrisisStep.WAITING, said)


def _open_question(step: CrisisStep) -> FieldId | None:
    match step:
        case CrisisStep.DANGER:
            return SAFE_NOW
        case CrisisStep.WHERE:
            return LOCATION
        case CrisisStep.NUMBER:
            return PHONE
        case CrisisStep.IN_DANGER | CrisisStep.WAITING:
            return None
        case _:
            assert_never(step)


def _heard(step: CrisisStep) -> Script:
    """Words that answer nothing are kept for the person who comes; the question stays open."""
    return Script(step, (WordingId("crisis.wait"),), asks=_open_question(step))


def _after_danger(reply: Reply) -> Script:
    match reply:
        case Reply.YES | Reply.UNSURE:
            # "Cannot say they are safe" is part of what emergency means.
            return _IN_DANGER_NOW
        case Reply.NO | Reply.DECLINED:
            return Script(CrisisStep.NUMBER, (WordingId("crisis.no"),), asks=PHONE)
        case Reply.NOT_WITH_ME:
            return Script(CrisisStep.WHERE, (WordingId("crisis.notwith"),), asks=LOCATION)
        case Reply.NUMBER:
            return _NUMBER_KEPT
        case Reply.NOTHING:
            return Script(CrisisStep.DANGER, asks=SAFE_NOW)
        case _:
            return _heard(CrisisStep.DANGER)


def _in_danger(reply: Reply) -> Script:
    match reply:
        case Reply.TELL_WHERE:
            return Script(CrisisStep.WHERE, (WordingId("crisis.where"),), asks=LOCATION)
        case Reply.NUMBER:
            return _NUMBER_KEPT
        case Reply.NOTHING:
            return Script(CrisisStep.IN_DANGER)
        case _:
            return _heard(CrisisStep.IN_DANGER)


def _after_where(reply: Reply) -> Script:
    match reply:
        case Reply.PLACE:
            return Script(CrisisStep.WAITING, (WordingId("crisis.where.thanks"),))
        case Reply.NO | Reply.UNSURE | Reply.DECLINED:
            return status()
        case Reply.NUMBER:
            return _NUMBER_KEPT
        case Reply.NOTHING | Reply.TELL_WHERE:
            return Script(CrisisStep.WHERE, asks=LOCATION)
        case _:
            return _heard(CrisisStep.WHERE)


def _after_number(reply: Reply) -> Script:
    match reply:
        case Reply.NUMBER:
            return _NUMBER_KEPT
        case Reply.YES | Reply.ADD_NUMBER:
            return Script(CrisisStep.NUMBER, (WordingId("ask.phone"),), asks=PHONE)
        case Reply.NO | Reply.UNSURE | Reply.DECLINED | Reply.NOTHING:
            return status()
        case _:
            return _heard(CrisisStep.WAITING)


def _waiting(reply: Reply) -> Script:
    match reply:
        case Reply.NUMBER:
            return _NUMBER_KEPT
        case Reply.TELL_WHERE:
            return Script(CrisisStep.WHERE, (WordingId("crisis.where"),), asks=LOCATION)
        case Reply.ADD_NUMBER:
            return Script(CrisisStep.NUMBER, (WordingId("ask.phone"),), asks=PHONE)
        case Reply.NO | Reply.DECLINED | Reply.NOTHING:
            return Script(CrisisStep.WAITING)
        case _:
            return _heard(CrisisStep.WAITING)


_IN_DANGER_NOW = Script(
    CrisisStep.IN_DANGER,
    (WordingId("crisis.yes"),),
    (EMERGENCY_CARD,),
    raises=Priority.EMERGENCY,
)
_NUMBER_KEPT = Script(CrisisStep.WAITING, (WordingId("crisis.card.number"),))

_ANYWHERE: Mapping[Reply, Script] = {
    Reply.DANGER: _IN_DANGER_NOW,
    Reply.CANNOT_CALL: Script(CrisisStep.IN_DANGER, (WordingId("crisis.cannotcall"),)),
    Reply.SOMEONE_WITH_ME: Script(CrisisStep.IN_DANGER, (WordingId("crisis.with"),)),
    Reply.WORSE: Script(
        CrisisStep.IN_DANGER,
        (WordingId("queue.worse"),),
        (EMERGENCY_CARD,),
        raises=Priority.EMERGENCY,
    ),
    Reply.CALL_BACK: Script(
        CrisisStep.NUMBER, (WordingId("callback.offer"),), asks=PHONE, calls_back=True
    ),
    Reply.DENIAL: Script(CrisisStep.WAITING, (WordingId("crisis.deny"),)),
}

_HELPLINES: Mapping[Reply, WordingId] = {
    Reply.CHILDLINE: WordingId("crisis.childline"),
    Reply.ABUSE_LINE: WordingId("crisis.abuse.line"),
}
