"""A form is at its end: a request taken, a team told, feedback passed on, or a person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from chat.enquiries import add_outcomes, change_enquiry, enquiry_of, hand_to
from chat.follow_up import leave_work
from chat.need import Need as PersonNeed
from chat.passing import bring_person
from chat.service import Service
from chat.signposting import close_unless_clinical
from chat.speaking import say
from chat.transcript import record
from models.store import Transaction
from models.vocabulary import (
    EnquiryId,
    EnquiryKind,
    EnquiryStatus,
    OwnerKind,
    Priority,
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
    return record(
        tx, held, kind="request_saved", by="bot", now=now, detail={"list": "appointments"}
    )


def complete_enquiry(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    arguments: Mapping[str, Any],
    now: datetime,
) -> RowMapping:
    """A form is at its end.

    Clinical: a person, unless their own team can wait for it. Feedback: passed on.
    """
    kind = EnquiryKind(str(arguments["kind"]))
    enquiry = EnquiryId(held["enquiry_id"])
    change_enquiry(tx, enquiry, kind=kind.value)
    match kind:
        case EnquiryKind.CLINICAL_KNOWN if _can_wait(tx, enquiry, arguments):
            return _tell_team(service, tx, held, now=now)
        case EnquiryKind.CLINICAL_NEW | EnquiryKind.CLINICAL_KNOWN:
            return _queue_clinical(service, tx, held, kind=kind, now=now)
        case EnquiryKind.FEEDBACK:
            return _pass_feedback(service, tx, held, now=now)
        case EnquiryKind.INFORMATION | EnquiryKind.NAVIGATION:
            close_unless_clinical(tx, held, codes=("INFO_GIVEN",), kind=kind, now=now)
            return held
        case _:
            return _queue_clinical(service, tx, held, kind=kind, now=now)


def _can_wait(tx: Transaction, enquiry: EnquiryId, arguments: Mapping[str, Any]) -> bool:
    """Only a plain yes: not sure counts as sooner."""
    captured = enquiry_of(tx, enquiry)["captured"]
    return bool((arguments.get("can_wait") or captured.get("can_wait")) == "can_wait")


def _tell_team(service: Service, tx: Transaction, held: RowMapping, *, now: datetime) -> RowMapping:
    """RT-05: their own team is told, tracked until it accepts; the person hears who and by when."""
    enquiry = EnquiryId(held["enquiry_id"])
    codes = ("EXISTING_TEAM",)
    team = enquiry_of(tx, enquiry)["captured"].get("team_or_worker") or "existing_team"
    due = leave_work(service, tx, held, codes=codes, due_at=None, now=now)
    add_outcomes(tx, enquiry, codes=codes, status=EnquiryStatus.TRACKING, now=now)
    hand_to(
        tx,
        enquiry,
        status=EnquiryStatus.TRACKING,
        owner=(OwnerKind.TEAM, str(team)),
        next_step="team_accepts",
        due_at=due,
        clinical=True,
        route="RT-05",
    )
    due_words = service.calendar.in_words(due) if due else ""
    return say(
        service, tx, held, wording_id="clinical.known.passed", now=now, params={"due": due_words}
    )


def _queue_clinical(
    service: Service, tx: Transaction, held: RowMapping, *, kind: EnquiryKind, now: datetime
) -> RowMapping:
    """RT-06 and RT-07: a practitioner; sooner or not sure is urgent, else routine."""
    captured = enquiry_of(tx, EnquiryId(held["enquiry_id"]))["captured"]
    sooner = captured.get("can_wait") in {"sooner", "not_sure"}
    known = kind is EnquiryKind.CLINICAL_KNOWN
    need = PersonNeed(
        Priority.URGENT if sooner or known else Priority.ROUTINE,
        wording_id="clinical.known.sooner" if known else "clinical.start",
        clinical=True,
    )
    change_enquiry(
        tx, EnquiryId(held["enquiry_id"]), route="RT-06" if known else "RT-07", clinical=True
    )
    return bring_person(service, tx, held, need=need, now=now)


def _pass_feedback(
    service: Service, tx: Transaction, held: RowMapping, *, now: datetime
) -> RowMapping:
    """RT-29: a complaint never blocks care; it is passed on with a due time."""
    enquiry = EnquiryId(held["enquiry_id"])
    codes = ("FEEDBACK_LOGGED",)
    due = leave_work(service, tx, held, codes=codes, due_at=None, now=now)
    add_outcomes(tx, enquiry, codes=codes, status=EnquiryStatus.TRACKING, now=now)
    hand_to(
        tx,
        enquiry,
        status=EnquiryStatus.TRACKING,
        owner=(OwnerKind.LIST, "feedback"),
        next_step="contact_person",
        due_at=due,
        route="RT-29",
    )
    return held
