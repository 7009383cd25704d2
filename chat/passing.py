"""Passing a conversation to the practitioners' queue: state, entry, clocks, enquiry and words in
one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from chat.enquiries import change_enquiry, enquiry_of, hand_to
from chat.presence import on_shift
from chat.service import Service
from chat.speaking import say
from chat.states import Act, next_state
from chat.transcript import change, record, tell_state
from chat.views import entry_view
from handoff import crisis
from handoff.clocks import start_clocks, stop_clocks
from handoff.queue import enter, in_order, next_fact_number, recent_waits
from handoff.queue_order import band_words, waiting_band
from handoff.ratchet import raised
from handoff.targets import clocks_for
from handoff.timers import set_timer
from models.facts import AlarmRaised, EntryFact
from models.readings import Signal
from models.store import Transaction
from models.tables import messages
from models.vocabulary import (
    Concern,
    ConversationId,
    ConversationState,
    EnquiryId,
    EnquiryStatus,
    EntryState,
    OwnerKind,
    Priority,
    Speaker,
)

QUIET = "quiet"
ENTRY_STEP = "entry_step"
FIRST_HUMAN = "FIRST_HUMAN"


@dataclass(frozen=True, slots=True)
class Need:
    """Why a person is needed: how soon, whose danger, which words, and how it is said to the
    person.
    """

    priority: Priority
    reasons: Sequence[dict[str, Any]] = ()
    concern: Concern = Concern.SELF
    wording_id: str | None = None
    specialties: Sequence[str] = ()
    clinical: bool = False


def reasons_from(signals: Sequence[Signal], *, seq: int, text: str) -> list[dict[str, Any]]:
    """The person's own words with why they matter, in the contract's shape."""
    return [
        {
            "text": text[signal.start : signal.end],
            "seq": seq,
            "start": signal.start,
            "end": signal.end,
            "why": signal.reason,
        }
        for signal in signals
    ]


def bring_person(
    service: Service, tx: Transaction, held: RowMapping, *, need: Need, now: datetime
) -> RowMapping:
    """Raise the priority, write the queue entry and clocks, and say so; red begins the crisis
    script.

    In any state: with the bot it queues; waiting or with a practitioner it strengthens the open
    entry.
    """
    current = Priority(held["priority"])
    priority = raised(current, need.priority)
    row = held
    if priority != current:
        row = record(
            tx,
            row,
            kind="priority_raised",
            by="screen",
            now=now,
            detail={"from": current.value, "to": priority.value},
            priority=priority.value,
        )
    state = ConversationState(row["state"])
    if state is ConversationState.WITH_BOT:
        row = _enter_queue(service, tx, row, need=need, now=now)
        return _speak(service, tx, row, need=need, now=now)
    _strengthen(service, tx, row, need=need, now=now)
    newly_red = priority.is_red and not current.is_red
    if state is ConversationState.WAITING and newly_red:
        row = _speak(service, tx, row, need=need, now=now)
    return row


def _enter_queue(
    service: Service, tx: Transaction, held: RowMapping, *, need: Need, now: datetime
) -> RowMapping:
    conversation = ConversationId(held["id"])
    row = record(
        tx,
        held,
        kind="state_changed",
        by="bot",
        now=now,
        detail={"to": ConversationState.WAITING.value},
        state=next_state(ConversationState(held["state"]), Act.PERSON_NEEDED).value,
        waiting_since=now,
        asks=None,
        form=None,
        form_asks=None,
        held_seq=None,
    )
    priority = _queue_priority(Priority(row["priority"]), need.priority)
    entry, _new = enter(
        tx,
        conversation,
        reference=row["reference"],
        priority=priority,
        reasons=need.reasons,
        specialties=need.specialties,
        now=now,
        policy=service.policy,
    )
    _run_clocks(service, tx, row, priority=priority, queued_at=now)
    enquiry = EnquiryId(row["enquiry_id"])
    known = enquiry_of(tx, enquiry)["clinical"]
    hand_to(
        tx,
        enquiry,
        status=EnquiryStatus.WAITING_PERSON,
        owner=(OwnerKind.QUEUE, "practitioners"),
        next_step="practitioner_joins",
        due_at=entry["due_at"],
        priority=priority.value,
        clinical=known or need.clinical or priority.at_least(Priority.URGENT),
    )
    set_timer(
        tx, conversation, kind=QUIET, subject=row["id"], due_at=now + service.policy.nudge_first
    )
    tell_entry(tx, entry, name="queued")
    raise_alarm(tx, entry, kind="entry_waiting")
    tell_state(tx, row, band=band_of(tx, conversation))
    return row


def requeue(service: Service, tx: Transaction, held: RowMapping, *, now: datetime) -> RowMapping:
    """The sweep found somebody without a place: back in the queue at their own priority."""
    if ConversationState(held["state"]) is ConversationState.CLOSED:
        return held
    row = change(tx, ConversationId(held["id"]), state=ConversationState.WITH_BOT.value)
    return _enter_queue(service, tx, row, need=Need(Priority(held["priority"])), now=now)


def _queue_priority(conversation: Priority, needed: Priority) -> Priority:
    """In the queue everybody is at least routine: a person was asked for or is needed."""
    return raised(raised(conversation, needed), Priority.ROUTINE)


def _strengthen(
    service: Service, tx: Transaction, held: RowMapping, *, need: Need, now: datetime
) -> None:
    conversation = ConversationId(held["id"])
    entry, _new = enter(
        tx,
        conversation,
        reference=held["reference"],
        priority=need.priority,
        reasons=need.reasons,
        specialties=need.specialties,
        now=now,
        policy=service.policy,
    )
    priority = Priority(entry["priority"])
    _run_clocks(service, tx, held, priority=priority, queued_at=entry["queued_at"])
    change_enquiry(
        tx,
        EnquiryId(held["enquiry_id"]),
        priority=priority.value,
        clinical=priority.at_least(Priority.URGENT),
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
    conversation = ConversationId(held["id"])
    tightest = {plan.kind.value for plan in plans}
    replaced = tuple(
        f"{FIRST_HUMAN}_{word}"
        for word in ("EMERGENCY", "VERY_URGENT", "URGENT")
        if f"{FIRST_HUMAN}_{word}" not in tightest
    )
    stop_clocks(tx, conversation, prefixes=replaced, now=queued_at)
    start_clocks(tx, conversation, enquiry=EnquiryId(held["enquiry_id"]), plans=plans)


def _speak(
    service: Service, tx: Transaction, held: RowMapping, *, need: Need, now: datetime
) -> RowMapping:
    """The fixed words.

    Red: the crisis script, with nobody signed in said at once; else the queue's line.
    """
    staffed = bool(on_shift(service, tx, now))
    if Priority(held["priority"]).is_red:
        script = crisis.begin(need.concern, staff_on_shift=staffed)
        return speak_script(service, tx, held, script=script, now=now)
    row = held
    if need.wording_id is not None:
        row = say(service, tx, row, wording_id=need.wording_id, now=now, with_choices=False)
    wording = "queue.join.unknown" if staffed else "fail.staff"
    return say(service, tx, row, wording_id=wording, now=now, speaker=Speaker.SYSTEM)


def speak_script(
    service: Service, tx: Transaction, held: RowMapping, *, script: crisis.Script, now: datetime
) -> RowMapping:
    """Say what the crisis script says next and remember where it stands.

    No sentence twice running.
    """
    row = record(
        tx,
        held,
        kind="crisis_step",
        by="bot",
        now=now,
        detail={"step": script.step.value},
        crisis_step=script.step.value,
        asks=None,
    )
    last = len(script.wording_ids) - 1
    for position, wording_id in enumerate(script.wording_ids):
        if wording_id == _last_wording(tx, row):
            continue
        row = say(
            service,
            tx,
            row,
            wording_id=wording_id,
            now=now,
            asks=script.asks if position == last else None,
            cards=script.cards if position == 0 else (),
        )
    return row


def _last_wording(tx: Transaction, held: RowMapping) -> str | None:
    statement = (
        select(messages.c.wording_id)
        .where(
            messages.c.conversation_id == held["id"],
            messages.c.speaker != Speaker.ENQUIRER.value,
        )
        .order_by(messages.c.seq.desc())
        .limit(1)
    )
    return tx.execute(statement).scalar()


def tell_entry(tx: Transaction, entry: RowMapping, *, name: str) -> None:
    tx.tell(EntryFact(name, entry_view(entry), next_fact_number(tx)))


def raise_alarm(tx: Transaction, entry: RowMapping, *, kind: str) -> None:
    tx.tell(
        AlarmRaised(
            {
                "alarm": entry["id"],
                "kind": kind,
                "entry": entry["id"],
                "reference": entry["reference"],
                "priority": entry["priority"],
            }
        )
    )


def band_of(reader: Connection | Transaction, conversation: ConversationId) -> str | None:
    """An honest wait in words, from the very order that serves; None when no honest one can be
    given.
    """
    connection = reader.connection if isinstance(reader, Transaction) else reader
    order = in_order(connection, states=(EntryState.WAITING.value,))
    ahead = next(
        (place for place, row in enumerate(order) if row["conversation_id"] == conversation), None
    )
    if ahead is None:
        return None
    wording = waiting_band(ahead, recent_waits=recent_waits(connection))
    return band_words(wording) if wording else None
