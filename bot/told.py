"""What people tell of themselves by the way, and need not be asked again: by reviewed patterns over
plain text. Weighs nothing.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.fields.contact import read_phone
from bot.fields.dates import read_date_of_birth
from bot.fields.names import read_name
from bot.fields.plain import plain
from bot.phrases import Phrases
from bot.practices import gp_in_area
from models.readings import Intent
from models.vocabulary import FieldId, FieldStatus, Kind

_OF_A_PERSON = frozenset(
    {
        Intent.CLINICAL,
        Intent.APPOINTMENT,
        Intent.REFERRAL,
        Intent.COMPLAINT,
        Intent.CORRECTION,
    }
)
_NAME_IS = re.compile(
    r"\bname(?: is|'s|’s|s)? (?:actually |really )?([\w'’ -]{2,60})$", re.IGNORECASE
)
_BORN = re.compile(r"\b(?:born|dob|d\.o\.b\.?|date of birth)\b[^\d]{0,14}(.{4,24})", re.IGNORECASE)
_NUMBER = re.compile(r"(?:\+44|\b0)[\d ()-]{8,16}\d")
_NAME = re.compile(
    r"\b(?:[Mm]y name(?: is|'s|’s)|[Tt]his is|[Ii](?:'m|’m|m| am)) "
    r"((?!A\b|The\b|Dr\b)[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){1,2})"
)
_AGE = re.compile(
    r"\b(?:(?:im|i am|shes|hes|she is|he is|who is|who s|aged?|is) (?:only |just )?(\d{1,3})"
    r"(?! (?:weeks?|months?|days?|stone|minutes|mins|hours|miles|th|st|percent|of))"
    r"|(\d{1,3}) (?:years? old|yrs? old|yo\b|year old))"
)
_GP = re.compile(
    r"\b(?:gps?|doctors?|surgery|gp surgery) (?:is |are )?(?:at |in |with )?(?:the )?"
    r"([a-z0-9 ]{3,40}?)(?: surgery| practice| medical centre)?"
    r"(?= and | but | i | so | who |$)"
)
OLDEST = 120


def told(
    text: str, *, intent: Intent, phrases: Phrases, kinds: Mapping[Kind, float], today: date
) -> dict[FieldId, Any]:
    """Values by field that a message gives unasked; only where it is about a person's care."""
    words = plain(text)
    found: dict[FieldId, Any] = {}
    special = [name for name in ("eating_disorder", "care_home") if phrases.heard(name, words)]
    if special:
        found[FieldId("special_route")] = special
    if intent not in _OF_A_PERSON:
        return found
    found |= _known(words, phrases=phrases, sure=kinds.get(Kind.EXISTING_PATIENT, 0.0), at=intent)
    found |= _figures(text, words, today=today, is_clinical=intent is Intent.CLINICAL)
    name = _name(text, corrected=intent is Intent.CORRECTION)
    if name and intent in {Intent.APPOINTMENT, Intent.CORRECTION}:
        found[FieldId("call_me")] = name
    return found


def _name(text: str, *, corrected: bool) -> str | None:
    named = _NAME.search(text)
    if named:
        return named.group(1)
    put_right = _NAME_IS.search(text) if corrected else None
    if put_right is None:
        return None
    read = read_name(put_right.group(1))
    return str(read.value) if read.status is FieldStatus.OK else None


def _known(words: str, *, phrases: Phrases, sure: float, at: Intent) -> dict[FieldId, Any]:
    if at is not Intent.CLINICAL:
        return {}
    if phrases.heard("no_team", words):
        return {FieldId("known_to_services"): False}
    if phrases.heard("has_team", words) or sure >= SURE_OF_TEAM:
        return {FieldId("known_to_services"): True}
    return {}


SURE_OF_TEAM = 0.9


def _figures(text: str, words: str, *, today: date, is_clinical: bool) -> dict[FieldId, Any]:
    found: dict[FieldId, Any] = {}
    born = _BORN.search(text)
    if born:
        read = read_date_of_birth(born.group(1), today=today)
        if read.status is FieldStatus.OK:
            found[FieldId("dob_or_age")] = read.value
    number = _NUMBER.search(text)
    if number and read_phone(number.group()).status is FieldStatus.OK:
        found[FieldId("phone")] = read_phone(number.group()).value
    if not is_clinical:
        return found
    aged = _AGE.search(words)
    years = int(aged.group(1) or aged.group(2)) if aged else OLDEST
    if years < OLDEST:
        found.setdefault(FieldId("dob_or_age"), years)
    surgery = _GP.search(words)
    in_area = gp_in_area(surgery.group(1)) if surgery else None
    if in_area:
        found[FieldId("gp_in_area")] = in_area
    return found
