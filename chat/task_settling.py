"""After a task: the enquiry closes when its outcomes end it, else its next task owns it.

Called inside a use case's transaction, with the task already ended or moved on.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from chat.enquiries import add_outcomes, enquiry_of, hand_to
from chat.follow_up import Subject, Work, put_on_list
from chat.service import Service
from chat.task_asking import Standing
from handoff.clocks import stop_all, stop_unwatched
from handoff.tasks import open_tasks
from handoff.work_lists import REVIEW
from models.store import Transaction
from models.vocabulary import EnquiryId, EnquiryStatus, OwnerKind, Priority

ACCEPTED_BY = "accepted_by"


def close_enquiry(
    tx: Transaction,
    enquiry: EnquiryId,
    *,
    codes: Sequence[str],
    said: Mapping[str, Any],
    now: datetime,
) -> None:
    add_outcomes(
        tx,
        enquiry,
        codes=codes,
        status=EnquiryStatus.CLOSED,
        now=now,
        plan_for_person=said.get("plan_for_person"),
    )
    stop_all(tx, enquiry, now=now)


def go_on(
    service: Service, tx: Transaction, stands: Standing, *, codes: Sequence[str], now: datetime
) -> None:
    """The enquiry is tracked: what is due soonest owns it. Nothing left is a clinician's to see."""
    enquiry = EnquiryId(stands.enquiry["id"])
    status = EnquiryStatus(stands.enquiry["status"])
    add_outcomes(tx, enquiry, codes=codes, status=status, now=now)
    if stands.is_live or status is not EnquiryStatus.TRACKING:
        return
    if not open_tasks(tx, enquiry):
        work = Work(REVIEW, "nothing_left")
        put_on_list(service, tx, subject_behind(stands), work=work, now=now)
    own_by_next(service, tx, enquiry, now=now)


def put_to_review(service: Service, tx: Transaction, enquiry: EnquiryId, *, now: datetime) -> None:
    """A tracked enquiry that was on no list: a clinician looks at it within a working day."""
    stands = Standing(enquiry=enquiry_of(tx, enquiry), is_live=False, others=0)
    go_on(service, tx, stands, codes=(), now=now)


def own_by_next(service: Service, tx: Transaction, enquiry: EnquiryId, *, now: datetime) -> None:
    """The soonest due of the open tasks says who owns a tracked enquiry, what is next and when."""
    left = open_tasks(tx, enquiry)
    first = left[0]
    hand_to(
        tx,
        enquiry,
        status=EnquiryStatus.TRACKING,
        owner=owner_of(first),
        next_step=service.work_lists.work_list(first["work_list"]).next_step,
        due_at=first["due_at"],
    )
    stop_unwatched(tx, enquiry, watched=watched_by(service, left), now=now)


def owner_of(task: RowMapping) -> tuple[OwnerKind, str]:
    """The team that accepted it, the colleague who took it on, else the list."""
    if task["detail"].get(ACCEPTED_BY):
        return OwnerKind.TEAM, str(task["detail"][ACCEPTED_BY])
    if task["owner"]:
        return OwnerKind.STAFF, task["owner"]
    return OwnerKind.LIST, task["work_list"]


def watched_by(service: Service, left: Sequence[RowMapping]) -> set[str]:
    """The enquiry's own clocks that its open tasks go on watching."""
    lists = (service.work_lists.work_list(task["work_list"]) for task in left)
    return {kind.value for found in lists for kind in found.watches}


def subject_behind(stands: Standing) -> Subject:
    """The person of this enquiry, by what the enquiry itself says."""
    row = stands.enquiry
    return Subject(
        conversation=row["conversation_id"],
        enquiry=EnquiryId(row["id"]),
        is_pressing=Priority(row["priority"]).at_least(Priority.URGENT),
        first_contact=row["opened_at"],
    )
