"""What outcomes leave behind: a task on a list and the clock that watches it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping

from chat.service import Service
from handoff.clocks import start_clocks
from handoff.outcomes import FollowUp
from handoff.targets import ClockCase, ClockPlan, counts_from_first_contact, plan
from handoff.tasks import add_task
from models.store import Transaction
from models.vocabulary import ConversationId, EnquiryId, Priority


def leave_work(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    codes: Sequence[str],
    due_at: datetime | None,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> datetime | None:
    """Add each outcome's task and clock.

    `due_at`, when given, is the task's; yields the earliest due time.
    """
    dues = []
    for left in service.outcomes.follow_up(codes):
        planned = _clock(service, held, left, now=now)
        if planned is not None:
            start_clocks(
                tx,
                ConversationId(held["id"]),
                enquiry=EnquiryId(held["enquiry_id"]),
                plans=(planned,),
            )
        due = due_at or _due(service, left, planned, now=now)
        dues.append(due)
        add_task(
            tx,
            ConversationId(held["id"]),
            enquiry=EnquiryId(held["enquiry_id"]),
            work_list=left.work_list,
            kind=left.outcome,
            due_at=due,
            now=now,
            detail=detail,
        )
    return min(dues, default=None)


def _clock(
    service: Service, held: RowMapping, left: FollowUp, *, now: datetime
) -> ClockPlan | None:
    if left.clock is None:
        return None
    pressing = Priority(held["priority"]).at_least(Priority.URGENT)
    first = held["first_message_at"] or now
    return plan(
        left.clock,
        first if counts_from_first_contact(left.clock) else now,
        policy=service.policy,
        calendar=service.calendar,
        case=ClockCase.PRESSING if pressing else ClockCase.USUAL,
    )


def _due(service: Service, left: FollowUp, planned: ClockPlan | None, *, now: datetime) -> datetime:
    """The clock's due time, else the length that the rule names, else a working day."""
    if planned is not None:
        return planned.due_at
    if left.within is not None:
        length: timedelta = getattr(service.policy, left.within)
        return now + length
    return service.calendar.after_working_days(now, 1)
