"""A practitioner ends a conversation: outcome, plan, next owner, step and due; the enquiry closes
or is tracked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import RowMapping

from chat import audit
from chat.enquiries import add_outcomes, enquiry_of
from chat.follow_up import leave_work
from chat.need import QUIET
from chat.participants import end_all
from chat.practitioner import fenced
from chat.service import Service
from chat.speaking import say
from chat.staff import SignedIn
from chat.states import Act, next_state
from chat.task_settling import own_by_next, watched_by
from chat.telling import tell_entry
from chat.transcript import record, tell_state
from handoff import claims, queue
from handoff.clocks import stop_all, stop_clocks, stop_unwatched
from handoff.outcomes import CloseForm, closing_wording
from handoff.tasks import WELFARE_LIST, finish_tasks, open_tasks
from handoff.timers import cancel_timers
from models.errors import BadCommandError
from models.store import Transaction
from models.vocabulary import (
    ClaimVersion,
    ConversationId,
    ConversationState,
    EnquiryId,
    EnquiryStatus,
    OwnerKind,
    Priority,
    Role,
    Speaker,
)

WELFARE_KINDS = (QUIET, "welfare", "gone")
DONE_IN_TALK = (WELFARE_LIST, "callbacks")
"""Lists whose tasks ask for contact with the person: a practitioner who closes has had it."""


@dataclass(frozen=True, slots=True)
class Closing:
    """What the practitioner filled in."""

    form: CloseForm
    agreed_with_person: bool
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Closed:
    status: str
    due_at: datetime | None


async def close(
    service: Service,
    staff: SignedIn,
    *,
    conversation: ConversationId,
    version: ClaimVersion,
    wish: Closing,
) -> Closed:
    """Raises BadCommandError naming what is missing, NotYoursError when somebody else holds it."""
    now = service.now()

    def work(tx: Transaction) -> Closed:
        held = fenced(tx, staff, conversation, version=version)
        return _close(service, tx, held, staff, wish=wish, now=now)

    return await service.store.write(work)


def _close(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    staff: SignedIn,
    *,
    wish: Closing,
    now: datetime,
) -> Closed:
    enquiry = EnquiryId(held["enquiry_id"])
    codes = wish.form.outcomes
    clinical = _is_clinical(service, tx, held, codes)
    _check_whole(service, wish.form, clinical=clinical, role=staff.role)
    row = _say_goodbye(service, tx, held, wish.form, clinical=clinical, now=now)
    row = record(
        tx,
        row,
        kind="closed",
        by=staff.id,
        now=now,
        detail={"outcomes": list(codes), "agreed": wish.agreed_with_person, **wish.detail},
        state=next_state(ConversationState(row["state"]), Act.CLOSED).value,
        closed_at=now,
        holder=None,
        holder_name=None,
        asks=None,
    )
    for name in DONE_IN_TALK:
        finish_tasks(tx, ConversationId(row["id"]), work_list=name, how="met_in_chat", now=now)
    left = {"from": "chat", **wish.detail}
    leave_work(service, tx, row, codes=codes, due_at=wish.form.due_at, now=now, detail=left)
    status = _settle(service, tx, enquiry, wish.form, now=now)
    cancel_timers(tx, ConversationId(row["id"]), kinds=WELFARE_KINDS, now=now)
    audit.note(tx, actor=staff.id, action="conversation:close", subject=row["reference"], now=now)
    _end_entry(tx, ConversationId(row["id"]), now=now)
    end_all(tx, ConversationId(row["id"]), now=now)
    tell_state(tx, row)
    return Closed(status.value, enquiry_of(tx, enquiry)["due_at"])


def _settle(
    service: Service, tx: Transaction, enquiry: EnquiryId, form: CloseForm, *, now: datetime
) -> EnquiryStatus:
    """Closed when its outcomes end it and nothing is left to do, else tracked with its clocks."""
    left = open_tasks(tx, enquiry)
    if service.outcomes.may_close(form.outcomes) and not left:
        _end_enquiry(tx, enquiry, form, status=EnquiryStatus.CLOSED, now=now)
        stop_all(tx, enquiry, now=now)
        return EnquiryStatus.CLOSED
    _end_enquiry(tx, enquiry, form, status=EnquiryStatus.TRACKING, now=now)
    if form.next_owner is None:
        own_by_next(service, tx, enquiry, now=now)
    for prefix in service.outcomes.stops(form.outcomes):
        stop_clocks(tx, enquiry, prefix=prefix, now=now)
    stop_unwatched(tx, enquiry, watched=watched_by(service, left), now=now)
    return EnquiryStatus.TRACKING


def _check_whole(service: Service, form: CloseForm, *, clinical: bool, role: Role) -> None:
    missing = service.outcomes.missing_for_close(form, clinical=clinical, role=role)
    if missing:
        raise BadCommandError(hint=",".join(missing))


def _is_clinical(
    service: Service, tx: Transaction, held: RowMapping, codes: tuple[str, ...]
) -> bool:
    """By what was recorded, by the priority, or by what came of it."""
    recorded = bool(enquiry_of(tx, EnquiryId(held["enquiry_id"]))["clinical"])
    pressing = Priority(held["priority"]).at_least(Priority.URGENT)
    return recorded or pressing or service.outcomes.is_clinical(codes)


def _say_goodbye(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    form: CloseForm,
    *,
    clinical: bool,
    now: datetime,
) -> RowMapping:
    params = {}
    if clinical and form.due_at is not None:
        params = {
            "plan": (form.plan_for_person or "").strip().rstrip("."),
            "next_owner": form.next_owner or "",
            "next_step": form.next_step or "",
            "due": service.calendar.in_words(form.due_at),
        }
    return say(
        service,
        tx,
        held,
        wording_id=closing_wording(clinical=clinical),
        now=now,
        params=params,
        speaker=Speaker.SYSTEM,
        with_choices=False,
    )


def _end_enquiry(
    tx: Transaction,
    enquiry: EnquiryId,
    form: CloseForm,
    *,
    status: EnquiryStatus,
    now: datetime,
) -> None:
    """Nobody named as the next owner: whoever has the next task, which the caller sees to."""
    named = status is EnquiryStatus.TRACKING and form.next_owner is not None
    next_one = {
        "owner_kind": OwnerKind.TEAM.value,
        "owner_id": form.next_owner,
        "next_step": form.next_step,
        "due_at": form.due_at,
    }
    add_outcomes(
        tx,
        enquiry,
        codes=form.outcomes,
        status=status,
        now=now,
        plan_for_person=form.plan_for_person,
        **(next_one if named else {}),
    )


def _end_entry(tx: Transaction, conversation: ConversationId, *, now: datetime) -> None:
    entry = queue.open_entry(tx, conversation)
    if entry is None:
        return
    claims.end_claim(tx, entry, how="closed", now=now)
    ended = queue.finish(tx, entry["id"])
    tell_entry(tx, ended, name="changed")
