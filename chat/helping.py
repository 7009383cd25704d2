"""How much help somebody wants with a place that was shown: none, to choose, to get there.

A navigator's task has a follow-up date; nothing is sent to a service by this.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from chat.enquiries import enquiry_of, hand_to
from chat.service import Service
from chat.speaking import say
from chat.transcript import change
from handoff.clocks import start_clocks
from handoff.policy import ClockKind
from handoff.targets import plan
from handoff.tasks import add_task
from models.store import Transaction
from models.vocabulary import (
    ConversationId,
    EnquiryId,
    EnquiryKind,
    EnquiryStatus,
    OwnerKind,
)

FORM, ASKS = "help_form", "help_level"
NAVIGATOR, KNOWLEDGE = "navigator", "knowledge"
MORE_HELP, SOME_HELP = "more_help", "some_help"


def offer_help(
    service: Service, tx: Transaction, held: RowMapping, *, ref: str, now: datetime
) -> RowMapping:
    """Asked once an enquiry, after places were shown."""
    known = enquiry_of(tx, EnquiryId(held["enquiry_id"]))["captured"]
    if known.get(ASKS) is not None:
        return held
    row = say(
        service, tx, held, wording_id="ask.help_level", now=now, asks=ASKS, ref=f"{ref}:level"
    )
    return change(tx, ConversationId(row["id"]), form=FORM, form_asks=ASKS, asks=ASKS)


def ask_navigator(
    service: Service, tx: Transaction, held: RowMapping, *, now: datetime
) -> RowMapping:
    """RT-19: a support worker helps them get there, with a date to look back at it."""
    wording = "sign.level3.passed"
    return _leave(
        service,
        tx,
        held,
        work_list=NAVIGATOR,
        clock=ClockKind.NAVIGATOR_FOLLOWUP,
        route="RT-19",
        wording_id=wording,
        now=now,
    )


def ask_knowledge(
    service: Service, tx: Transaction, held: RowMapping, *, now: datetime
) -> RowMapping:
    """RT-20: nothing fitted, and they want somebody to look for it."""
    wording = "sign.none.passed"
    return _leave(
        service,
        tx,
        held,
        work_list=KNOWLEDGE,
        clock=ClockKind.KNOWLEDGE_QUERY,
        route="RT-20",
        wording_id=wording,
        now=now,
    )


def _leave(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    work_list: str,
    clock: ClockKind,
    route: str,
    wording_id: str,
    now: datetime,
) -> RowMapping:
    conversation, enquiry = ConversationId(held["id"]), EnquiryId(held["enquiry_id"])
    planned = plan(clock, now, policy=service.policy, calendar=service.calendar)
    start_clocks(tx, conversation, enquiry=enquiry, plans=(planned,))
    detail: Mapping[str, Any] = {"route": route}
    add_task(
        tx,
        conversation,
        enquiry=enquiry,
        work_list=work_list,
        kind=route,
        due_at=planned.due_at,
        now=now,
        detail=detail,
    )
    hand_to(
        tx,
        enquiry,
        status=EnquiryStatus.TRACKING,
        owner=(OwnerKind.LIST, work_list),
        next_step="contact_person" if work_list == NAVIGATOR else "find_service",
        due_at=planned.due_at,
        kind=EnquiryKind.NAVIGATION.value,
        route=route,
        closed_at=None,
    )
    due = {"due": service.calendar.in_words(planned.due_at)}
    return say(service, tx, held, wording_id=wording_id, now=now, params=due)
