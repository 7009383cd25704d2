"""Passing a conversation to the practitioners' queue: state, entry, clocks, enquiry and words in
one transaction.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import RowMapping

from chat.enquiries import change_enquiry, enquiry_of, hand_to_queue
from chat.facts_known import facts_known
from chat.limiting import lift_for_danger, limit_of, show_numbers
from chat.need import FIRST_HUMAN, QUIET, Need
from chat.passing_words import speak_need
from chat.routes import Route, Routes
from chat.service import Service
from chat.states import Act, next_state
from chat.telling import band_of, raise_alarm, tell_entry
from chat.transcript import NOTHING_ASKED, record, tell_state
from handoff.clocks import start_clocks, stop_clocks
from handoff.queue import enter
from handoff.ratchet import raised
from handoff.targets import clocks_for
from handoff.timers import cancel_timers, set_timer
from models.store import Transaction
from models.vocabulary import (
    ConversationId,
    ConversationState,
    EnquiryId,
    Priority,
)


def bring_person(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    need: Need,
    now: datetime,
    by: str = "screen",
) -> RowMapping:
    """Raise the priority, write the queue entry and clocks, and say so; red begins the crisis
    script.

    In any state: with the bot it queues; waiting or with a practitioner it strengthens the open
    entry. From a limited sender only danger goes through, and lifts the limit.
    """
    if need.priority.at_least(Priority.URGENT):
        lift_for_danger(tx, held, now=now)
    elif _is_kept_out(tx, held):
        return show_numbers(service, tx, held, now=now)
    current = Priority(held["priority"])
    priority = raised(current, need.priority)
    row = held
    if priority != current:
        row = record(
            tx,
            row,
            kind="priority_raised",
            by=by,
            now=now,
            detail={"from": current.value, "to": priority.value},
            priority=priority.value,
        )
    state = ConversationState(row["state"])
    if state is ConversationState.WITH_BOT:
        route = _route(service, tx, row, need=need, now=now)
        row = _enter_queue(service, tx, row, need=_by_route(need, route), now=now)
        change_enquiry(tx, EnquiryId(row["enquiry_id"]), route=route.id)
        return speak_need(service, tx, row, need=need, route=route, now=now)
    _strengthen(service, tx, row, need=need, now=now)
    newly_red = priority.is_red and not current.is_red
    if priority != current and priority.is_red:
        route = _route(service, tx, row, need=need, now=now)
        change_enquiry(tx, EnquiryId(row["enquiry_id"]), route=route.id)
        if state is ConversationState.WAITING and newly_red:
            row = speak_need(service, tx, row, need=need, route=route, now=now)
    return row


def _is_kept_out(tx: Transaction, held: RowMapping) -> bool:
    with_bot = ConversationState(held["state"]) is ConversationState.WITH_BOT
    return with_bot and limit_of(tx, held) is not None


def _route(
    service: Service, tx: Transaction, held: RowMapping, *, need: Need, now: datetime
) -> Route:
    facts = facts_known(
        service,
        tx,
        held,
        about=need.about,
        now=now,
        concern=need.concern,
        pressing=need.pressing,
    )
    return Routes.load().route(facts)


def _by_route(need: Need, route: Route) -> Need:
    return replace(need, specialties=(*need.specialties, *route.specialties))


def _enter_queue(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    need: Need,
    now: datetime,
    act: Act = Act.PERSON_NEEDED,
) -> RowMapping:
    conversation = ConversationId(held["id"])
    row = record(
        tx,
        held,
        kind="state_changed",
        by="bot",
        now=now,
        detail={"to": ConversationState.WAITING.value},
        state=next_state(ConversationState(held["state"]), act).value,
        waiting_since=now,
        holder=None,
        holder_name=None,
        **NOTHING_ASKED,
        held_seq=None,
    )
    priority = _queue_priority(Priority(row["priority"]), need.priority)
    entry = _enter(service, tx, row, need=need, priority=priority, now=now)
    _run_clocks(service, tx, row, priority=priority, queued_at=now)
    _own_by_queue(service, tx, row, entry, need=need)
    nudge_at = now + service.policy.nudge_first
    set_timer(tx, conversation, kind=QUIET, subject=row["id"], due_at=nudge_at)
    tell_entry(tx, entry, name="queued")
    raise_alarm(tx, entry, kind="entry_waiting")
    tell_state(tx, row, band=band_of(tx, conversation))
    return row


def _own_by_queue(
    service: Service, tx: Transaction, row: RowMapping, entry: RowMapping, *, need: Need
) -> None:
    """What it had ended with is undone: a person is needed now."""
    enquiry = EnquiryId(row["enquiry_id"])
    before, priority = enquiry_of(tx, enquiry), Priority(entry["priority"])
    hand_to_queue(
        tx,
        enquiry,
        due_at=entry["due_at"],
        priority=priority.value,
        clinical=before["clinical"] or need.clinical or priority.at_least(Priority.URGENT),
        outcomes=[c for c in before["outcomes"] if not service.outcomes.may_close((c,))],
        closed_at=None,
    )


def _enter(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    need: Need,
    priority: Priority,
    now: datetime,
) -> RowMapping:
    """The conversation's open queue entry, new or strengthened by this need."""
    entry, _new = enter(
        tx,
        ConversationId(held["id"]),
        reference=held["reference"],
        priority=priority,
        reasons=need.reasons,
        specialties=need.specialties,
        now=now,
        policy=service.policy,
    )
    return entry


