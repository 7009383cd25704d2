"""A form is at its end: a request taken, a team told, feedback passed on, or a person.

Which of these is the routing rules' to say.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from chat.clinical_end import end_clinical, end_hub_offer
from chat.endings import close_unless_clinical
from chat.enquiries import add_captured, add_outcomes, change_enquiry, enquiry_of, hand_to
from chat.follow_up import leave_work
from chat.helping import MORE_HELP, SOME_HELP, ask_knowledge, ask_navigator
from chat.message_left import leave_message
from chat.reading_back import read_back
from chat.service import Service
from chat.signposting import ANSWERED, CHOSEN, SHOWN, show_chosen
from chat.speaking import say
from chat.transcript import record
from models.store import Transaction
from models.vocabulary import EnquiryId, EnquiryKind, EnquiryStatus, OwnerKind

BEGUN = "begun"
_NOT_GIVEN = (None, "declined")
_OF_A_REFERRAL = (
    "gp_practice",
    "call_me",
    "dob_or_age",
    "person_concerned",
    "pro_name_role",
    "referral_reason",
)


def pass_appointment_request(
    service: Service, tx: Transaction, held: RowMapping, *, now: datetime
) -> RowMapping:
    """A request for the booking team, due on the working-day clock.

    The bot changes and shows no appointment.
    """
    enquiry = EnquiryId(held["enquiry_id"])
    codes = ("APPT_CHANGE_PASSED",)
    due = leave_work(service, tx, held, codes=codes, due_at=None, now=now)
    add_outcomes(tx, enquiry, codes=codes, status=EnquiryStatus.TRACKING, now=now)
    hand_to(
        tx,
        enquiry,
        status=EnquiryStatus.TRACKING,
        owner=(OwnerKind.LIST, "appointments"),
        next_step="contact_person",
        due_at=due,
        kind=EnquiryKind.APPOINTMENT.value,
        route="RT-15",
    )
    add_captured(tx, enquiry, found={"enquiry_kind": EnquiryKind.APPOINTMENT.value})
    row = record(tx, held, kind="request_saved", by="bot", now=now, detail={"list": "appointments"})
    return read_back(service, tx, row, now=now)


def complete_enquiry(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    arguments: Mapping[str, Any],
    ref: str,
    now: datetime,
) -> RowMapping:
    """Clinical: as the routing rules say. Feedback: passed on. A referral: kept for review."""
    kind, step = EnquiryKind(str(arguments["kind"])), arguments.get("step")
    enquiry = EnquiryId(held["enquiry_id"])
    change_enquiry(tx, enquiry, kind=kind.value)
    add_captured(tx, enquiry, found={"enquiry_kind": kind.value})
    match kind:
        case EnquiryKind.FEEDBACK:
            return _pass_feedback(service, tx, held, begun=step == BEGUN, now=now)
        case EnquiryKind.NAVIGATION | EnquiryKind.INFORMATION:
            return _end_search(service, tx, held, step=step, ref=ref, now=now)
        case EnquiryKind.PRO_ROUTINE:
            return _keep_referral(service, tx, held, now=now)
        case _:
            return _end_clinical(service, tx, held, kind=kind, step=step, ref=ref, now=now)


def _end_clinical(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    kind: EnquiryKind,
    step: str | None,
    ref: str,
    now: datetime,
) -> RowMapping:
    match step:
        case "hub":
            return end_hub_offer(service, tx, held, now=now)
        case "message":
            return leave_message(service, tx, held, kind=kind.value, now=now)
        case _:
            return end_clinical(service, tx, held, kind=kind, ref=ref, now=now)


def _pass_feedback(
    service: Service, tx: Transaction, held: RowMapping, *, begun: bool, now: datetime
) -> RowMapping:
    """RT-29: logged the moment it is said, so that it is kept whatever is told after; a complaint
    never blocks care.
    """
    enquiry = EnquiryId(held["enquiry_id"])
    codes = ("FEEDBACK_LOGGED",)
    known = enquiry_of(tx, enquiry)
    if codes[0] not in known["outcomes"]:
        due = leave_work(service, tx, held, codes=codes, due_at=None, now=now)
        add_outcomes(tx, enquiry, codes=codes, status=EnquiryStatus.TRACKING, now=now)
        known = hand_to(
            tx,
            enquiry,
            status=EnquiryStatus.TRACKING,
            owner=(OwnerKind.LIST, "feedback"),
            next_step="contact_person",
            due_at=due,
            route="RT-29",
        )
    if begun or known["due_at"] is None:
        return held
    due_words = {"due": service.calendar.in_words(known["due_at"])}
    return say(service, tx, held, wording_id="complaint.noted", now=now, params=due_words)


def _end_search(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    step: str | None,
    ref: str,
    now: datetime,
) -> RowMapping:
    match step:
        case "help":
            return _give_help(service, tx, held, ref=ref, now=now)
        case "look":
            return ask_knowledge(service, tx, held, now=now)
        case _:
            close_unless_clinical(tx, held, ending=ANSWERED, now=now)
            return held


def _give_help(
    service: Service, tx: Transaction, held: RowMapping, *, ref: str, now: datetime
) -> RowMapping:
    """RT-17 to RT-19, by how much help was asked for."""
    enquiry = EnquiryId(held["enquiry_id"])
    level = enquiry_of(tx, enquiry)["captured"].get("help_level")
    if level == MORE_HELP:
        return ask_navigator(service, tx, held, now=now)
    if level == SOME_HELP:
        row = show_chosen(service, tx, held, ref=ref, now=now)
        close_unless_clinical(tx, row, ending=CHOSEN, now=now)
        return row
    close_unless_clinical(tx, held, ending=SHOWN, now=now)
    return say(service, tx, held, wording_id="close.plain", now=now, ref=f"{ref}:more")


def _keep_referral(
    service: Service, tx: Transaction, held: RowMapping, *, now: datetime
) -> RowMapping:
    """RT-11: what was given here is kept for the clinician who reviews; if anything was."""
    enquiry = EnquiryId(held["enquiry_id"])
    known = enquiry_of(tx, enquiry)
    if all(known["captured"].get(name) in _NOT_GIVEN for name in _OF_A_REFERRAL):
        codes = () if known["outcomes"] else ("INFO_GIVEN",)
        add_outcomes(tx, enquiry, codes=codes, status=EnquiryStatus.CLOSED, now=now, route="RT-11")
        return say(service, tx, held, wording_id="pro.routine.done", now=now)
    change_enquiry(tx, enquiry, route="RT-11")
    row = leave_message(
        service,
        tx,
        held,
        kind=EnquiryKind.PRO_ROUTINE.value,
        now=now,
        wording_id="request.saved",
    )
    return read_back(service, tx, row, now=now)
