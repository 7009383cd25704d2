"""The one table of what may happen to a conversation, in which state, by whom, and what follows.

Pure. `python -m chat.states` writes it as `docs/states.md`.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from models.errors import ClosedError
from models.vocabulary import ConversationState, EnquiryStatus

WITH_BOT = ConversationState.WITH_BOT
WAITING = ConversationState.WAITING
WITH_PRACTITIONER = ConversationState.WITH_PRACTITIONER
ON_PHONE = ConversationState.ON_PHONE
CLOSED = ConversationState.CLOSED


class Actor(StrEnum):
    ENQUIRER = "enquirer"
    BOT = "bot"
    PRACTITIONER = "practitioner"
    TIME = "time"


class Act(StrEnum):
    """What is done to a conversation. Who may do it stands in DONE_BY."""

    MESSAGE_CAME = "message_came"
    PERSON_NEEDED = "person_needed"
    MESSAGE_LEFT = "message_left"
    LEFT_QUEUE = "left_queue"
    WENT_AWAY = "went_away"
    CAME_BACK = "came_back"
    BOT_ANSWERED = "bot_answered"
    BOT_ENDED = "bot_ended"
    CLAIMED = "claimed"
    SAID = "said"
    PASSED_ON = "passed_on"
    GIVEN_BACK = "given_back"
    MOVED_TO_PHONE = "moved_to_phone"
    BACK_FROM_PHONE = "back_from_phone"
    CLOSED = "closed"
    WENT_QUIET = "went_quiet"
    ENDED_QUIETLY = "ended_quietly"


DONE_BY: Mapping[Act, frozenset[Actor]] = {
    Act.MESSAGE_CAME: frozenset({Actor.ENQUIRER}),
    Act.PERSON_NEEDED: frozenset({Actor.ENQUIRER, Actor.BOT, Actor.TIME}),
    Act.MESSAGE_LEFT: frozenset({Actor.ENQUIRER}),
    Act.LEFT_QUEUE: frozenset({Actor.ENQUIRER}),
    Act.WENT_AWAY: frozenset({Actor.ENQUIRER}),
    Act.CAME_BACK: frozenset({Actor.ENQUIRER}),
    Act.BOT_ANSWERED: frozenset({Actor.BOT}),
    Act.BOT_ENDED: frozenset({Actor.BOT, Actor.ENQUIRER}),
    Act.CLAIMED: frozenset({Actor.PRACTITIONER}),
    Act.SAID: frozenset({Actor.PRACTITIONER}),
    Act.PASSED_ON: frozenset({Actor.PRACTITIONER}),
    Act.GIVEN_BACK: frozenset({Actor.PRACTITIONER, Actor.TIME}),
    Act.MOVED_TO_PHONE: frozenset({Actor.PRACTITIONER}),
    Act.BACK_FROM_PHONE: frozenset({Actor.PRACTITIONER}),
    Act.CLOSED: frozenset({Actor.PRACTITIONER}),
    Act.WENT_QUIET: frozenset({Actor.TIME}),
    Act.ENDED_QUIETLY: frozenset({Actor.TIME}),
}

TABLE: Mapping[ConversationState, Mapping[Act, ConversationState]] = {
    WITH_BOT: {
        Act.MESSAGE_CAME: WITH_BOT,
        Act.PERSON_NEEDED: WAITING,
        Act.MESSAGE_LEFT: CLOSED,
        Act.WENT_AWAY: WITH_BOT,
        Act.BOT_ANSWERED: WITH_BOT,
        Act.BOT_ENDED: CLOSED,
        Act.WENT_QUIET: WITH_BOT,
        Act.ENDED_QUIETLY: CLOSED,
    },
    WAITING: {
        Act.MESSAGE_CAME: WAITING,
        Act.PERSON_NEEDED: WAITING,
        Act.MESSAGE_LEFT: CLOSED,
        Act.LEFT_QUEUE: WITH_BOT,
        Act.WENT_AWAY: WAITING,
        Act.CLAIMED: WITH_PRACTITIONER,
        Act.WENT_QUIET: WAITING,
    },
    WITH_PRACTITIONER: {
        Act.MESSAGE_CAME: WITH_PRACTITIONER,
        Act.PERSON_NEEDED: WITH_PRACTITIONER,
        Act.WENT_AWAY: WITH_PRACTITIONER,
        Act.SAID: WITH_PRACTITIONER,
        Act.PASSED_ON: WITH_PRACTITIONER,
        Act.GIVEN_BACK: WAITING,
        Act.MOVED_TO_PHONE: ON_PHONE,
        Act.CLOSED: CLOSED,
        Act.WENT_QUIET: WITH_PRACTITIONER,
    },
    ON_PHONE: {
        Act.MESSAGE_CAME: ON_PHONE,
        Act.PERSON_NEEDED: ON_PHONE,
        Act.WENT_AWAY: ON_PHONE,
        Act.SAID: ON_PHONE,
        Act.PASSED_ON: ON_PHONE,
        Act.GIVEN_BACK: WAITING,
        Act.BACK_FROM_PHONE: WITH_PRACTITIONER,
        Act.CLOSED: CLOSED,
    },
    CLOSED: {
        Act.CAME_BACK: WITH_BOT,
    },
}
"""What is not in the table cannot happen. Where the table allows more than safety does (to leave a
message, to leave the queue, to end quietly), the use case refuses it for someone at risk."""


class ImpossibleActError(LookupError):
    """Somebody asked for an act that this state does not have: a bug, not a bad command."""


def next_state(state: ConversationState, act: Act) -> ConversationState:
    """The state after the act. Raises ClosedError when closed, else ImpossibleActError."""
    following = TABLE[state].get(act)
    if following is not None:
        return following
    if state is CLOSED:
        raise ClosedError
    raise ImpossibleActError(f"{act} in {state}")


@dataclass(frozen=True, slots=True)
class EnquiryFacts:
    """What a status is computed from. `is_current`: the conversation still serves this enquiry."""

    state: ConversationState
    is_current: bool
    has_closing_outcome: bool


def enquiry_status(facts: EnquiryFacts) -> EnquiryStatus:
    """First that holds: a person has it, is awaited, the bot has it, it ended, it is tracked."""
    if facts.is_current:
        match facts.state:
            case ConversationState.WITH_PRACTITIONER | ConversationState.ON_PHONE:
                return EnquiryStatus.WITH_PERSON
            case ConversationState.WAITING:
                return EnquiryStatus.WAITING_PERSON
            case ConversationState.WITH_BOT:
                return EnquiryStatus.OPEN
            case ConversationState.CLOSED:
                pass
            case _:
                assert_never(facts.state)
    return EnquiryStatus.CLOSED if facts.has_closing_outcome else EnquiryStatus.TRACKING


_OPENING = """\
# States of a conversation

Written by `python -m chat.states` from the table in `chat/states.py`: change the table, not this
page.

Each row is an act, who may do it, and the state that follows in each state. An empty cell cannot
happen: the program refuses it. The dialogue answers only in `with_bot`, only `waiting` can be
claimed, and nothing leaves `closed` but the person who comes back.
"""


def as_markdown() -> str:
    """The table as a page for people."""
    states = list(ConversationState)
    lines = [
        "| act | who | " + " | ".join(states) + " |",
        "|---" * (len(states) + 2) + "|",
        *(_row(act, states) for act in Act),
    ]
    return _OPENING + "\n" + "\n".join(lines) + "\n"


def _row(act: Act, states: list[ConversationState]) -> str:
    who = ", ".join(actor for actor in Actor if actor in DONE_BY[act])
    cells = [TABLE[state].get(act, "") for state in states]
    return "| " + " | ".join([act, who, *cells]) + " |"


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
