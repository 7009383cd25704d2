"""The conversation goes on by phone: number read back, what is safe kept, each try written down.

Clocks and owner stay as they are; what the person writes meanwhile is read as before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from bot.fields import read_answer
from chat.enquiries import add_captured, change_enquiry
from chat.follow_up import leave_work
from chat.practitioner import fenced
from chat.references import LONDON
from chat.service import Service
from chat.speaking import say
from chat.staff import SignedIn
from chat.states import Act, next_state
from chat.task_work import held_task
from chat.transcript import hold, record, tell_state
from chat.views import stamp
from handoff.clocks import keep_clocks
from handoff.tasks import accept_task, change_task, open_tasks
from models.errors import BadCommandError, ClosedError, NotFoundError
from models.store import Transaction
from models.vocabulary import (
    ConversationId,
    ConversationState,
    EnquiryId,
    FieldStatus,
    Speaker,
    TaskId,
)

CALLBACKS = "callbacks"
CLOCK = "URGENT_CALLBACK"
SHOWN_DIGITS = 3
SPOKEN, NO_ANSWER, MESSAGE_LEFT, WRONG_NUMBER, BUSY = (
    "spoken",
    "no_answer",
    "message_left",
    "wrong_number",
    "busy",
)
RESULTS = (SPOKEN, NO_ANSWER, MESSAGE_LEFT, WRONG_NUMBER, BUSY)
ATTEMPTS = "attempts"


@dataclass(frozen=True, slots=True)
class PhoneWish:
    phone: str
    safe_to_say_nhs: bool
    safe_to_leave_message: bool
    when: datetime | None = None


async def to_phone(
    service: Service, staff: SignedIn, *, conversation: ConversationId, wish: PhoneWish
) -> dict[str, Any]:
    """Yields the task and the number in groups, to be read back to the person.

    Raises NotYoursError, BadCommandError for a number that cannot be called.
    """
    now = service.now()
    read = read_answer("phone", wish.phone, today=now.astimezone(LONDON).date())
    if read.status is not FieldStatus.OK:
        raise BadCommandError(hint="phone")
    number = str(read.value)

    def work(tx: Transaction) -> dict[str, Any]:
        held = fenced(tx, staff, conversation, version=None)
        task = _keep(service, tx, held, staff, wish=wish, number=number, now=now)
        return {
            "task": task["id"],
            "due": stamp(task["due_at"]),
            "read_back": in_groups(number),
        }

    return await service.store.write(work)


def _keep(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    staff: SignedIn,
    *,
    wish: PhoneWish,
    number: str,
    now: datetime,
) -> RowMapping:
    enquiry = EnquiryId(held["enquiry_id"])
    safe = {"say_nhs": wish.safe_to_say_nhs, "leave_message": wish.safe_to_leave_message}
    add_captured(tx, enquiry, found={"phone": number, "safe_to_call": safe})
    detail = {
        "safe_to_say_nhs": wish.safe_to_say_nhs,
        "safe_to_leave_message": wish.safe_to_leave_message,
        ATTEMPTS: [],
    }
    task = _task(service, tx, held, staff, wish=wish, detail=detail, now=now)
    state = ConversationState(held["state"])
    moved = state if state is ConversationState.ON_PHONE else next_state(state, Act.MOVED_TO_PHONE)
    row = record(
        tx,
        held,
        kind="moved_to_phone",
        by=staff.id,
        now=now,
        detail={"task": task["id"], **safe},
        state=moved.value,
    )
    change_enquiry(tx, enquiry, next_step="call_person")
    when = service.calendar.in_words(task["due_at"])
    masked = {"number_masked": f"…{number[-SHOWN_DIGITS:]}", "when": when}
    row = _say(service, tx, row, wording_id="callback.confirm", params=masked, now=now)
    tell_state(tx, row)
    return task


def _task(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    staff: SignedIn,
    *,
    wish: PhoneWish,
    detail: Mapping[str, Any],
    now: datetime,
) -> RowMapping:
    """The open task to phone them, if they asked for one before; else a new one. Theirs now."""
    enquiry = EnquiryId(held["enquiry_id"])
    known = _open(tx, enquiry)
    if known is None:
        leave_work(
            service, tx, held, codes=("MOVED_TO_PHONE",), due_at=wish.when, now=now, detail=detail
        )
        known = _open(tx, enquiry)
    if known is None:
        raise NotFoundError
    due = wish.when or known["due_at"]
    kept = {**known["detail"], **detail}
    return accept_task(tx, TaskId(known["id"]), owner=staff.id, due_at=due, detail=kept)


def _open(tx: Transaction, enquiry: EnquiryId) -> RowMapping | None:
    return next((row for row in open_tasks(tx, enquiry) if row["work_list"] == CALLBACKS), None)


def in_groups(number: str) -> str:
    """Eleven digits as they are read aloud."""
    return f"{number[:5]} {number[5:8]} {number[8:]}"


async def to_chat(service: Service, staff: SignedIn, *, conversation: ConversationId) -> None:
    """Back from the phone: the owner writes again. Raises NotYoursError, ClosedError."""
    now = service.now()

    def work(tx: Transaction) -> None:
        held = fenced(tx, staff, conversation, version=None)
        if ConversationState(held["state"]) is not ConversationState.ON_PHONE:
            raise ClosedError
        back = next_state(ConversationState.ON_PHONE, Act.BACK_FROM_PHONE)
        row = record(tx, held, kind="back_from_phone", by=staff.id, now=now, state=back.value)
        row = _say(service, tx, row, wording_id="handoff.phone.back", params={}, now=now)
        tell_state(tx, row)

    await service.store.write(work)


async def attempt(
    service: Service, staff: SignedIn, *, task: TaskId, result: str
) -> dict[str, Any]:
    """Write down one try to phone. Spoken: the task and its clock are done. Else it is due again,
    and the person reads that we tried.

    Raises NotFoundError, ClosedError, NotYoursError, BadCommandError; for a message left also
    where the person did not say that this is safe.
    """
    if result not in RESULTS:
        raise BadCommandError(hint="result")
    now = service.now()

    def work(tx: Transaction) -> dict[str, Any]:
        row = held_task(tx, staff, task)
        if row["work_list"] != CALLBACKS:
            raise NotFoundError
        if result == MESSAGE_LEFT and not row["detail"].get("safe_to_leave_message"):
            raise BadCommandError(hint="result")
        made = [*row["detail"].get(ATTEMPTS, ()), _made(staff, result, now=now)]
        return _after(service, tx, row, staff, made=made, now=now)

    return await service.store.write(work)


def _made(staff: SignedIn, result: str, *, now: datetime) -> dict[str, str]:
    return {"at": stamp(now), "by": staff.id, "name": staff.name, "result": result}


def _after(
    service: Service,
    tx: Transaction,
    row: RowMapping,
    staff: SignedIn,
    *,
    made: list[dict[str, str]],
    now: datetime,
) -> dict[str, Any]:
    result = made[-1]["result"]
    detail = {**row["detail"], ATTEMPTS: made}
    again = now + service.policy.callback_again
    values: dict[str, Any] = {"detail": detail, "due_at": again}
    if result == SPOKEN:
        values = {"detail": detail, "state": SPOKEN, "done_at": now}
        keep_clocks(tx, row, kinds=(CLOCK,), now=now)
    changed = change_task(tx, TaskId(row["id"]), **values)
    held = hold(tx, ConversationId(row["conversation_id"]))
    kept = {"task": row["id"], "result": result, "attempt": len(made)}
    after = record(tx, held, kind="call_attempted", by=staff.id, now=now, detail=kept)
    if result in {NO_ANSWER, BUSY, MESSAGE_LEFT} and after["state"] != "closed":
        times = {
            "time": service.calendar.in_words(now),
            "next_time": service.calendar.in_words(again),
        }
        _say(service, tx, after, wording_id="callback.missed", params=times, now=now)
    return {"task": changed["id"], "attempts": made, "due_at": stamp(changed["due_at"])}


def _say(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    wording_id: str,
    params: Mapping[str, str],
    now: datetime,
) -> RowMapping:
    return say(
        service,
        tx,
        held,
        wording_id=wording_id,
        now=now,
        params=params,
        speaker=Speaker.SYSTEM,
        with_choices=False,
    )
