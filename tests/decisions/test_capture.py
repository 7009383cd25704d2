"""What is asked, in which order, of whom: the capture schema against its own rules."""

import pytest

from bot.capture import MOST_QUESTIONS, CaptureSchema, Requirement
from bot.choices import Choices, answer_of
from bot.wording import Wording
from models.readings import Intent
from models.vocabulary import AuthorType, EnquiryKind, FieldId, FieldStatus

SCHEMA = CaptureSchema.load()
WORDING = Wording.load()
CHOICES = Choices.load()
ASKED = sorted(
    {
        (field.id, field.reader, field.question, field.again, field.why)
        for kind in EnquiryKind
        for author in (None, *AuthorType)
        for field in SCHEMA.fields_for(kind, author)
    }
)


def test_every_question_its_second_form_and_its_reason_are_reviewed_wording():
    wanted = {wording for *_, question, again, why in ASKED for wording in (question, again, why)}
    assert wanted <= WORDING.ids()


@pytest.mark.parametrize("kind", list(EnquiryKind))
def test_questions_come_in_the_schemas_order(kind):
    orders = [SCHEMA.field(field.id).order for field in SCHEMA.fields_for(kind)]
    assert orders == sorted(orders)


@pytest.mark.parametrize("kind", [k for k in EnquiryKind if k is not EnquiryKind.PRO_ROUTINE])
def test_no_path_asks_more_than_six_questions(kind):
    assert 1 <= len(SCHEMA.path_for(kind)) <= MOST_QUESTIONS


def test_a_crisis_asks_three_things_and_no_more():
    assert [field.id for field in SCHEMA.path_for(EnquiryKind.CRISIS)] == [
        "safe_now",
        "location_now",
        "phone",
    ]


@pytest.mark.parametrize("kind", list(EnquiryKind))
def test_a_path_asks_for_all_that_it_cannot_do_without(kind):
    needed = {
        field.id
        for field in SCHEMA.fields_for(kind, AuthorType.SERVICE_USER)
        if field.requirement is Requirement.REQUIRED
    }
    path = {field.id for field in SCHEMA.path_for(kind, AuthorType.SERVICE_USER)}
    assert needed - {FieldId("author_type")} <= path


def test_a_carer_is_asked_who_it_is_about_and_a_service_user_is_not():
    carer = {f.id for f in SCHEMA.fields_for(EnquiryKind.CLINICAL_NEW, AuthorType.CARER)}
    own = {f.id for f in SCHEMA.fields_for(EnquiryKind.CLINICAL_NEW, AuthorType.SERVICE_USER)}
    assert "person_concerned" in carer
    assert "person_concerned" not in own


def test_the_booking_team_gets_a_date_of_birth_and_a_clinical_path_only_an_age():
    booking = _asked(EnquiryKind.APPOINTMENT, "dob_or_age", AuthorType.SERVICE_USER)
    clinical = _asked(EnquiryKind.CLINICAL_NEW, "dob_or_age", AuthorType.SERVICE_USER)
    assert (booking.reader, booking.question) == ("date_of_birth", "ask.dob_or_age.date")
    assert clinical.question == "ask.dob_or_age"


def test_a_carer_is_asked_for_their_date_of_birth_not_their_own():
    asked = _asked(EnquiryKind.APPOINTMENT, "dob_or_age", AuthorType.CARER)
    assert asked.question == "ask.dob_or_age.other"


def test_nothing_about_equality_is_asked_before_help():
    for kind in EnquiryKind:
        for field in SCHEMA.fields_for(kind):
            if field.id == "equality":
                assert field.requirement is Requirement.AFTER
        assert "equality" not in {field.id for field in SCHEMA.path_for(kind)}


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked[2])
def test_every_quick_reply_of_a_question_answers_it_exactly(asked):
    field_id, reader, question, again, _ = asked
    options = SCHEMA.field(field_id).options
    for choice in (*WORDING.message(question).choices, *WORDING.message(again).choices):
        meaning = CHOICES.get(choice.id)
        assert meaning is not None
        answer = answer_of(meaning, field_id, reader=reader, options=options)
        if answer is None:
            assert meaning.asks_for_person or meaning.action or meaning.intent is not Intent.ANSWER
        else:
            assert answer.status in {FieldStatus.OK, FieldStatus.DECLINED, FieldStatus.UNCLEAR}


def _asked(kind, field_id, author):
    return next(field for field in SCHEMA.fields_for(kind, author) if field.id == field_id)
