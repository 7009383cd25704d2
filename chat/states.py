"""The one table of what may happen to a conversation and its enquiry, by whom, and what follows.

Pure. Every write of a state or a status asks it. `python -m chat.states` prints `docs/states.md`.
"""

import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache

from models.errors import ClosedError
from models.vocabulary import ConversationState, EnquiryStatus, EntryState

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
    PLACE_LOST = "place_lost"


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
    Act.PLACE_LOST: frozenset({Actor.TIME}),
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
        Act.PLACE_LOST: WAITING,
    },
    WAITING: {
        Act.MESSAGE_CAME: WAITING,
        Act.PERSON_NEEDED: WAITING,
        Act.MESSAGE_LEFT: CLOSED,
        Act.LEFT_QUEUE: WITH_BOT,
        Act.WENT_AWAY: WAITING,
        Act.CLAIMED: WITH_PRACTITIONER,
        Act.WENT_QUIET: WAITING,
        Act.PLACE_LOST: WAITING,
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
        Act.PLACE_LOST: WAITING,
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
        Act.PLACE_LOST: WAITING,
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


@cache
def states_before(state: ConversationState) -> frozenset[ConversationState]:
    """From where some act of the table leads to this state: the guard of every write of it."""
    return frozenset(before for before, acts in TABLE.items() if state in acts.values())


STATUS_IN: Mapping[ConversationState, frozenset[EnquiryStatus]] = {
    WITH_BOT: frozenset({EnquiryStatus.OPEN, EnquiryStatus.TRACKING, EnquiryStatus.CLOSED}),
    WAITING: frozenset({EnquiryStatus.WAITING_PERSON}),
    WITH_PRACTITIONER: frozenset({EnquiryStatus.WITH_PERSON}),
    ON_PHONE: frozenset({EnquiryStatus.WITH_PERSON}),
    CLOSED: frozenset({EnquiryStatus.TRACKING, EnquiryStatus.CLOSED}),
}
"""What the enquiry that a conversation serves now may be. Earlier ones are tracked or closed."""

PLACE_IN: Mapping[ConversationState, EntryState | None] = {
    WITH_BOT: None,
    WAITING: EntryState.WAITING,
    WITH_PRACTITIONER: EntryState.CLAIMED,
    ON_PHONE: EntryState.CLAIMED,
    CLOSED: None,
}
"""The open queue entry of a conversation in each state; none with the bot and after the end."""

MOVES: Mapping[EnquiryStatus, frozenset[EnquiryStatus]] = {
    EnquiryStatus.OPEN: frozenset(EnquiryStatus) - {EnquiryStatus.WITH_PERSON},
    EnquiryStatus.WAITING_PERSON: frozenset(
        {EnquiryStatus.WAITING_PERSON, EnquiryStatus.WITH_PERSON, EnquiryStatus.TRACKING}
    ),
    EnquiryStatus.WITH_PERSON: frozenset(EnquiryStatus) - {EnquiryStatus.OPEN},
    EnquiryStatus.TRACKING: frozenset(
        {EnquiryStatus.TRACKING, EnquiryStatus.WAITING_PERSON, EnquiryStatus.CLOSED}
    ),
    EnquiryStatus.CLOSED: frozenset(EnquiryStatus) - {EnquiryStatus.WITH_PERSON},
}
"""How an enquiry may move. Nobody who waits for a person is closed; what is tracked is open to
nobody but a person again."""


@cache
def statuses_before(status: EnquiryStatus) -> frozenset[EnquiryStatus]:
    """From where an enquiry may come to this status: the guard of every write of it."""
    return frozenset(before for before, after in MOVES.items() if status in after)


_OPENING = """\
# States of a conversation

Written by `python -m chat.states` from the table in `chat/states.py`: change the table, not this
page.

Each row is an act, who may do it, and the state that follows in each state. An empty cell cannot
happen: the program refuses it. The dialogue answers only in `with_bot`, only `waiting` can be
claimed, and nothing leaves `closed` but the person who comes back.
"""

_PLACES = """\
## What goes with each state

The enquiry that the conversation serves now, and its open place in the queue. The sweep looks for
any that stand otherwise, each minute, and brings them back to the queue.
"""

_MOVES = """\
## How an enquiry moves

From the row to the column. A write of any other move is refused.
"""


def as_markdown() -> str:
    """The tables as a page for people."""
    states, statuses = list(ConversationState), list(EnquiryStatus)
    acts = _table(("act", "who", *states), [_act_row(act, states) for act in Act])
    places = _table(("state", "enquiry", "entry"), [_place_row(state) for state in states])
    moves = _table(("from", *statuses), [_move_row(status, statuses) for status in statuses])
    return "\n".join((_OPENING, acts, _PLACES, places, _MOVES, moves)).rstrip("\n") + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def _act_row(act: Act, states: Sequence[ConversationState]) -> list[str]:
    who = ", ".join(actor for actor in Actor if actor in DONE_BY[act])
    return [act, who, *(TABLE[state].get(act, "") for state in states)]


def _place_row(state: ConversationState) -> list[str]:
    statuses = ", ".join(status for status in EnquiryStatus if status in STATUS_IN[state])
    return [state, statuses, PLACE_IN[state] or "none"]


def _move_row(status: EnquiryStatus, statuses: Sequence[EnquiryStatus]) -> list[str]:
    return [status, *("yes" if after in MOVES[status] else "" for after in statuses)]


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
