"""What Rasa is told of a message, as a table: never the words, never more than the reading says."""

from typing import Any

import pytest

from bot.dialogue import Turn
from bot.rasa_metadata import turn_as_sent
from models.readings import FieldAnswer, Intent, Understanding
from models.vocabulary import AuthorType, ConversationId, FieldId, FieldStatus, Need

PHONE, NAME, PLACE = FieldId("phone"), FieldId("call_me"), FieldId("place")


def turn(
    intent: Intent, *, captured: dict[FieldId, Any] | None = None, **reading: Any
) -> dict[str, Any]:
    return turn_as_sent(
        Turn(
            conversation=ConversationId("c"),
            episode=3,
            message_id="c:9",
            text="I cannot say this aloud",
            understanding=Understanding(
                intent=intent, confidence=0.9, confident_non_clinical=True, **reading
            ),
            asks=PHONE,
            active_form="appointment_form",
            captured=captured or {},
        )
    )


def answered(status: FieldStatus, value: Any = None) -> dict[str, Any]:
    return turn(Intent.ANSWER, answer=FieldAnswer(PHONE, status, value))


def test_the_words_stay_with_the_service():
    assert "aloud" not in str(turn(Intent.NOT_UNDERSTOOD))


def test_each_episode_is_a_conversation_of_its_own_to_rasa():
    assert turn(Intent.GREETING)["conversation"] == "c:3"


@pytest.mark.parametrize(
    ("status", "value", "intent"),
    [
        (FieldStatus.OK, "07700900123", "answer"),
        (FieldStatus.OK, False, "answer"),
        (FieldStatus.PARTIAL, "LE1", "answer"),
        (FieldStatus.OK, None, "unclear_answer"),
        (FieldStatus.DECLINED, None, "skip"),
        (FieldStatus.NOT_APPLICABLE, None, "skip"),
        (FieldStatus.INVALID, None, "unclear_answer"),
        (FieldStatus.UNCLEAR, None, "unclear_answer"),
        (FieldStatus.NOT_AN_ANSWER, None, "unclear_answer"),
        (FieldStatus.RISK, None, "human_request"),
    ],
)
def test_what_became_of_an_answer_decides_the_intent(status, value, intent):
    sent = answered(status, value)
    assert sent["intent"] == intent
    assert sent["values"] == ({PHONE: value} if intent == "answer" else {})


def test_only_an_answer_that_cannot_be_right_is_called_a_fault():
    assert answered(FieldStatus.INVALID)["fault"] == "invalid"
    assert answered(FieldStatus.UNCLEAR)["fault"] is None


@pytest.mark.parametrize("intent", list(Intent))
def test_danger_and_the_wish_for_a_person_go_before_every_meaning(intent):
    assert turn(intent, asks_for_person=True)["intent"] == "human_request"
    risk = FieldAnswer(PHONE, FieldStatus.RISK)
    assert turn(intent, answer=risk)["intent"] == "human_request"


def test_what_is_said_in_passing_fills_gaps_only():
    known = {FieldId("author_type"): "service_user"}
    sent = turn(Intent.GREETING, captured=known, author=AuthorType.CARER, details={NAME: "Sam"})
    assert sent["values"] == {NAME: "Sam"}


def test_places_and_needs_count_only_for_a_search():
    reading: dict[str, Any] = {"place": "Wigston", "needs": (Need.DEBT,)}
    assert turn(Intent.GREETING, **reading)["values"] == {}
    sent = turn(Intent.NAVIGATION, captured={PLACE: "Oadby"}, **reading)
    assert sent["values"] == {PLACE: "Wigston", "need_topics": ["debt"]}


def test_a_correction_replaces_what_was_known():
    sent = turn(Intent.CORRECTION, captured={NAME: "Dan"}, details={NAME: "Sam"})
    assert (sent["corrections"], sent["values"]) == ({NAME: "Sam"}, {})


def test_a_correction_read_as_another_fields_answer_is_one_too():
    sent = turn(Intent.CORRECTION, answer=FieldAnswer(NAME, FieldStatus.OK, "Sam"))
    assert (sent["intent"], sent["corrections"]) == ("correction", {NAME: "Sam"})


def test_putting_right_the_answer_to_the_open_question_is_answering_it():
    sent = turn(
        Intent.CORRECTION,
        captured={NAME: "Dan"},
        answer=FieldAnswer(PHONE, FieldStatus.OK, "07700900123"),
        details={NAME: "Sam"},
    )
    assert sent["intent"] == "answer"
    assert sent["values"] == {PHONE: "07700900123", NAME: "Sam"}
    assert sent["corrections"] == {}


def test_what_has_no_value_is_not_sent():
    assert turn(Intent.GREETING, captured={NAME: None}, details={PLACE: None})["captured"] == {}
