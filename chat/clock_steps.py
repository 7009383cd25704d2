"""A clock's step has come: whoever must act is called, and a missed promise is put on record.

Judged by the timer's own time: after an outage the steps come in their order, none is skipped.
"""

from datetime import datetime
from typing import assert_never

from sqlalchemy import RowMapping

from chat.service import Service
from chat.speaking import say
from chat.task_due import alarm_of
from chat.telling import raise_alarm
from chat.transcript import hold, record
from handoff.clock_acts import ClockAct, acts_near, acts_when_due
from handoff.clocks import miss_clock, running_clock
from handoff.policy import ClockKind
from handoff.queue import open_entry
from handoff.tasks import open_tasks, task_of
from models.facts import ClockMissed, TaskAlarm
from models.store import Transaction
from models.vocabulary import (
    ConversationId,
    ConversationState,
    EnquiryId,
    Role,
    Speaker,
    TaskId,
)

NEAR, MISSED = "clock_near", "clock_missed"


def clock_step(service: Service, tx: Transaction, timer: RowMapping, *, now: datetime) -> None:
    """An alarm on the way, a missed promise at the end. A kept or stopped clock does nothing."""
    clock = running_clock(tx, timer["subject"])
    if clock is None:
        return
    kind = ClockKind(clock["kind"])
    if timer["due_at"] < clock["due_at"]:
        _log(tx, clock, kind=NEAR, now=now)
        for act in acts_near(kind, timer["version"]):
            _do(service, tx, clock, act=act, alarm=NEAR, now=now)
        return
    if miss_clock(tx, clock["id"], now=now) is None:
        return
    _log(tx, clock, kind=MISSED, now=now)
    conversation = ConversationId(clock["conversation_id"])
    told = {"clock": clock["id"], "kind": clock["kind"], "conversation": conversation}
    tx.tell(ClockMissed(conversation, told))
    for act in acts_when_due(kind):
        _do(service, tx, clock, act=act, alarm=MISSED, now=now)


def _log(tx: Transaction, clock: RowMapping, *, kind: str, now: datetime) -> None:
    if not clock["conversation_id"]:
        return
    held = hold(tx, ConversationId(clock["conversation_id"]))
    detail = {"clock": clock["kind"]}
    if clock["task_id"]:
        detail["task"] = clock["task_id"]
    record(tx, held, kind=kind, by="clock", now=now, detail=detail)


def _do(
    service: Service,
    tx: Transaction,
    clock: RowMapping,
    *,
    act: ClockAct,
    alarm: str,
    now: datetime,
) -> None:
    match act:
        case ClockAct.OWNER:
            _call_owner(tx, clock, alarm=alarm)
        case ClockAct.SUPERVISOR:
            _call_supervisors(tx, clock, alarm=alarm)
        case ClockAct.PERSON:
            _tell_person(service, tx, clock, now=now)
        case _:
            assert_never(act)


def _call_owner(tx: Transaction, clock: RowMapping, *, alarm: str) -> None:
    """Of its task; of the conversation while it is in the queue; else of what is due next."""
    if clock["task_id"]:
        task = task_of(tx, TaskId(clock["task_id"]))
        alarm_of(tx, task, kind=alarm, clock=clock["kind"])
        return
    entry = open_entry(tx, ConversationId(clock["conversation_id"]))
    if entry is not None:
        raise_alarm(tx, entry, kind=alarm)
        return
    for task in open_tasks(tx, EnquiryId(clock["enquiry_id"]))[:1]:
        alarm_of(tx, task, kind=alarm, clock=clock["kind"])


def _call_supervisors(tx: Transaction, clock: RowMapping, *, alarm: str) -> None:
    told = {"alarm": clock["id"], "kind": alarm, "clock": clock["kind"]}
    for name in ("conversation_id", "task_id"):
        if clock[name]:
            told[name.removesuffix("_id")] = clock[name]
    tx.tell(TaskAlarm(told, roles=(Role.SUPERVISOR.value,)))


def _tell_person(service: Service, tx: Transaction, clock: RowMapping, *, now: datetime) -> None:
    row = hold(tx, ConversationId(clock["conversation_id"]))
    if ConversationState(row["state"]) is ConversationState.WAITING:
        say(service, tx, row, wording_id="queue.slow", now=now, speaker=Speaker.SYSTEM)
