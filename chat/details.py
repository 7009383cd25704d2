"""What somebody may tell while they wait for a person: one skippable question at a time.

The place in the queue comes first and never depends on an answer.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from chat.enquiries import add_captured, enquiry_of
from chat.message_left import leave_message, leave_queue
from chat.routes import Route
from chat.service import Service
from chat.speaking import say
from chat.transcript import change
from models.readings import Intent, Understanding
from models.store import Transaction
from models.vocabulary import (
    AuthorType,
    ConversationId,
    EnquiryId,
    EnquiryKind,
    FieldId,
    FieldStatus,
    Priority,
)

FORM = "waiting"
MESSAGE = FieldId("narrative")
DECLINED = "declined"
_AT_WORK = ("pro_direct", "pro_name_role", "person_concerned")
_OF_A_PERSON = (
    "call_me",
    "phone",
    "safe_to_call",
    "safe_to_leave_message",
    "person_concerned",
    "carer_consent",
    "gp_practice",
    "comm_needs",
    "what_helped",
)
_NEEDS_A_NUMBER = frozenset({"safe_to_call", "safe_to_leave_message"})
_ABOUT_ANOTHER = frozenset({"person_concerned", "carer_consent"})
_OTHERS = frozenset({AuthorType.CARER.value, AuthorType.PUBLIC.value})
_TAKEN = frozenset({FieldStatus.OK, FieldStatus.PARTIAL})
_LEFT = frozenset({FieldStatus.DECLINED, FieldStatus.NOT_APPLICABLE})


def begin_details(
    service: Service, tx: Transaction, held: RowMapping, *, route: Route, now: datetime
) -> RowMapping:
    """The first question, with a word on why."""
    name = _next(tx, held)
    if name is None:
        return held
    pressing = Priority(held["priority"]).at_least(Priority.URGENT)
    offer = "clinical.choice" if route.to == "routine" and not pressing else "queue.details"
    row = say(service, tx, held, wording_id=offer, now=now)
    return _ask(service, tx, row, name=name, now=now)


def ask_at_once(
    service: Service, tx: Transaction, held: RowMapping, *, route: Route, now: datetime
) -> RowMapping:
    """What the rule itself asks, by its own sentence: a crew's number."""
    row, asks = held, FieldId(route.asks or "")
    for wording in route.says:
        row = say(service, tx, row, wording_id=wording, now=now, asks=asks)
    return _opened(tx, row, asks)


def wants_to_leave_a_message(understanding: Understanding, held: RowMapping) -> bool:
    """Instead of waiting; for nobody whom a person should see today."""
    pressing = Priority(held["priority"]).at_least(Priority.URGENT)
    return understanding.note == "leave_message" and not pressing


def answer_detail(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    message: RowMapping,
    understanding: Understanding,
    now: datetime,
) -> RowMapping:
    """Keep what was told and ask the next; words that answer nothing end the questions kindly."""
    if wants_to_leave_a_message(understanding, held):
        return _ask(service, tx, held, name=MESSAGE, now=now, wording="ask.narrative.message")
    asks = held["form_asks"]
    if asks == MESSAGE:
        return _message_told(service, tx, held, message=message, now=now)
    if asks is None or understanding.intent is Intent.WHY_ASK:
        return _explained(service, tx, held, asks=asks, now=now)
    return _kept(service, tx, held, asks=FieldId(asks), understanding=understanding, now=now)


def _explained(
    service: Service, tx: Transaction, held: RowMapping, *, asks: str | None, now: datetime
) -> RowMapping:
    if asks is None:
        return held
    row = say(service, tx, held, wording_id=f"why.{asks}", now=now, asks=asks)
    return _opened(tx, row, asks)


def _kept(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    asks: FieldId,
    understanding: Understanding,
    now: datetime,
) -> RowMapping:
    answer = understanding.answer
    status = answer.status if answer is not None else FieldStatus.NOT_AN_ANSWER
    enquiry = EnquiryId(held["enquiry_id"])
    if status in _TAKEN and answer is not None:
        add_captured(tx, enquiry, found={asks: answer.value})
    elif status in _LEFT:
        known = add_captured(tx, enquiry, found={asks: DECLINED})["captured"]
        if _refused_before(held, known, asks):
            return _thanked(service, tx, held, now=now)
    else:
        return say(
            service, tx, _ended(tx, held), wording_id="handoff.message.kept", now=now, asks=None
        )
    return _go_on(service, tx, held, now=now)


def _go_on(service: Service, tx: Transaction, held: RowMapping, *, now: datetime) -> RowMapping:
    name = _next(tx, held)
    if name is not None:
        return _ask(service, tx, held, name=name, now=now)
    return _thanked(service, tx, held, now=now)


def _thanked(service: Service, tx: Transaction, held: RowMapping, *, now: datetime) -> RowMapping:
    at_work = held["author"] not in {*_OTHERS, AuthorType.SERVICE_USER.value, None}
    thanks = "pro.details.thanks" if at_work else "queue.details.thanks"
    return say(service, tx, _ended(tx, held), wording_id=thanks, now=now, asks=None)


def _message_told(
    service: Service, tx: Transaction, held: RowMapping, *, message: RowMapping, now: datetime
) -> RowMapping:
    enquiry = EnquiryId(held["enquiry_id"])
    known = enquiry_of(tx, enquiry)
    before = known["captured"].get(MESSAGE)
    told = None if message["choice"] else message["text"]
    words = "\n".join(part for part in (before, told) if part)
    add_captured(tx, enquiry, found={MESSAGE: words or None})
    row = leave_queue(tx, held, now=now)
    return leave_message(
        service, tx, row, kind=known["kind"] or EnquiryKind.CLINICAL_NEW.value, now=now
    )


def _ask(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    name: FieldId,
    now: datetime,
    wording: str | None = None,
) -> RowMapping:
    row = say(service, tx, held, wording_id=wording or f"ask.{name}", now=now, asks=name)
    return _opened(tx, row, name)


def _opened(tx: Transaction, held: RowMapping, name: FieldId | str) -> RowMapping:
    return change(tx, ConversationId(held["id"]), form=FORM, form_asks=name, asks=name)


def _ended(tx: Transaction, held: RowMapping) -> RowMapping:
    return change(tx, ConversationId(held["id"]), form=None, form_asks=None, asks=None)


def _next(tx: Transaction, held: RowMapping) -> FieldId | None:
    """The first that fits who they are and is not known yet."""
    captured = enquiry_of(tx, EnquiryId(held["enquiry_id"]))["captured"]
    has_number = captured.get("phone") not in {None, DECLINED}
    open_now = [
        name
        for name in _names(held["author"])
        if captured.get(name) is None and (has_number or name not in _NEEDS_A_NUMBER)
    ]
    return FieldId(open_now[0]) if open_now else None


def _names(author: str | None) -> tuple[str, ...]:
    """What is asked of whom, in order."""
    if author == AuthorType.EMERGENCY_CREW.value:
        return _AT_WORK[:1]
    if author in {AuthorType.PROFESSIONAL.value, AuthorType.PARTNER.value}:
        return _AT_WORK
    if author in _OTHERS:
        return _OF_A_PERSON
    return tuple(name for name in _OF_A_PERSON if name not in _ABOUT_ANOTHER)


def _refused_before(held: RowMapping, captured: Mapping[str, Any], asks: FieldId) -> bool:
    """Two left out running: no more is asked."""
    names = _names(held["author"])
    place = names.index(asks) if asks in names else 0
    return place > 0 and captured.get(names[place - 1]) == DECLINED