def queue_unspoken(
    service: Service, tx: Transaction, held: RowMapping, *, need: Need, now: datetime
) -> RowMapping:
    """Into the queue without a word: nobody is there to read one. Silence means nothing, either."""
    row = record(
        tx,
        held,
        kind="priority_raised",
        by="screen",
        now=now,
        detail={"from": held["priority"], "to": need.priority.value},
        priority=need.priority.value,
    )
    row = _enter_queue(service, tx, row, need=need, now=now)
    cancel_timers(tx, ConversationId(row["id"]), kinds=(QUIET,), now=now)
    return row


def requeue(service: Service, tx: Transaction, held: RowMapping, *, now: datetime) -> RowMapping:
    """The sweep found somebody without a place: back in the queue at their own priority."""
    if ConversationState(held["state"]) is ConversationState.CLOSED:
        return held
    need = Need(Priority(held["priority"]))
    return _enter_queue(service, tx, held, need=need, now=now, act=Act.PLACE_LOST)


def _queue_priority(conversation: Priority, needed: Priority) -> Priority:
    """In the queue everybody is at least routine: a person was asked for or is needed."""
    return raised(raised(conversation, needed), Priority.ROUTINE)


def _strengthen(
    service: Service, tx: Transaction, held: RowMapping, *, need: Need, now: datetime
) -> None:
    entry = _enter(service, tx, held, need=need, priority=need.priority, now=now)
    priority = Priority(entry["priority"])
    _run_clocks(service, tx, held, priority=priority, queued_at=entry["queued_at"])
    enquiry = EnquiryId(held["enquiry_id"])
    known = enquiry_of(tx, enquiry)
    change_enquiry(
        tx,
        enquiry,
        priority=priority.value,
        clinical=known["clinical"] or priority.at_least(Priority.URGENT),
        due_at=entry["due_at"],
    )
    tell_entry(tx, entry, name="changed")
    if need.priority.is_red:
        raise_alarm(tx, entry, kind="words_of_danger")


def _run_clocks(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    priority: Priority,
    queued_at: datetime,
) -> None:
    """Clocks of this priority; the first-reply clock of a lower one gives way to it."""
    plans = clocks_for(
        priority,
        queued_at=queued_at,
        first_message_at=held["first_message_at"] or queued_at,
        policy=service.policy,
        calendar=service.calendar,
    )
    enquiry = EnquiryId(held["enquiry_id"])
    tightest = {plan.kind.value for plan in plans}
    replaced = tuple(
        f"{FIRST_HUMAN}_{word}"
        for word in ("EMERGENCY", "VERY_URGENT", "URGENT")
        if f"{FIRST_HUMAN}_{word}" not in tightest
    )
    for prefix in replaced:
        stop_clocks(tx, enquiry, prefix=prefix, now=queued_at)
    start_clocks(tx, ConversationId(held["id"]), enquiry=enquiry, plans=plans)
