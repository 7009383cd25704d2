"""What outcomes leave behind: a task on a list, its due time, and the clock that watches it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping

from chat.service import Service
from handoff.clocks import ever_ran, start_clocks
from handoff.outcomes import FollowUp
from handoff.targets import ClockCase, ClockKind, ClockPlan, counts_from_first_contact, plan
from handoff.tasks import add_task
from models.store import Transaction
from models.vocabulary import ConversationId, EnquiryId, Priority

NO_CONVERSATION = ConversationId("")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a task is about. Nobody: a question or a directory entry, without an enquiry."""

    conversation: ConversationId = NO_CONVERSATION
    enquiry: EnquiryId | None = None
    is_pressing: bool = False
    first_contact: datetime | None = None


NOBODY = Subject()


@dataclass(frozen=True, slots=True)
class Work:
    """What is put on a list. `kind` says why it is there: an outcome or a result. `clock` watches
    it; `within` is for a due time where neither `due_at` nor a clock gives one.
    """

    work_list: str
    kind: str
    clock: ClockKind | None = None
    due_at: datetime | None = None
    within: timedelta | None = None
    detail: Mapping[str, Any] | None = None


def subject_of(held: RowMapping) -> Subject:
    """The person behind a conversation, in the enquiry that it serves now."""
    return Subject(
        conversation=ConversationId(held["id"]),
        enquiry=EnquiryId(held["enquiry_id"]),
        is_pressing=Priority(held["priority"]).at_least(Priority.URGENT),
        first_contact=held["first_message_at"],
    )


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
    """Add each outcome's task and clock, for the enquiry that the conversation serves.

    `due_at`, when given, is the task's; yields the earliest due time.
    """
    return leave_work_for(
        service, tx, subject_of(held), codes=codes, due_at=due_at, now=now, detail=detail
    )


def leave_work_for(
    service: Service,
    tx: Transaction,
    subject: Subject,
    *,
    codes: Sequence[str],
    due_at: datetime | None,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> datetime | None:
    """As `leave_work`, for a person whose conversation may have gone on to something else."""
    dues = [
        put_on_list(service, tx, subject, work=_work(service, left, due_at, detail), now=now)
        for left in service.outcomes.follow_up(codes)
    ]
    return min(dues, default=None)


def _work(
    service: Service, left: FollowUp, due_at: datetime | None, detail: Mapping[str, Any] | None
) -> Work:
    within = getattr(service.policy, left.within) if left.within else None
    return Work(left.work_list, left.outcome, left.clock, due_at, within, detail)


def put_on_list(
    service: Service, tx: Transaction, subject: Subject, *, work: Work, now: datetime
) -> datetime:
    """One task with the clock that watches it; yields when the task is due.

    A clock that counts from the first contact is the whole enquiry's, any other the task's own.
    """
    planned = _clock(service, tx, subject, work.clock, now=now)
    due = work.due_at or _due(service, work, planned, now=now)
    task = add_task(
        tx,
        subject.conversation,
        enquiry=subject.enquiry,
        work_list=work.work_list,
        kind=work.kind,
        due_at=due,
        now=now,
        detail=work.detail,
    )
    if planned is not None:
        whole = subject.enquiry is not None and counts_from_first_contact(planned.kind)
        start_clocks(
            tx,
            subject.conversation,
            enquiry=subject.enquiry,
            plans=(planned,),
            task=None if whole else task,
        )
    return due


def _clock(
    service: Service,
    tx: Transaction,
    subject: Subject,
    kind: ClockKind | None,
    *,
    now: datetime,
) -> ClockPlan | None:
    """One that ran before and was paused or kept starts anew: its first start is history."""
    if kind is None:
        return None
    from_first = counts_from_first_contact(kind) and not (
        subject.enquiry and ever_ran(tx, subject.enquiry, kind)
    )
    return plan(
        kind,
        (subject.first_contact or now) if from_first else now,
        policy=service.policy,
        calendar=service.calendar,
        case=ClockCase.PRESSING if subject.is_pressing else ClockCase.USUAL,
    )


def _due(service: Service, work: Work, planned: ClockPlan | None, *, now: datetime) -> datetime:
    """The clock's due time, else the length that the rule names, else a working day."""
    if planned is not None:
        return planned.due_at
    if work.within is not None:
        return now + work.within
    return service.calendar.after_working_days(now, 1)
