"""The end of a conversation that never left the bot. Nothing clinical is closed by it."""

from datetime import datetime

from sqlalchemy import RowMapping

from chat.enquiries import add_outcomes, enquiry_of, hand_to
from chat.follow_up import leave_work
from chat.need import QUIET
from chat.routing import SAFETY_QUESTION
from chat.service import Service
from chat.speaking import say
from chat.states import Act, next_state
from chat.transcript import NOTHING_ASKED, record, tell_state
from handoff.timers import cancel_timers
from models.store import Transaction
from models.vocabulary import (
    ConversationId,
    ConversationState,
    EnquiryId,
    EnquiryStatus,
    OwnerKind,
    Priority,
    Speaker,
)

CLINICAL_FORMS = frozenset({"clinical_form", "clinical_known_form", "hub_form", "message_form"})


def close_with_bot(
    service: Service, tx: Transaction, held: RowMapping, *, is_quiet: bool, now: datetime
) -> RowMapping:
    """The end of a conversation that never left the bot.

    Nothing clinical is closed: it goes to the queue's list.
    """
    enquiry = EnquiryId(held["enquiry_id"])
    known = enquiry_of(tx, enquiry)
    is_open = known["status"] == EnquiryStatus.OPEN.value
    pressing = Priority(known["priority"]).at_least(Priority.URGENT)
    if is_open and (known["clinical"] or pressing or _is_half_told(held)):
        return _keep_for_review(service, tx, held, now=now)
    act = Act.ENDED_QUIETLY if is_quiet else Act.BOT_ENDED
    row = say(
        service,
        tx,
        held,
        wording_id="close.ref",
        now=now,
        speaker=Speaker.SYSTEM,
    )
    if known["status"] == EnquiryStatus.OPEN.value:
        codes = () if known["outcomes"] else ("INFO_GIVEN",)
        add_outcomes(tx, enquiry, codes=codes, status=EnquiryStatus.CLOSED, now=now)
    row = record(
        tx,
        row,
        kind="closed",
        by="clock" if is_quiet else "enquirer",
        now=now,
        state=next_state(ConversationState(row["state"]), act).value,
        closed_at=now,
        **NOTHING_ASKED,
    )
    cancel_timers(tx, ConversationId(row["id"]), kinds=(QUIET,), now=now)
    tell_state(tx, row)
    return row


def _is_half_told(held: RowMapping) -> bool:
    """In the middle of telling how somebody is, or asked whether they are safe and gone silent."""
    return held["form"] in CLINICAL_FORMS or held["asks"] == SAFETY_QUESTION


def _keep_for_review(
    service: Service, tx: Transaction, held: RowMapping, *, now: datetime
) -> RowMapping:
    """Clinical and left unfinished: a clinician reads it within a working day; the numbers are
    shown.
    """
    enquiry = EnquiryId(held["enquiry_id"])
    codes = ("TO_NONURGENT_TRIAGE",)
    due = leave_work(service, tx, held, codes=codes, due_at=None, now=now)
    hand_to(
        tx,
        enquiry,
        status=EnquiryStatus.TRACKING,
        owner=(OwnerKind.LIST, "review"),
        next_step="clinical_review",
        due_at=due,
        clinical=True,
        route=enquiry_of(tx, enquiry)["route"] or "RT-07",
    )
    due_words = service.calendar.in_words(due) if due else ""
    row = say(
        service,
        tx,
        held,
        wording_id="clinical.message.left",
        now=now,
        params={"due": due_words},
        speaker=Speaker.SYSTEM,
        with_choices=False,
    )
    row = record(
        tx,
        row,
        kind="closed",
        by="clock",
        now=now,
        state=next_state(ConversationState(row["state"]), Act.MESSAGE_LEFT).value,
        closed_at=now,
        **NOTHING_ASKED,
    )
    cancel_timers(tx, ConversationId(row["id"]), kinds=(QUIET,), now=now)
    tell_state(tx, row)
    return row
