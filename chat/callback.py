"""The person asks to be phoned: number checked, task and clock started, place in the queue kept."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping

from bot.fields import read_answer
from chat.enquiries import add_captured
from chat.follow_up import leave_work
from chat.need import Need
from chat.passing import bring_person
from chat.references import LONDON
from chat.service import Service
from chat.speaking import say
from chat.transcript import hold, record
from chat.views import stamp
from models.errors import BadCommandError, ClosedError
from models.store import Transaction
from models.vocabulary import (
    ConversationId,
    ConversationState,
    EnquiryId,
    FieldStatus,
    Priority,
    Speaker,
)

SHOWN_DIGITS = 3


@dataclass(frozen=True, slots=True)
class CallbackWish:
    phone: str
    safe_to_say_nhs: bool = False
    safe_to_leave_message: bool = False
    when: str | None = None


async def ask_callback(service: Service, conversation: ConversationId, wish: CallbackWish) -> str:
    """Yields when the call is due, RFC 3339.

    Raises BadCommandError for a number that cannot be called, ClosedError.
    """
    now = service.now()
    read = read_answer("phone", wish.phone, today=now.astimezone(LONDON).date())
    if read.status is not FieldStatus.OK:
        raise BadCommandError(hint="phone")
    number = str(read.value)
    return await service.store.write(
        lambda tx: _keep(service, tx, hold(tx, conversation), wish, number=number, now=now)
    )


def _keep(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    wish: CallbackWish,
    *,
    number: str,
    now: datetime,
) -> str:
    if ConversationState(held["state"]) is ConversationState.CLOSED:
        raise ClosedError
    safe = {"say_nhs": wish.safe_to_say_nhs, "leave_message": wish.safe_to_leave_message}
    found = {"phone": number, "safe_to_call": safe}
    add_captured(tx, EnquiryId(held["enquiry_id"]), found=found)
    row = record(tx, held, kind="callback_asked", by="enquirer", now=now)
    due = leave_work(
        service,
        tx,
        row,
        codes=("MOVED_TO_PHONE",),
        due_at=None,
        now=now,
        detail={"safe_to_say_nhs": wish.safe_to_say_nhs, "when": wish.when},
    )
    if ConversationState(row["state"]) is ConversationState.WITH_BOT:
        row = bring_person(service, tx, row, need=Need(Priority.ROUTINE), now=now)
    due = due or now
    said = {"number_masked": f"…{number[-SHOWN_DIGITS:]}", "when": service.calendar.in_words(due)}
    say(
        service,
        tx,
        row,
        wording_id="callback.confirm",
        now=now,
        params=said,
        speaker=Speaker.SYSTEM,
        with_choices=False,
    )
    return stamp(due)
