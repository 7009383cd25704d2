"""Every cell of the table of states, written out a second time, and the page made from it."""

import itertools

import pytest

from chat.states import (
    DONE_BY,
    TABLE,
    Act,
    Actor,
    EnquiryFacts,
    ImpossibleActError,
    as_markdown,
    enquiry_status,
    next_state,
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


@pytest.mark.parametrize(
    ("state", "is_current", "closing", "status"),
    [
        (BOT, True, False, EnquiryStatus.OPEN),
        (BOT, True, True, EnquiryStatus.OPEN),
        (WAIT, True, False, EnquiryStatus.WAITING_PERSON),
        (WAIT, True, True, EnquiryStatus.WAITING_PERSON),
        (TALK, True, False, EnquiryStatus.WITH_PERSON),
        (TALK, True, True, EnquiryStatus.WITH_PERSON),
        (PHONE, True, False, EnquiryStatus.WITH_PERSON),
        (PHONE, True, True, EnquiryStatus.WITH_PERSON),
        (SHUT, True, False, EnquiryStatus.TRACKING),
        (SHUT, True, True, EnquiryStatus.CLOSED),
        *[
            (state, False, closing, EnquiryStatus.CLOSED if closing else EnquiryStatus.TRACKING)
            for state in ConversationState
            for closing in (False, True)
        ],
    ],
)
def test_a_status_is_computed_by_precedence(state, is_current, closing, status):
    facts = EnquiryFacts(state=state, is_current=is_current, has_closing_outcome=closing)
    assert enquiry_status(facts) is status


def test_the_page_is_the_table():
    assert (ROOT / "docs" / "states.md").read_text() == as_markdown()
