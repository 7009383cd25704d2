"""Somebody was taken and nobody writes to them: the claim is given back when the reply is due.

Never sooner than the clock's own first alarm after taking: a briefing has to be read.
"""

from datetime import datetime

from sqlalchemy import RowMapping

from chat.giving_back import put_back
from chat.need import FIRST_HUMAN
from chat.service import Service
from chat.telling import raise_alarm
from chat.transcript import hold
from handoff.clocks import running_of
from handoff.policy import ClockKind
from handoff.queue import open_entry
from handoff.targets import plan
from handoff.timers import set_timer
from models.store import Transaction
from models.vocabulary import ConversationId, ConversationState, EnquiryId, EntryState

NO_REPLY = "no_reply"


def expect_reply(service: Service, tx: Transaction, entry: RowMapping, *, now: datetime) -> None:
    """Armed on taking, for this claim alone; not when they were written to before."""
    conversation = ConversationId(entry["conversation_id"])
    enquiry = EnquiryId(hold(tx, conversation)["enquiry_id"])
    for clock in running_of(tx, enquiry, prefix=FIRST_HUMAN):
        time_to_read = plan(
            ClockKind(clock["kind"]), now, policy=service.policy, calendar=service.calendar
        )
        due_at = max(clock["due_at"], *time_to_read.alarms[:1], now)
        set_timer(
            tx,
            conversation,
            kind=NO_REPLY,
            subject=entry["id"],
            due_at=due_at,
            version=entry["claim_version"],
        )


def no_reply(service: Service, tx: Transaction, timer: RowMapping, *, now: datetime) -> None:
    """Still the same claim, and still not a word: back to the front of the queue."""
    conversation = ConversationId(timer["conversation_id"])
    held = hold(tx, conversation)
    entry = open_entry(tx, conversation)
    if entry is None or entry["id"] != timer["subject"]:
        return
    claimed = entry["state"] == EntryState.CLAIMED.value
    if not claimed or entry["claim_version"] != timer["version"]:
        return
    if held["state"] != ConversationState.WITH_PRACTITIONER.value:  # they are on the phone
        return
    enquiry = EnquiryId(held["enquiry_id"])
    if not running_of(tx, enquiry, prefix=FIRST_HUMAN):
        return
    put_back(service, tx, entry, how=NO_REPLY, by="clock", now=now)
    raise_alarm(tx, entry, kind=NO_REPLY)
