"""Every cell of the table of states, written out a second time, and the page made from it."""

import itertools

import pytest

from chat.states import (
    DONE_BY,
    MOVES,
    PLACE_IN,
    STATUS_IN,
    TABLE,
    Act,
    Actor,
    ImpossibleActError,
    as_markdown,
    next_state,
    states_before,
    statuses_before,
)
from models.errors import ClosedError
from models.vocabulary import ConversationState, EnquiryStatus
from tests.decisions.rules import ROOT

BOT, WAIT, TALK, PHONE, SHUT = ConversationState
NO = None

#                        with bot  waiting  practitioner  phone  closed
EXPECTED = {
    Act.MESSAGE_CAME: (BOT, WAIT, TALK, PHONE, NO),
    Act.PERSON_NEEDED: (WAIT, WAIT, TALK, PHONE, NO),
    Act.MESSAGE_LEFT: (SHUT, SHUT, NO, NO, NO),
    Act.LEFT_QUEUE: (NO, BOT, NO, NO, NO),
    Act.WENT_AWAY: (BOT, WAIT, TALK, PHONE, NO),
    Act.CAME_BACK: (NO, NO, NO, NO, BOT),
    Act.BOT_ANSWERED: (BOT, NO, NO, NO, NO),
    Act.BOT_ENDED: (SHUT, NO, NO, NO, NO),
    Act.CLAIMED: (NO, TALK, NO, NO, NO),
    Act.SAID: (NO, NO, TALK, PHONE, NO),
    Act.PASSED_ON: (NO, NO, TALK, PHONE, NO),
    Act.GIVEN_BACK: (NO, NO, WAIT, WAIT, NO),
    Act.MOVED_TO_PHONE: (NO, NO, PHONE, NO, NO),
    Act.BACK_FROM_PHONE: (NO, NO, NO, TALK, NO),
    Act.CLOSED: (NO, NO, SHUT, SHUT, NO),
    Act.WENT_QUIET: (BOT, WAIT, TALK, NO, NO),
    Act.ENDED_QUIETLY: (SHUT, NO, NO, NO, NO),
    Act.PLACE_LOST: (WAIT, WAIT, WAIT, WAIT, NO),
}
CELLS = [
    (state, act, EXPECTED[act][column])
    for act, (column, state) in itertools.product(EXPECTED, enumerate(ConversationState))
]


def test_every_act_is_in_the_table():
    assert set(EXPECTED) == set(Act) == set(DONE_BY)
    assert set(TABLE) == set(ConversationState)


@pytest.mark.parametrize(("state", "act", "after"), CELLS)
def test_cell(state, act, after):
    if after is not None:
        assert next_state(state, act) is after
        return
    refusal = ClosedError if state is SHUT else ImpossibleActError
    with pytest.raises(refusal):
        next_state(state, act)


def test_the_bot_answers_nobody_who_waits_for_or_talks_with_a_person():
    for state in (WAIT, TALK, PHONE):
        with pytest.raises(ImpossibleActError):
            next_state(state, Act.BOT_ANSWERED)


def test_the_bot_and_the_clock_close_nothing_that_is_out_of_the_bots_hands():
    machines = {Actor.BOT, Actor.TIME}
    closing = {
        (state, act)
        for state, acts in TABLE.items()
        for act, after in acts.items()
        if after is SHUT
    }
    assert {state for state, act in closing if DONE_BY[act] & machines} == {BOT}


def test_from_every_state_a_person_can_be_reached():
    reached = {TALK}
    while True:
        more = {state for state, acts in TABLE.items() if set(acts.values()) & reached} - reached
        if not more:
            break
        reached |= more
    assert reached == set(ConversationState)


def test_an_act_has_someone_who_does_it():
    assert all(DONE_BY.values())


def test_a_state_is_written_only_where_an_act_leads_to_it():
    for state in ConversationState:
        leads = {before for before, acts in TABLE.items() if state in acts.values()}
        assert states_before(state) == leads
    assert states_before(TALK) == {WAIT, TALK, PHONE}
    assert states_before(SHUT) == {BOT, WAIT, TALK, PHONE}


#                            open  waiting  with  tracking  closed
MOVED = {
    EnquiryStatus.OPEN: (True, True, False, True, True),
    EnquiryStatus.WAITING_PERSON: (False, True, True, True, False),
    EnquiryStatus.WITH_PERSON: (False, True, True, True, True),
    EnquiryStatus.TRACKING: (False, True, False, True, True),
    EnquiryStatus.CLOSED: (True, True, False, True, True),
}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(EnquiryStatus, repeat=2)))
def test_move(before, after):
    may = MOVED[before][list(EnquiryStatus).index(after)]
    assert (after in MOVES[before]) is may
    assert (before in statuses_before(after)) is may


def test_nobody_who_waits_for_a_person_is_closed():
    assert EnquiryStatus.WAITING_PERSON not in statuses_before(EnquiryStatus.CLOSED)


def test_every_state_says_what_goes_with_it():
    assert set(STATUS_IN) == set(PLACE_IN) == set(ConversationState)
    with_place = {state for state, place in PLACE_IN.items() if place is not None}
    with_people = {EnquiryStatus.WAITING_PERSON, EnquiryStatus.WITH_PERSON}
    for state, statuses in STATUS_IN.items():
        assert bool(statuses & with_people) is (state in with_place)


def test_the_page_is_the_table():
    assert (ROOT / "docs" / "states.md").read_text() == as_markdown()
