"""A clinical message is left for the clinicians who review them, instead of waiting for a person.

Closes nothing: the enquiry is tracked, with a due time on the working-day clock.
"""

from datetime import datetime

from sqlalchemy import RowMapping

from chat.enquiries import hand_to
from chat.service import Service
from chat.speaking import say
from chat.states import Act, next_state
from chat.telling import tell_entry
from chat.transcript import NOTHING_ASKED, record, tell_state
from handoff import queue
from handoff.clocks import start_clocks, stop_clocks
from handoff.policy import ClockKind
from handoff.targets import plan
from handoff.tasks import add_task
from models.store import Transaction
from models.vocabulary import (
    ConversationId,
    ConversationState,
    EnquiryId,
    EnquiryStatus,
    OwnerKind,
)

REVIEW = "review"


def leave_message(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    kind: str,
    now: datetime,
    named_route: str | None = None,
    wording_id: str = "clinical.message.left",
    clinical: bool = True,
) -> RowMapping:
    """The review list has it; the person hears by when, and where help is meanwhile."""
    conversation, enquiry = ConversationId(held["id"]), EnquiryId(held["enquiry_id"])
    clock = plan(
        ClockKind.NONURGENT_REVIEW,
        held["first_message_at"] or now,
        policy=service.policy,
        calendar=service.calendar,
    )
    start_clocks(tx, conversation, enquiry=enquiry, plans=(clock,))
    add_task(
        tx,
        conversation,
        enquiry=enquiry,
        work_list=REVIEW,
        kind=kind,
        due_at=clock.due_at,
        now=now,
        detail={"named_route": named_route} if named_route else None,
    )
    hand_to(
        tx,
        enquiry,
        status=EnquiryStatus.TRACKING,
        owner=(OwnerKind.LIST, REVIEW),
        next_step="clinical_review",
        due_at=clock.due_at,
        clinical=clinical,
    )
    due = {"due": service.calendar.in_words(clock.due_at)}
    return say(service, tx, held, wording_id=wording_id, now=now, params=due)


def leave_queue(tx: Transaction, held: RowMapping, *, now: datetime) -> RowMapping:
    """Out of the queue, by their own wish: back with the bot, the first-reply clock stopped."""
    conversation = ConversationId(held["id"])
    entry = queue.open_entry(tx, conversation)
    if entry is not None:
        tell_entry(tx, queue.finish(tx, entry["id"]), name="changed")
    stop_clocks(tx, EnquiryId(held["enquiry_id"]), prefix="FIRST_HUMAN", now=now)
    state = next_state(ConversationState(held["state"]), Act.LEFT_QUEUE)
    row = record(
        tx,
        held,
        kind="state_changed",
        by="enquirer",
        now=now,
        detail={"to": state.value},
        state=state.value,
        waiting_since=None,
        **NOTHING_ASKED,
    )
    tell_state(tx, row)
    return row
