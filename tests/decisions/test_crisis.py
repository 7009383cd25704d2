"""The crisis script: what is said at each step, that it ends, and that it claims nothing untrue."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.crisis import (
    EMERGENCY_CARD,
    LOCATION,
    PHONE,
    SAFE_NOW,
    CrisisStep,
    answer,
    begin,
    status,
)
from handoff.crisis_replies import CrisisReplies, Reply
from models.vocabulary import Concern, Priority
from tests.decisions.rules import ROOT

REPLIES = CrisisReplies.load()
WORDING = {
    row["id"]: row
    for row in json.loads((ROOT / "bot" / "content" / "bot_wording.json").read_text())["messages"]
}
DANGER, IN_DANGER, WHERE, NUMBER, WAITING = CrisisStep
ON_REQUEST = {
    Reply.CALL_BACK,
    Reply.ADD_NUMBER,
    Reply.TELL_WHERE,
    Reply.NOT_WITH_ME,
    Reply.CHILDLINE,
    Reply.ABUSE_LINE,
}
STEPS = st.sampled_from(list(CrisisStep))
WALKS = st.lists(st.sampled_from(list(Reply)), max_size=25)


@pytest.mark.parametrize(
    ("concern", "wording"),
    [
        (Concern.SELF, "crisis.self"),
        (Concern.OTHER, "crisis.other"),
        (Concern.CHILD, "crisis.child"),
        (Concern.ABUSE, "crisis.abuse"),
    ],
)
def test_the_first_words_are_chosen_by_whose_danger_it_is(concern, wording):
    script = begin(concern, staff_on_shift=True)
    assert script.wording_ids == (wording,)
    assert (script.step, script.asks) == (DANGER, SAFE_NOW)


@pytest.mark.parametrize("concern", list(Concern))
@pytest.mark.parametrize("staffed", [True, False])
def test_the_emergency_card_comes_with_every_beginning(concern, staffed):
    assert begin(concern, staff_on_shift=staffed).cards == (EMERGENCY_CARD,)


@pytest.mark.parametrize("concern", list(Concern))
def test_with_nobody_signed_in_it_says_so_and_asks_nothing(concern):
    script = begin(concern, staff_on_shift=False)
    assert script.wording_ids == ("crisis.nostaff",)
    assert (script.step, script.asks) == (WAITING, None)


def test_the_card_has_the_four_numbers():
    dials = {number["id"]: number["dial"] for number in EMERGENCY_CARD["numbers"]}
    assert dials == {
        "999": "999",
        "111_2": "111",
        "cap": "{cap_phone}",
        "samaritans": "116 123",
    }
    assert EMERGENCY_CARD["kind"] == "emergency"


@pytest.mark.parametrize(
    ("step", "reply", "said", "then", "asks"),
    [
        (DANGER, Reply.YES, "crisis.yes", IN_DANGER, None),
        (DANGER, Reply.UNSURE, "crisis.yes", IN_DANGER, None),
        (DANGER, Reply.DANGER, "crisis.yes", IN_DANGER, None),
        (DANGER, Reply.NO, "crisis.no", NUMBER, PHONE),
        (DANGER, Reply.DECLINED, "crisis.no", NUMBER, PHONE),
        (DANGER, Reply.NOT_WITH_ME, "crisis.notwith", WHERE, LOCATION),
        (DANGER, Reply.WORDS, "crisis.wait", DANGER, SAFE_NOW),
        (DANGER, Reply.PLACE, "crisis.wait", DANGER, SAFE_NOW),
        (DANGER, Reply.NUMBER, "crisis.card.number", WAITING, None),
        (DANGER, Reply.CHILDLINE, "crisis.childline", DANGER, SAFE_NOW),
        (DANGER, Reply.ABUSE_LINE, "crisis.abuse.line", DANGER, SAFE_NOW),
        (DANGER, Reply.DENIAL, "crisis.deny", WAITING, None),
        (DANGER, Reply.CANNOT_CALL, "crisis.cannotcall", IN_DANGER, None),
        (DANGER, Reply.NOTHING, None, DANGER, SAFE_NOW),
        (IN_DANGER, Reply.CANNOT_CALL, "crisis.cannotcall", IN_DANGER, None),
        (IN_DANGER, Reply.SOMEONE_WITH_ME, "crisis.with", IN_DANGER, None),
        (IN_DANGER, Reply.TELL_WHERE, "crisis.where", WHERE, LOCATION),
        (IN_DANGER, Reply.NO, "crisis.wait", IN_DANGER, None),
        (IN_DANGER, Reply.YES, "crisis.wait", IN_DANGER, None),
        (IN_DANGER, Reply.WORDS, "crisis.wait", IN_DANGER, None),
        (IN_DANGER, Reply.NUMBER, "crisis.card.number", WAITING, None),
        (IN_DANGER, Reply.NOTHING, None, IN_DANGER, None),
        (WHERE, Reply.PLACE, "crisis.where.thanks", WAITING, None),
        (WHERE, Reply.WORDS, "crisis.wait", WHERE, LOCATION),
        (WHERE, Reply.DECLINED, "crisis.ownwords", WAITING, None),
        (WHERE, Reply.NUMBER, "crisis.card.number", WAITING, None),
        (WHERE, Reply.TELL_WHERE, None, WHERE, LOCATION),
        (NUMBER, Reply.NUMBER, "crisis.card.number", WAITING, None),
        (NUMBER, Reply.ADD_NUMBER, "ask.phone", NUMBER, PHONE),
        (NUMBER, Reply.YES, "ask.phone", NUMBER, PHONE),
        (NUMBER, Reply.DECLINED, "crisis.ownwords", WAITING, None),
        (NUMBER, Reply.NO, "crisis.ownwords", WAITING, None),
        (NUMBER, Reply.WORDS, "crisis.wait", WAITING, None),
        (WAITING, Reply.WORDS, "crisis.wait", WAITING, None),
        (WAITING, Reply.PLACE, "crisis.wait", WAITING, None),
        (WAITING, Reply.NO, None, WAITING, None),
        (WAITING, Reply.NOTHING, None, WAITING, None),
        (WAITING, Reply.NUMBER, "crisis.card.number", WAITING, None),
        (WAITING, Reply.WORSE, "queue.worse", IN_DANGER, None),
        (WAITING, Reply.CALL_BACK, "callback.offer", NUMBER, PHONE),
    ],
)
def test_what_follows_a_reply(step, reply, said, then, asks):
    script = answer(step, reply)
    assert script.wording_ids[:1] == ((said,) if said else ())
    assert (script.step, script.asks) == (then, asks)


@pytest.mark.parametrize("step", list(CrisisStep))
@pytest.mark.parametrize("reply", list(Reply))
def test_every_step_answers_every_reply_with_wording_that_exists(step, reply):
    script = answer(step, reply)
    assert set(script.wording_ids) <= set(WORDING)


@pytest.mark.parametrize("step", list(CrisisStep))
@pytest.mark.parametrize("reply", [Reply.DANGER, Reply.WORSE])
def test_danger_at_any_step_shows_the_card_and_raises(step, reply):
    script = answer(step, reply)
    assert script.cards == (EMERGENCY_CARD,)
    assert script.raises is Priority.EMERGENCY


@pytest.mark.parametrize("reply", [Reply.YES, Reply.UNSURE])
def test_who_cannot_say_they_are_safe_is_an_emergency(reply):
    assert answer(DANGER, reply).raises is Priority.EMERGENCY


@given(step=STEPS, reply=st.sampled_from(list(Reply)))
def test_no_answer_ever_lowers(step, reply):
    assert answer(step, reply).raises in {None, Priority.EMERGENCY}


@pytest.mark.parametrize("step", list(CrisisStep))
def test_a_denial_is_heard_and_leaves_the_place_in_the_queue(step):
    script = answer(step, Reply.DENIAL)
    assert script.wording_ids == ("crisis.deny",)
    assert script.raises is None


@pytest.mark.parametrize("step", list(CrisisStep))
def test_a_call_back_is_offered_whenever_it_is_asked_for(step):
    assert answer(step, Reply.CALL_BACK).calls_back


@given(concern=st.sampled_from(list(Concern)), walk=WALKS)
def test_at_most_three_questions_are_asked_unless_the_person_asks_to_add_more(concern, walk):
    script = begin(concern, staff_on_shift=True)
    asked = [script.asks]
    for reply in walk:
        before = script.asks
        script = answer(script.step, reply)
        if script.asks not in {None, before} and reply not in ON_REQUEST:
            asked.append(script.asks)
    assert len(asked) <= 3
    assert len(set(asked)) == len(asked)


@given(step=STEPS, walk=st.lists(st.sampled_from([Reply.DECLINED, Reply.NO]), min_size=3))
def test_every_question_can_be_skipped(step, walk):
    for reply in walk:
        step = answer(step, reply).step
    assert step in {WAITING, IN_DANGER}


@given(walk=WALKS)
def test_the_place_is_thanked_for_only_when_it_was_asked_for_and_given(walk):
    script = begin(Concern.SELF, staff_on_shift=True)
    for reply in walk:
        at = script.step
        script = answer(at, reply)
        if "crisis.where.thanks" in script.wording_ids:
            assert (at, reply) == (WHERE, Reply.PLACE)


def test_the_questions_end_with_the_place_in_the_queue():
    assert status().wording_ids == ("crisis.ownwords", "queue.join.unknown")


def _slug(label):
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")


CHOICES = sorted(
    {
        _slug(label)
        for wording_id in (
            *("crisis.self", "crisis.other", "crisis.child", "crisis.abuse", "crisis.nostaff"),
            *("crisis.yes", "crisis.no", "crisis.cannotcall", "crisis.where", "crisis.deny"),
            *("crisis.with", "crisis.notwith", "queue.worse", "queue.slow", "queue.quietly"),
            *("queue.join.unknown", "ask.phone", "callback.offer", "handoff.away"),
        )
        for label in WORDING[wording_id]["quick_replies"]
    }
)


@pytest.mark.parametrize("choice", CHOICES)
def test_every_quick_reply_of_the_script_has_a_meaning(choice):
    assert REPLIES.meaning("", choice=choice) is not Reply.WORDS


@pytest.mark.parametrize(
    "wording_id", ["crisis.self", "crisis.yes", "crisis.cannotcall", "crisis.no"]
)
def test_a_quick_reply_typed_by_hand_means_the_same(wording_id):
    for label in WORDING[wording_id]["quick_replies"]:
        tapped = REPLIES.meaning(label, choice=_slug(label))
        assert REPLIES.meaning(label) is tapped


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("YES", Reply.YES),
        ("yeah.", Reply.YES),
        ("I\N{RIGHT SINGLE QUOTATION MARK}m not safe", Reply.YES),
        ("No", Reply.NO),
        ("nope!", Reply.NO),
        ("im ok", Reply.NO),
        ("idk", Reply.UNSURE),
        ("I don't know", Reply.UNSURE),
        ("id rather not say", Reply.DECLINED),
        ("I can't call anyone, he will hear", Reply.CANNOT_CALL),
        ("my sister is here with me", Reply.SOMEONE_WITH_ME),
        ("I was only joking lol", Reply.DENIAL),
        ("sorry I didn't mean it", Reply.DENIAL),
        ("can someone ring me please", Reply.CALL_BACK),
        ("i feel worse now", Reply.WORSE),
        ("07700 900123", Reply.NUMBER),
        ("its +44 7700 900123 thanks", Reply.NUMBER),
        ("12 Mill Lane", Reply.PLACE),
        ("LE1 5RA", Reply.PLACE),
        ("behind the station", Reply.PLACE),
        ("I just want it to stop", Reply.WORDS),
        ("please hurry i am so scared", Reply.WORDS),
        ("took 30 of them", Reply.WORDS),
        ("I'm close to losing it", Reply.WORDS),
        ("no idea how i got here or what to do with any of it", Reply.WORDS),
        ("yes but only because nobody has ever listened", Reply.WORDS),
        ("", Reply.WORDS),
    ],
)
def test_free_text_is_understood_exactly_or_not_at_all(text, reply):
    assert REPLIES.meaning(text) is reply


def test_danger_in_the_words_comes_before_what_they_say():
    assert REPLIES.meaning("no", found=Priority.EMERGENCY) is Reply.DANGER
    assert REPLIES.meaning("No", choice="no", found=Priority.EMERGENCY) is Reply.DANGER
    assert REPLIES.meaning("no", found=Priority.VERY_URGENT) is Reply.NO


def test_a_joke_inside_a_long_story_is_no_denial():
    story = "everyone at work says I was joking all week but I was not and nobody saw it at all"
    assert REPLIES.meaning(story) is Reply.WORDS


def test_a_place_known_to_others_is_a_place():
    assert REPLIES.meaning("Hinckley", place_found=True) is Reply.PLACE
