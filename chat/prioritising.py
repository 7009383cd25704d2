"""A named member of staff sets a priority: anybody on the console may raise it, which does all that
the screen's raising does; a clinician lowers it, with a reason, and promises of speed follow.
"""

from datetime import datetime

from sqlalchemy import RowMapping

from chat import audit
from chat.enquiries import change_enquiry
from chat.need import FIRST_HUMAN, Need
from chat.passing import bring_person
from chat.service import Service
from chat.staff import SignedIn
from chat.telling import tell_entry
from chat.transcript import change, hold, record
from handoff import queue
from handoff.clocks import running_of, start_clocks, stop_clocks
from handoff.ratchet import check_lowering, raised
from handoff.targets import clocks_for
from models.store import Transaction
from models.vocabulary import ConversationId, ConversationState, EnquiryId, Priority


async def set_priority(
    service: Service,
    staff: SignedIn,
    *,
    conversation: ConversationId,
    priority: Priority,
    reason: str,
) -> None:
    """A named practitioner may lower, with a reason; anyone on the console may raise. Raised to
    urgent or above, who is with the bot is brought to the queue.

    Raises NotAllowedError, BadCommandError.
    """
    now = service.now()

    def work(tx: Transaction) -> None:
        held = hold(tx, conversation)
        before = Priority(held["priority"])
        check_lowering(before, priority, role=staff.role, reason=reason)
        moved = {"from": before.value, "to": priority.value}
        row = record(
            tx, held, kind="priority_set", by=staff.id, now=now, detail={**moved, "reason": reason}
        )
        audit.note(
            tx,
            actor=staff.id,
            action="priority:set",
            subject=row["reference"],
            now=now,
            detail=moved,
        )
        if priority.at_least(before):
            _raise(service, tx, row, staff, priority=priority, now=now)
        else:
            _lower(service, tx, row, priority=priority)

    await service.store.write(work)


def _raise(
    service: Service,
    tx: Transaction,
    row: RowMapping,
    staff: SignedIn,
    *,
    priority: Priority,
    now: datetime,
) -> None:
    """As danger in their words would: place, clocks, alarm and what is said to them."""
    state = ConversationState(row["state"])
    waits_for_nobody = state is ConversationState.WITH_BOT and not priority.at_least(
        Priority.URGENT
    )
    if state is ConversationState.CLOSED or waits_for_nobody:
        change(tx, ConversationId(row["id"]), priority=priority.value)
        return
    bring_person(service, tx, row, need=Need(priority), now=now, by=staff.id)


def _lower(service: Service, tx: Transaction, row: RowMapping, *, priority: Priority) -> None:
    """The place and the promise of a first reply follow. What was promised of an assessment stands
    until an outcome ends it.
    """
    conversation, enquiry = ConversationId(row["id"]), EnquiryId(row["enquiry_id"])
    change(tx, conversation, priority=priority.value)
    entry = queue.open_entry(tx, conversation)
    if entry is None:
        return
    in_queue = raised(priority, Priority.ROUTINE)
    changed = queue.lower(tx, entry, priority=in_queue, policy=service.policy)
    change_enquiry(tx, enquiry, priority=in_queue.value, due_at=changed["due_at"])
    _promise_again(service, tx, row, changed)
    tell_entry(tx, changed, name="changed")


def _promise_again(service: Service, tx: Transaction, row: RowMapping, entry: RowMapping) -> None:
    """Whoever still waits for a first word is promised it by the priority that holds now."""
    conversation, enquiry = ConversationId(row["id"]), EnquiryId(row["enquiry_id"])
    if not running_of(tx, enquiry, prefix=FIRST_HUMAN):
        return
    plans = clocks_for(
        Priority(entry["priority"]),
        queued_at=entry["queued_at"],
        first_message_at=row["first_message_at"] or entry["queued_at"],
        policy=service.policy,
        calendar=service.calendar,
    )
    wanted = [plan for plan in plans if plan.kind.startswith(FIRST_HUMAN)]
    kinds = {plan.kind.value for plan in wanted}
    for clock in running_of(tx, enquiry, prefix=FIRST_HUMAN):
        if clock["kind"] not in kinds:
            stop_clocks(tx, enquiry, prefix=clock["kind"], now=service.now())
    start_clocks(tx, conversation, enquiry=enquiry, plans=wanted)
