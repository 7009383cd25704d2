"""One answer to one question: danger first, then the field's reader. Decides no urgency."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from bot.capture import CaptureSchema
from bot.fields.ages import read_age
from bot.fields.answer import INVALID, Reading, phrase_lists
from bot.fields.contact import read_email, read_nhs_number, read_phone, read_postcode
from bot.fields.dates import read_date_of_birth
from bot.fields.names import read_free_text, read_gp_practice, read_name, read_team_or_worker
from bot.fields.options import (
    read_many_of,
    read_one_of,
    read_phone_or_bleep,
    read_place,
    read_preferred_contact,
    read_topics,
)
from bot.fields.plain import plain
from bot.fields.relations import read_person_concerned, read_relation
from bot.fields.times import read_preferred_time
from bot.fields.truth import read_truth
from models.readings import FieldAnswer
from models.vocabulary import FieldId, FieldStatus, Priority

Danger = Callable[[str], Priority | None]
READERS = [
    "name",
    "date_of_birth",
    "age",
    "phone",
    "email",
    "postcode",
    "nhs_number",
    "gp_practice",
    "known_to_services",
    "team_or_worker",
    "relation",
    "preferred_contact",
    "preferred_time",
    "consent_to_share",
    "voicemail_ok",
    "safe_to_talk",
    "safe_to_call",
    "for_self",
    "anything_else",
    "yes_no",
]
# Looked up, not decided: "I don't know" moves on instead of asking again.
_MAY_BE_UNKNOWN = frozenset(
    {"nhs_number", "gp_practice", "team_or_worker", "free_text", "person_concerned"}
)
MORE_THAN_A_VALUE = 6  # words
_PLAIN: Mapping[str, Callable[[str], Reading]] = {
    "name": read_name,
    "phone": read_phone,
    "email": read_email,
    "postcode": read_postcode,
    "nhs_number": read_nhs_number,
    "gp_practice": read_gp_practice,
    "team_or_worker": read_team_or_worker,
    "relation": read_relation,
    "preferred_contact": read_preferred_contact,
    "person_concerned": read_person_concerned,
    "phone_or_bleep": read_phone_or_bleep,
    "place": read_place,
    "topics": read_topics,
    "free_text": read_free_text,
}
_TRUTHS = frozenset(
    [
        "yes_no",
        "known_to_services",
        "consent_to_share",
        "voicemail_ok",
        "safe_to_talk",
        "safe_to_call",
        "for_self",
        "anything_else",
    ]
)


def no_danger(_text: str) -> Priority | None:
    """For answers that the screen has already read."""
    return None


def read_answer(
    reader: str, text: str, *, today: date, danger: Danger = no_danger, field: FieldId | None = None
) -> FieldAnswer:
    """Read `text` with the named reader. Danger of very_urgent or above stores nothing and says so.

    `field`: whose options are meant, for the readers one_of and many_of. Raise KeyError for an
    unknown reader.
    """
    asked = field or FieldId(reader)
    priority = danger(text)
    if priority is not None and priority.is_red:
        return FieldAnswer(asked, FieldStatus.RISK, priority=priority)
    read = _reader(reader, asked, today=today)(text)
    return FieldAnswer(asked, read.status, read.value)


def read_field(
    field_id: FieldId,
    text: str,
    *,
    schema: CaptureSchema,
    today: date,
    reader: str | None = None,
    danger: Danger = no_danger,
) -> FieldAnswer:
    """Read an answer to a field of the schema, by its own reader or the one this path asks with.

    "Not sure" is a value where the schema has it; "I don't know" declines what need not be known.
    """
    field = schema.field(field_id)
    name = reader or field.reader or "free_text"
    answer = read_answer(name, text, today=today, danger=danger, field=field_id)
    if answer.status is not FieldStatus.UNCLEAR or not _unknown(text):
        return answer
    if "not_sure" in field.options:
        return FieldAnswer(field_id, FieldStatus.OK, "not_sure")
    if field.skippable and name in _MAY_BE_UNKNOWN:
        return FieldAnswer(field_id, FieldStatus.DECLINED)
    return answer


def filter_line(
    record: Mapping[str, Any], *, today: date, danger: Danger, doubtful: Danger = no_danger
) -> dict[str, Any]:
    """`{"id","field","answer"}` → `{"id","value","status","priority"?}`; `field`: a reader.

    `doubtful`: a second opinion on danger, asked where the answer says more than was asked.
    """
    answer = read_answer(record["field"], record["answer"], today=today, danger=danger)
    if _says_more(answer.status, record["answer"]):
        answer = read_answer(record["field"], record["answer"], today=today, danger=doubtful)
    line = {"id": record["id"], "value": answer.value, "status": answer.status.value}
    return line | ({"priority": answer.priority.value} if answer.priority else {})


def _says_more(status: FieldStatus, text: str) -> bool:
    """No answer to the question, or words beside it: few words alone tell a model too little."""
    match status:
        case FieldStatus.OK | FieldStatus.PARTIAL:
            return len(text.split()) >= MORE_THAN_A_VALUE
        case FieldStatus.UNCLEAR:
            return not _unknown(text)
        case _:
            return status is FieldStatus.NOT_AN_ANSWER


def _reader(name: str, field: FieldId, *, today: date) -> Callable[[str], Reading]:
    if name in _PLAIN:
        return _PLAIN[name]
    if name in _TRUTHS:
        return partial(read_truth, name)
    dated = {
        "date_of_birth": read_date_of_birth,
        "age": read_age,
        "preferred_time": read_preferred_time,
    }
    if name in dated:
        return partial(dated[name], today=today)
    others: Mapping[str, Callable[[str], Reading]] = {
        "date_of_birth_or_age": partial(_date_or_age, today=today),
        "one_of": partial(read_one_of, field),
        "many_of": partial(read_many_of, field),
    }
    return others[name]


def _date_or_age(text: str, *, today: date) -> Reading:
    born = read_date_of_birth(text, today=today)
    if born.status is FieldStatus.OK:
        return born
    age = read_age(text, today=today)
    return INVALID if born is INVALID and age.status is not FieldStatus.OK else age


def _unknown(text: str) -> bool:
    lists = phrase_lists()
    return lists["unknown"].found(plain(text)) is not None or lists["unsure"].whole(plain(text))
