"""The bot's dialogue as the service meets it: the real Rasa behind the port, by our channel."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import aiohttp
import pytest

from bot.dialogue import CommandKind, Line
from bot.rasa_client import RasaDialogue
from models.errors import DialogueUnavailableError
from models.readings import FieldAnswer, Intent
from models.vocabulary import AuthorType, FieldId, FieldStatus, Need
from tests.contracts.conftest import Talk, command, said

pytestmark = pytest.mark.rasa

PHONE, NAME = FieldId("phone"), FieldId("call_me")


async def test_an_appointment_request_goes_from_first_question_to_the_booking_team(talk):
    first = await talk.say(Intent.APPOINTMENT)
    assert said(first) == ["appt.start", "ask.appt_action"]
    assert (first.asks, first.active_form) == ("appt_action", "appointment_form")

    answers = await talk.asked_then_answers(
        appt_action="cancel",
        author_type="service_user",
        call_me="Sam Lee",
        dob_or_age="1985-04-23",
        appt_when="next Tuesday",
        phone="07700900123",
    )

    assert said(answers[-1]) == ["! appointment_change", "appt.done"]
    assert (answers[-1].asks, answers[-1].active_form) == (None, None)
    assert answers[-1].captured == {
        "appt_action": "cancel",
        "author_type": "service_user",
        "call_me": "Sam Lee",
        "dob_or_age": "1985-04-23",
        "appt_when": "next Tuesday",
        "phone": "07700900123",
    }


async def test_no_appointment_request_takes_more_than_six_questions(talk):
    answer = await talk.say(Intent.APPOINTMENT)
    values = {"appt_action": "change", "author_type": "service_user", "dob_or_age": "1985-04-23"}
    asked = []
    while answer.asks is not None:
        asked.append(answer.asks)
        answer = await talk.answers(values.get(answer.asks, "something"))
    assert asked == ["appt_action", "author_type", "call_me", "dob_or_age", "appt_when", "phone"]


async def test_times_that_suit_are_asked_when_there_is_room_for_the_question(talk):
    talk.captured = {FieldId("author_type"): "service_user"}
    await talk.say(Intent.APPOINTMENT)
    answers = await talk.asked_then_answers(
        appt_action="change",
        call_me="Sam Lee",
        dob_or_age="1985-04-23",
        appt_when="next Tuesday",
        appt_times={"any": True},
        phone="07700900123",
    )
    assert said(answers[-1]) == ["! appointment_change", "appt.done"]
    assert answers[-1].captured["appt_times"] == {"any": True}


async def test_somebody_who_asks_when_it_is_is_not_asked_when_it_is(talk):
    await talk.say(Intent.APPOINTMENT)
    await talk.asked_then_answers(
        appt_action="check",
        author_type="carer",
        call_me="Sam Lee",
        dob_or_age="1985-04-23",
        phone="07700900123",
    )
    assert talk.asks is None
    assert not {"appt_when", "appt_times"} & set(talk.captured)


async def test_a_carer_is_asked_for_the_date_of_birth_of_the_other_person(talk):
    talk.captured = {FieldId("appt_action"): "cancel", FieldId("author_type"): "carer"}
    await talk.say(Intent.APPOINTMENT)
    (answer,) = await talk.asked_then_answers(call_me="Sam Lee")
    assert said(answer) == ["ask.dob_or_age.other"]


async def test_what_is_known_is_not_asked(talk):
    talk.captured = {FieldId("author_type"): "carer", NAME: "Sam Lee", PHONE: "07700900123"}
    await talk.say(Intent.APPOINTMENT, details={FieldId("appt_action"): "cancel"})
    await talk.asked_then_answers(dob_or_age="1985-04-23", appt_when="Tuesday")
    assert talk.asks is None
    assert talk.captured[PHONE] == "07700900123"


async def test_when_everything_is_known_the_request_is_passed_on_at_once(talk):
    talk.captured = {
        FieldId("appt_action"): "check",
        FieldId("author_type"): "carer",
        FieldId("dob_or_age"): "1985-04-23",
        NAME: "Sam Lee",
        PHONE: "07700900123",
    }
    answer = await talk.say(Intent.APPOINTMENT)
    assert said(answer) == ["appt.start", "! appointment_change", "appt.done"]


async def test_a_clinical_enquiry_of_somebody_new_opens_kindly_and_is_complete_after_four(talk):
    first = await talk.say(Intent.CLINICAL)
    assert said(first) == ["turn.noted", "ask.author_type"]
    answers = await talk.asked_then_answers(
        author_type="service_user", gp_in_area="yes", known_to_services=False, dob_or_age=34
    )
    assert said(answers[-1]) == ["! enquiry_complete"]
    assert command(answers[-1]).arguments == {"kind": "clinical_new"}
    assert answers[-1].captured["known_to_services"] is False


@pytest.mark.parametrize("known", [True, "yes"])
async def test_somebody_known_is_asked_about_their_team_and_whether_it_can_wait(talk, known):
    await talk.say(Intent.CLINICAL, author=AuthorType.CARER)
    answers = await talk.asked_then_answers(
        gp_in_area="yes", known_to_services=known, team_or_worker="City team", can_wait="sooner"
    )
    assert command(answers[-1]).arguments == {"kind": "clinical_known", "can_wait": "sooner"}
    assert talk.captured["author_type"] == "carer"


@pytest.mark.parametrize("known", ["no", "not_sure", "declined"])
async def test_anything_but_a_yes_makes_somebody_new(talk, known):
    talk.captured = {FieldId("author_type"): "service_user", FieldId("gp_in_area"): "yes"}
    talk.captured[FieldId("dob_or_age")] = 34
    await talk.say(Intent.CLINICAL)
    answer = await talk.answers(known)
    assert command(answer).arguments == {"kind": "clinical_new"}


async def test_a_carer_is_thanked_for_looking_out(talk):
    answer = await talk.say(Intent.CLINICAL, author=AuthorType.CARER)
    assert said(answer) == ["carer.start", "ask.gp_in_area.other"]


async def test_a_search_for_local_help_asks_what_and_where(talk):
    first = await talk.say(Intent.NAVIGATION)
    assert said(first) == ["ask.need_topics"]
    answers = await talk.asked_then_answers(need_topics=["debt", "housing"], place="Wigston")
    assert command(answers[-1]).kind is CommandKind.SEARCH_DIRECTORY
    assert command(answers[-1]).arguments == {
        "need_topics": ["debt", "housing"],
        "place": "Wigston",
    }


async def test_a_search_that_names_what_and_where_asks_nothing(talk):
    answer = await talk.say(Intent.NAVIGATION, needs=(Need.DEBT,), place="Wigston")
    assert command(answer).arguments == {"need_topics": ["debt"], "place": "Wigston"}


async def test_a_place_left_out_is_declined_and_no_word_none_is_searched(talk):
    await talk.say(Intent.NAVIGATION, needs=(Need.DEBT,))
    answer = await talk.say(Intent.SKIP)
    assert command(answer).arguments == {"need_topics": ["debt"]}
    assert answer.captured["place"] == "declined"


async def test_a_new_search_replaces_what_was_looked_for(talk):
    await talk.say(Intent.NAVIGATION, needs=(Need.DEBT,), place="Wigston")
    answer = await talk.say(Intent.NAVIGATION, needs=(Need.FOOD,))
    assert command(answer).arguments == {"need_topics": ["food"], "place": "Wigston"}


async def test_a_question_in_the_middle_is_answered_and_the_open_one_put_again(talk):
    await talk.say(Intent.APPOINTMENT)
    answer = await talk.say(Intent.INFORMATION, faq="cafes")
    assert said(answer) == ["! answer_faq", "ask.appt_action"]
    assert command(answer).arguments == {"faq": "cafes"}
    assert (answer.asks, answer.active_form) == ("appt_action", "appointment_form")


async def test_a_question_that_mentions_a_detail_is_still_answered(talk):
    await talk.say(Intent.NAVIGATION)
    answer = await talk.say(
        Intent.INFORMATION, faq="cafes", details={FieldId("place"): "Loughborough"}
    )
    assert said(answer) == ["! answer_faq", "ask.need_topics"]
    assert talk.captured["place"] == "Loughborough"


async def test_a_question_without_an_answer_is_a_miss_and_never_the_word_none(talk):
    first = await talk.say(Intent.INFORMATION)
    assert said(first) == ["faq.none"]
    assert not first.understood
    assert said(await talk.say(Intent.INFORMATION)) == ["fallback.2", "! handoff"]


async def test_why_we_ask_is_told_and_the_question_put_again(talk):
    await talk.say(Intent.APPOINTMENT)
    answer = await talk.say(Intent.WHY_ASK)
    assert said(answer) == ["why.appt_action", "ask.appt_action"]
    assert answer.understood


@pytest.mark.parametrize(
    ("intent", "opening"),
    [
        (Intent.GREETING, "greet.again"),
        (Intent.THANKS, "turn.thanks"),
        (Intent.BOT_IDENTITY, "bot.identity"),
        (Intent.PRIVACY, "privacy.short"),
        (Intent.DIAGNOSIS, "no.diagnosis"),
        (Intent.MEDICINE, "no.medicine"),
        (Intent.ABUSE, "abuse.1"),
        (Intent.OUT_OF_SCOPE, "scope.out"),
    ],
)
async def test_a_form_goes_on_after_an_interruption(talk, intent, opening):
    await talk.say(Intent.APPOINTMENT)
    answer = await talk.say(intent)
    assert said(answer) == [opening, "ask.appt_action"]
    assert answer.understood
    # Only the question offers quick replies.
    assert [step.choices for step in answer.steps if isinstance(step, Line)] == [False, True]


async def test_going_back_puts_the_question_before_again(talk):
    await talk.say(Intent.APPOINTMENT)
    await talk.asked_then_answers(appt_action="cancel", author_type="carer")
    back = await talk.say(Intent.GO_BACK)
    assert said(back) == ["turn.back", "ask.author_type"]
    await talk.asked_then_answers(author_type="service_user", call_me="Sam Lee")
    assert talk.asks == "dob_or_age"
    assert talk.captured["author_type"] == "service_user"


async def test_going_back_steps_over_a_question_that_was_not_put(talk):
    talk.captured = {FieldId("author_type"): "service_user", NAME: "Sam"}
    await talk.say(Intent.APPOINTMENT)
    await talk.asked_then_answers(appt_action="cancel", dob_or_age="1985-04-23", appt_when="May")
    assert talk.asks == "phone"
    assert said(await talk.say(Intent.GO_BACK)) == ["turn.back", "ask.appt_when"]


async def test_there_is_nothing_before_the_first_question(talk):
    await talk.say(Intent.APPOINTMENT)
    assert said(await talk.say(Intent.GO_BACK)) == ["turn.back.none", "ask.appt_action"]


async def test_an_optional_question_can_be_left_out(talk):
    talk.captured = {
        FieldId("appt_action"): "cancel",
        FieldId("author_type"): "carer",
        FieldId("dob_or_age"): "1985-04-23",
        NAME: "Sam Lee",
    }
    await talk.say(Intent.APPOINTMENT)
    assert said(await talk.say(Intent.SKIP)) == ["turn.skipped", "ask.phone"]
    last = await talk.answers(None, FieldStatus.DECLINED)
    assert said(last) == ["turn.skipped", "! appointment_change", "appt.done"]
    assert (last.captured["appt_when"], last.captured[PHONE]) == ("declined", "declined")


async def test_a_question_that_booking_needs_is_kept_and_a_second_refusal_brings_a_person(talk):
    await talk.say(Intent.APPOINTMENT)
    first = await talk.say(Intent.SKIP)
    assert said(first) == ["turn.cannot_skip", "ask.appt_action"]
    assert not first.understood
    second = await talk.say(Intent.SKIP)
    assert said(second) == ["fallback.2", "! handoff"]
    assert (second.asks, second.active_form) == (None, None)


async def test_no_clinical_question_has_to_be_answered(talk):
    await talk.say(Intent.CLINICAL)
    for _ in range(3):
        assert said(await talk.say(Intent.SKIP))[0] == "turn.skipped"
    assert command(await talk.say(Intent.SKIP)).arguments == {"kind": "clinical_new"}


async def test_a_correction_is_taken_and_the_open_question_put_again(talk):
    await talk.say(Intent.APPOINTMENT)
    await talk.asked_then_answers(appt_action="cancel", author_type="carer", call_me="Dan")
    answer = await talk.say(Intent.CORRECTION, details={NAME: "Sam"})
    assert said(answer) == ["turn.corrected", "ask.dob_or_age.other"]
    assert talk.captured[NAME] == "Sam"


async def test_a_correction_outside_a_form_is_kept_too(talk):
    talk.captured = {NAME: "Dan"}
    assert said(await talk.say(Intent.CORRECTION, details={NAME: "Sam"})) == ["turn.corrected"]
    assert talk.captured[NAME] == "Sam"


async def test_a_wish_to_correct_that_names_nothing_goes_back_one_question(talk):
    await talk.say(Intent.APPOINTMENT)
    await talk.asked_then_answers(appt_action="cancel")
    assert said(await talk.say(Intent.CORRECTION)) == ["turn.back", "ask.appt_action"]


async def test_a_detail_said_in_passing_never_overwrites_what_is_known(talk):
    await talk.say(Intent.APPOINTMENT)
    await talk.asked_then_answers(appt_action="cancel", author_type="carer", call_me="Sam")
    await talk.say(
        Intent.ANSWER,
        answer=FieldAnswer(FieldId("dob_or_age"), FieldStatus.OK, "1985-04-23"),
        details={NAME: "Tuesday", PHONE: "07700900123"},
    )
    assert (talk.captured[NAME], talk.captured[PHONE]) == ("Sam", "07700900123")


async def test_starting_again_forgets_the_form_and_asks_anew(talk):
    await talk.say(Intent.APPOINTMENT)
    await talk.asked_then_answers(appt_action="cancel", author_type="carer")
    again = await talk.say(Intent.START_AGAIN)
    assert said(again) == ["turn.start_again"]
    assert (again.asks, again.active_form, dict(again.captured)) == (None, None, {})
    # The service still holds the old values; they are asked for all the same.
    assert said(await talk.say(Intent.APPOINTMENT)) == ["appt.start", "ask.appt_action"]
    await talk.asked_then_answers(appt_action="check")
    assert talk.asks == "author_type"
    assert talk.captured["appt_action"] == "check"


async def test_a_change_of_topic_opens_the_other_form(talk):
    await talk.say(Intent.APPOINTMENT)
    answer = await talk.say(Intent.NAVIGATION, needs=(Need.DEBT,))
    assert said(answer) == ["ask.place"]
    assert answer.active_form == "navigation_form"


async def test_clinical_words_in_the_middle_of_a_form_open_the_clinical_one(talk):
    await talk.say(Intent.NAVIGATION)
    answer = await talk.say(Intent.CLINICAL)
    assert said(answer) == ["turn.noted", "ask.author_type"]
    assert answer.active_form == "clinical_form"
    assert said(await talk.say(Intent.CLINICAL)) == ["turn.noted", "ask.author_type"]


async def test_an_unclear_answer_is_asked_for_in_other_words_then_a_person_comes(talk):
    await talk.say(Intent.APPOINTMENT)
    first = await talk.answers(None, FieldStatus.UNCLEAR)
    assert said(first) == ["turn.unclear", "again.appt_action"]
    assert not first.understood
    second = await talk.answers(None, FieldStatus.NOT_AN_ANSWER)
    assert said(second) == ["fallback.2", "! handoff"]


async def test_an_answer_in_between_makes_the_next_miss_a_first_one(talk):
    await talk.say(Intent.APPOINTMENT)
    await talk.answers(None, FieldStatus.UNCLEAR)
    await talk.asked_then_answers(appt_action="cancel")
    assert said(await talk.answers(None, FieldStatus.UNCLEAR)) == [
        "turn.unclear",
        "again.author_type",
    ]


async def test_a_number_that_cannot_be_right_is_said_to_be_one(talk):
    talk.captured = {
        FieldId("appt_action"): "check",
        FieldId("author_type"): "service_user",
        FieldId("dob_or_age"): "1985-04-23",
        NAME: "Sam Lee",
    }
    await talk.say(Intent.APPOINTMENT)
    answer = await talk.answers(None, FieldStatus.INVALID)
    assert said(answer) == ["turn.invalid.phone", "again.phone"]


async def test_two_misses_running_bring_a_person(talk):
    first = await talk.say(Intent.NOT_UNDERSTOOD)
    assert said(first) == ["fallback.1"]
    assert not first.understood
    assert said(await talk.say(Intent.NOT_UNDERSTOOD)) == ["fallback.2", "! handoff"]


@pytest.mark.parametrize("form", [None, Intent.APPOINTMENT, Intent.CLINICAL, Intent.NAVIGATION])
async def test_a_person_is_brought_the_first_time_one_is_asked_for(talk, form):
    if form is not None:
        await talk.say(form)
    answer = await talk.say(Intent.HUMAN_REQUEST)
    assert command(answer).arguments == {"wording": "handoff.asked"}
    assert (answer.asks, answer.active_form) == (None, None)


async def test_a_wish_for_a_person_wins_over_any_other_meaning(talk):
    answer = await talk.say(Intent.NAVIGATION, asks_for_person=True)
    assert said(answer) == ["! handoff"]


@pytest.mark.parametrize(
    ("intent", "first", "second"),
    [
        (Intent.GREETING, ["kind.ask"], ["turn.unsure_where"]),
        (Intent.THANKS, ["close.plain"], ["turn.thanks"]),
        (Intent.GOODBYE, ["turn.goodbye"], ["close.done"]),
        (Intent.AFFIRM, ["close.open"], ["kind.ask"]),
        (Intent.DENY, ["turn.goodbye"], ["close.done"]),
        (Intent.BOT_IDENTITY, ["bot.identity"], ["no.identity"]),
        (Intent.PRIVACY, ["privacy.short"], ["privacy.more"]),
        (Intent.REFERRAL, ["referral.start"], ["kind.ask"]),
        (Intent.OUT_OF_SCOPE, ["scope.out"], ["turn.unsure_where"]),
        (Intent.DIAGNOSIS, ["no.diagnosis"], ["! handoff"]),
        (Intent.MEDICINE, ["no.medicine"], ["! handoff"]),
        (Intent.ABUSE, ["abuse.1"], ["! handoff"]),
        (Intent.SKIP, ["fallback.1"], ["fallback.2", "! handoff"]),
        (Intent.GO_BACK, ["fallback.1"], ["fallback.2", "! handoff"]),
    ],
)
async def test_the_same_thing_said_twice_is_never_answered_with_the_same_sentence(
    talk, intent, first, second
):
    assert said(await talk.say(intent)) == first
    assert said(await talk.say(intent)) == second


async def test_a_complaint_is_logged_at_once_and_then_told(talk):
    answer = await talk.say(Intent.COMPLAINT)
    assert said(answer) == ["complaint", "! enquiry_complete", "ask.narrative.complaint"]
    assert command(answer).arguments == {"kind": "feedback", "step": "begun"}
    answers = await talk.asked_then_answers(
        narrative="nobody rang", call_me="Pat", phone="07700900123"
    )
    assert said(answers[-1]) == ["! enquiry_complete"]
    assert command(answers[-1]).arguments == {"kind": "feedback"}


async def test_a_second_complaint_is_not_met_with_the_same_sentence(talk):
    await talk.say(Intent.COMPLAINT)
    assert said(await talk.say(Intent.COMPLAINT)) == ["turn.unclear", "again.narrative.complaint"]


async def test_a_complaint_told_already_is_not_asked_for(talk):
    talk.captured = {FieldId("narrative"): "my letter went to the wrong house"}
    answer = await talk.say(Intent.COMPLAINT)
    assert said(answer) == ["complaint", "! enquiry_complete", "ask.call_me"]


async def test_praise_is_passed_on_and_asks_nothing(talk):
    answer = await talk.say(Intent.COMPLAINT, choice="praise")
    assert said(answer) == ["compliment.noted", "! enquiry_complete"]
    assert answer.asks is None


async def test_the_contact_for_complaints_is_given_when_it_is_tapped(talk):
    await talk.say(Intent.COMPLAINT)
    given = await talk.say(Intent.COMPLAINT, choice="contact-details")
    assert said(given) == ["complaint.contact", "ask.narrative.complaint"]


async def test_a_complaint_in_the_middle_of_a_request_is_taken(talk):
    await talk.say(Intent.APPOINTMENT)
    answer = await talk.say(Intent.COMPLAINT)
    assert said(answer) == ["complaint", "! enquiry_complete", "ask.narrative.complaint"]


async def test_somebody_at_work_is_told_how_to_refer_and_may_give_it_here(talk):
    answer = await talk.say(Intent.REFERRAL, author=AuthorType.PROFESSIONAL)
    assert said(answer) == ["pro.routine", "pro.form", "ask.narrative.other"]
    answers = await talk.asked_then_answers(
        narrative="low mood",
        gp_in_area="yes",
        gp_practice="Bushloe Surgery",
        known_to_services=False,
        call_me="Alan Green",
        dob_or_age="1961-04-04",
        person_concerned="my patient",
        pro_name_role="Dr Rao, GP",
        referral_reason="assessment",
    )
    assert command(answers[-1]).arguments == {"kind": "pro_routine"}


async def test_a_referral_is_not_pressed_for_when_its_first_question_is_left(talk):
    await talk.say(Intent.REFERRAL, author=AuthorType.PARTNER)
    answer = await talk.say(Intent.SKIP)
    assert said(answer) == ["turn.skipped", "! enquiry_complete"]
    assert answer.asks is None


async def test_somebody_at_work_who_says_no_more_is_asked_what_they_want(talk):
    answer = await talk.say(
        Intent.REFERRAL, author=AuthorType.PROFESSIONAL, choice="i-work-in-health-or-care"
    )
    assert said(answer) == ["pro.start"]


async def test_the_service_opens_the_offer_of_the_childrens_hub_and_rasa_goes_on(talk):
    talk.asks, talk.active_form = FieldId("share_consent"), "hub_form"
    unclear = await talk.answers(None, FieldStatus.UNCLEAR)
    assert said(unclear) == ["turn.unclear", "again.share_consent"]
    answer = await talk.answers(True)
    assert command(answer).arguments == {
        "kind": "clinical_new",
        "step": "hub",
        "share_consent": True,
    }


@pytest.mark.parametrize(
    ("level", "asked"),
    [
        ("information", []),
        ("some_help", ["prefs"]),
        ("more_help", ["call_me", "phone"]),
    ],
)
async def test_help_asks_only_what_that_much_help_needs(talk, level, asked):
    talk.asks, talk.active_form = FieldId("help_level"), "help_form"
    answer = await talk.answers(level)
    for name in asked:
        assert answer.asks == name
        answer = await talk.answers("something")
    assert command(answer).arguments["help_level"] == level


async def test_a_request_that_was_read_back_can_be_put_right(talk):
    talk.captured = {NAME: "Dan"}
    asked = await talk.say(Intent.CORRECTION, choice="change-something")
    assert said(asked) == ["turn.correct.which"]
    assert said(await talk.say(Intent.CORRECTION, details={NAME: "Sam"})) == ["turn.corrected"]
    assert talk.captured[NAME] == "Sam"


async def test_what_was_not_found_is_looked_for_when_wanted(talk):
    await talk.say(Intent.NAVIGATION, needs=(Need.DEBT,), place="Wigston")
    answer = await talk.say(Intent.AFFIRM)
    assert command(answer).arguments == {"kind": "navigation", "step": "look"}


@pytest.mark.parametrize(
    ("intent", "reply"), [(Intent.AFFIRM, "faq.helped.yes"), (Intent.DENY, "faq.helped.no")]
)
async def test_whether_an_answer_helped_is_heard(talk, intent, reply):
    await talk.say(Intent.INFORMATION, faq="cafes")
    assert said(await talk.say(intent)) == [reply]


@pytest.mark.parametrize("intent", [Intent.INFORMATION, Intent.NOT_UNDERSTOOD])
async def test_a_button_that_leaves_it_open_is_never_a_miss(talk, intent):
    answer = await talk.say(intent, choice="something-else")
    assert said(answer) == ["close.open"]
    assert answer.understood


async def test_tapping_carry_on_carries_on(talk):
    await talk.say(Intent.APPOINTMENT)
    answer = await talk.say(Intent.AFFIRM, choice="carry-on")
    assert said(answer) == ["turn.carry_on", "ask.appt_action"]
    assert answer.understood


async def test_a_complaint_in_the_middle_of_a_clinical_enquiry_brings_a_person(talk):
    await talk.say(Intent.CLINICAL)
    answer = await talk.say(Intent.COMPLAINT)
    assert said(answer) == ["complaint", "! handoff"]


@pytest.mark.parametrize("form", [None, Intent.APPOINTMENT, Intent.CLINICAL, Intent.NAVIGATION])
@pytest.mark.parametrize("misses", [0, 1])
@pytest.mark.parametrize("intent", list(Intent))
async def test_no_message_is_left_without_a_reaction(talk, form, misses, intent):
    if form is not None:
        await talk.say(form)
    talk.misses = misses
    answer = await talk.say(intent)
    assert answer.steps
    assert (answer.asks is None) == (answer.active_form is None)


async def test_a_turn_sent_again_gets_the_first_answer_and_is_taken_once(talk):
    await talk.say(Intent.APPOINTMENT)
    turn = talk.turn(
        Intent.ANSWER, answer=FieldAnswer(FieldId("appt_action"), FieldStatus.OK, "cancel")
    )
    once, twice = await asyncio.gather(talk.dialogue.answer(turn), talk.dialogue.answer(turn))
    assert once == twice == await talk.dialogue.answer(turn)
    talk.keep(once)
    assert talk.asks == "author_type"
    assert said(await talk.answers("carer")) == ["ask.call_me.full"]


async def test_a_long_conversation_keeps_its_place(talk):
    await talk.say(Intent.APPOINTMENT)
    await talk.asked_then_answers(appt_action="cancel")
    for _ in range(30):
        answer = await talk.say(Intent.INFORMATION, faq="cafes")
        assert said(answer) == ["! answer_faq", "ask.author_type"]
    await talk.asked_then_answers(author_type="carer", call_me="Sam")
    assert talk.asks == "dob_or_age"


async def test_two_conversations_do_not_share_a_word(dialogue):
    one, other = Talk(dialogue), Talk(dialogue)
    await one.say(Intent.APPOINTMENT)
    await one.asked_then_answers(appt_action="cancel")
    await other.say(Intent.APPOINTMENT)
    assert other.asks == "appt_action"
    assert not other.captured


async def test_what_is_no_question_of_ours_is_handed_back_untouched(talk):
    talk.captured = {FieldId("narrative"): "kept", FieldId("of_another_version"): [1, 2]}
    answer = await talk.say(Intent.APPOINTMENT)
    assert dict(answer.captured) == {"narrative": "kept", "of_another_version": [1, 2]}


async def test_a_wrong_token_is_refused(rasa, talk):
    async with RasaDialogue([rasa.url], token="w" * 40) as stranger:
        with pytest.raises(DialogueUnavailableError, match="status_401"):
            await stranger.answer(talk.turn(Intent.GREETING))
        assert not await stranger.ready()


async def test_a_body_that_is_no_turn_is_refused_without_an_echo(rasa):
    headers = {"Authorization": f"Bearer {rasa.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        bodies: list[object] = [{"message": "secret words"}, [], {"conversation": "secret"}]
        for body in bodies:
            url = f"{rasa.url}/webhooks/cap/turn"
            async with session.post(url, json=body) as response:
                assert response.status == 400
                assert "secret" not in await response.text()


async def test_rasas_own_doors_are_closed(rasa):
    async with aiohttp.ClientSession() as session:
        for path in ("/webhooks/rest/webhook", "/conversations/x/messages", "/model/parse"):
            async with session.post(f"{rasa.url}{path}", json={"sender": "x"}) as response:
                assert response.status == 404


async def test_an_answer_after_the_deadline_counts_as_none(rasa, talk):
    async with RasaDialogue([rasa.url], token=rasa.token, deadline=timedelta(0.0)) as hasty:
        with pytest.raises(DialogueUnavailableError, match="late"):
            await hasty.answer(talk.turn(Intent.GREETING))


async def test_a_rasa_that_hangs_is_given_up_at_the_deadline(rasa, talk):
    with _stopped(rasa.pid):
        async with RasaDialogue(
            [rasa.url], token=rasa.token, deadline=timedelta(milliseconds=200)
        ) as impatient:
            with pytest.raises(DialogueUnavailableError, match="late"):
                await impatient.answer(talk.turn(Intent.GREETING))
    assert said(await Talk(talk.dialogue).say(Intent.GREETING)) == ["kind.ask"]


async def test_a_conversation_moves_on_when_its_process_is_gone(rasa, unused_tcp_port):
    gone = f"http://127.0.0.1:{unused_tcp_port}"
    async with RasaDialogue([gone, rasa.url], token=rasa.token) as both:
        assert await both.ready()
        for _ in range(6):
            assert said(await Talk(both).say(Intent.GREETING)) == ["kind.ask"]


async def test_with_no_process_left_it_says_so(unused_tcp_port, talk):
    async with RasaDialogue([f"http://127.0.0.1:{unused_tcp_port}"], token="t" * 40) as alone:
        assert not await alone.ready()
        with pytest.raises(DialogueUnavailableError, match="down"):
            await alone.answer(talk.turn(Intent.GREETING))


@contextmanager
def _stopped(pid: int | None) -> Iterator[None]:
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
