"""The person goes: says they are done, leaves in a hurry, or falls silent.

Nothing at risk is ever closed by that.
"""

from datetime import datetime

from sqlalchemy import RowMapping

from chat.ending import close_with_bot
from chat.follow_up import Work, put_on_list, subject_of
from chat.service import Service
from chat.telling import raise_alarm
from chat.transcript import record
from handoff.queue import open_entry
from handoff.targets import ClockKind
from handoff.tasks import WELFARE_LIST, open_on
from handoff.timers import set_timer
from models.store import Transaction
from models.vocabulary import ConversationId, ConversationState, LeaveHow, Priority

WELFARE = "welfare"


def at_risk(held: RowMapping) -> bool:
    """Somebody whose silence is a signal: red, and not closed by a person."""
    return (
        Priority(held["priority"]).is_red
        and ConversationState(held["state"]) is not ConversationState.CLOSED
    )


def leave_conversation(
    service: Service, tx: Transaction, held: RowMapping, *, how: LeaveHow, now: datetime
) -> None:
    """Record how the person went.

    With the bot and done: the enquiry ends. At risk: a welfare task is timed.
    """
    state = ConversationState(held["state"])
    if state is ConversationState.CLOSED:
        return
    row = record(
        tx, held, kind="left", by="enquirer", now=now, detail={"how": how.value}, left_at=now
    )
    if at_risk(row):
        start_welfare(service, tx, row, since=now, now=now)
        return
    if state is ConversationState.WITH_BOT and how is LeaveHow.DONE:
        close_with_bot(service, tx, row, is_quiet=False, now=now)


def start_welfare(
    service: Service, tx: Transaction, held: RowMapping, *, since: datetime, now: datetime
) -> None:
    """A welfare task and alarm, due its time from `since`, the disconnect or the second nudge.

    Once a silence.
    """
    if open_on(tx, ConversationId(held["id"]), work_list=WELFARE_LIST):
        return
    work = Work(WELFARE_LIST, "welfare_check", ClockKind.LOST_CONTACT)
    put_on_list(service, tx, subject_of(held), work=work, now=since)
    record(tx, held, kind="welfare_task", by="clock", now=now)
    entry = open_entry(tx, ConversationId(held["id"]))
    if entry is not None:
        raise_alarm(tx, entry, kind="gone_silent")
    set_timer(
        tx,
        ConversationId(held["id"]),
        kind=WELFARE,
        subject=held["id"],
        due_at=since + service.policy.welfare,
    )
