"""A referral that came by phone, letter or email: logged by staff, screened like any words, and in
the same queue or on the same list, under the same clocks, as one that was typed.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select

from chat import audit
from chat.arrival import signal_kept
from chat.beginning import Opening, open_unspoken
from chat.enquiries import add_captured, add_outcomes, change_enquiry, hand_to
from chat.follow_up import leave_work
from chat.need import Need, reasons_from
from chat.passing import queue_unspoken
from chat.reading import Question, Read
from chat.references import LONDON
from chat.roles import roles
from chat.service import Service
from chat.staff import SignedIn
from chat.states import Act, next_state
from chat.transcript import Saying, append, record
from chat.views import stamp
from handoff.screening import Before, combine
from models.errors import BadCommandError, NotFoundError
from models.readings import FirstReading, Verdict
from models.store import Transaction
from models.tables import conversations, enquiries, readings
from models.text import readable
from models.vocabulary import (
    AuthorType,
    ClientRef,
    ConversationState,
    EnquiryId,
    EnquiryKind,
    EnquiryStatus,
    FieldId,
    OwnerKind,
    Priority,
    Speaker,
    highest,
)

LOG = "enquiry:log"
LOGGED = ("REFERRAL_LOGGED",)


@dataclass(frozen=True, slots=True)
class Referral:
    """As it came in. `priority` is what staff say of it: the screen may raise it."""

    channel: str
    text: str
    priority: Priority = Priority.ROUTINE
    author: AuthorType = AuthorType.PROFESSIONAL
    received_at: datetime | None = None
    client_ref: str | None = None
    captured: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the text, no longer than a message, and what both readers found in it."""

    text: str
    first: FirstReading
    read: Read
    verdict: Verdict


async def log_referral(service: Service, staff: SignedIn, referral: Referral) -> dict[str, Any]:
    """Yields its reference, priority, status and due time; sent twice it is kept once.

    Raises NotAllowedError, BadCommandError.
    """
    roles().check_action(staff.role, LOG)
    now = service.now()
    _check(service, referral, now=now)
    parts = [part async for part in _read(service, referral, now=now)]

    def work(tx: Transaction) -> RowMapping:
        known = _known(tx, referral.client_ref)
        return known or _keep(service, tx, staff, referral, parts=parts, now=now)

    return _view(await service.store.write(work))


async def logged(service: Service, staff: SignedIn, client_ref: str) -> dict[str, Any]:
    """What became of a referral just logged, by the `client_ref` that only its logger knows.

    Raises NotAllowedError, NotFoundError.
    """
    roles().check_action(staff.role, LOG)
    row = await service.store.read(lambda db: _known(db, client_ref))
    if row is None:
        raise NotFoundError
    return _view(row)


def _view(row: RowMapping) -> dict[str, Any]:
    return {
        "reference": row["reference"],
        "priority": row["priority"],
        "status": row["status"],
        "due_at": stamp(row["due_at"]) if row["due_at"] else None,
    }


def _check(service: Service, referral: Referral, *, now: datetime) -> None:
    if not readable(referral.text).strip():
        raise BadCommandError(hint="text")
    if referral.received_at is not None and referral.received_at > now:
        raise BadCommandError(hint="received_at")
    known = service.capture.ids()
    for name, value in referral.captured.items():
        if FieldId(name) not in known or not isinstance(value, str):
            raise BadCommandError(hint=f"captured.{name}")


async def _read(service: Service, referral: Referral, *, now: datetime) -> AsyncIterator[Part]:
    """Both readers over every piece, each with the pieces before it as what was said earlier."""
    earlier: list[str] = []
    found: list[Priority] = []
    for text in pieces(readable(referral.text).strip(), longest=service.policy.message_length):
        question = Question(
            text,
            today=now.astimezone(LONDON).date(),
            author=referral.author,
            earlier=tuple(earlier[-4:]),
        )
        first, read = service.reader.first(text), await service.reader.read(question)
        verdict = combine(
            first,
            read.second,
            before=Before(0, found[-4:]),
            ambers_that_are_red=service.policy.ambers_that_are_red,
            rising_turns=service.policy.rising_turns,
        )
        earlier.append(text)
        found.append(verdict.priority)
        yield Part(text, first, read, verdict)


def pieces(text: str, *, longest: int) -> Iterator[str]:
    """The whole text in order, cut at a line or a blank where there is one."""
    left = text
    while len(left) > longest:
        cut = max(left.rfind("\n", 1, longest), left.rfind(" ", 1, longest))
        cut = cut if cut > 0 else longest
        yield left[:cut]
        left = left[cut:].lstrip()
    yield left


def _known(reader: Connection | Transaction, client_ref: str | None) -> RowMapping | None:
    if client_ref is None:
        return None
    statement = (
        select(enquiries)
        .join(conversations, conversations.c.enquiry_id == enquiries.c.id)
        .where(conversations.c.start_ref == client_ref)
    )
    return reader.execute(statement).mappings().first()


def needed(referral: Referral, parts: list[Part]) -> Priority:
    """What staff said, raised by what the readers found; a part they could not read is urgent."""
    unread = any(part.verdict.fault or part.verdict.unreadable for part in parts)
    least = Priority.URGENT if unread else Priority.ROUTINE
    return highest(least, referral.priority, *(part.verdict.priority for part in parts))


def _keep(
    service: Service,
    tx: Transaction,
    staff: SignedIn,
    referral: Referral,
    *,
    parts: list[Part],
    now: datetime,
) -> RowMapping:
    ref = ClientRef(referral.client_ref) if referral.client_ref else None
    row = open_unspoken(service, tx, Opening(referral.author, ref), by=staff.id, now=now)
    came = referral.received_at or now
    row = record(
        tx,
        row,
        kind="referral_logged",
        by=staff.id,
        now=now,
        detail={"channel": referral.channel, "received_at": stamp(came)},
        first_message_at=came,
    )
    for part in parts:
        row = _keep_part(tx, row, part, now=now)
    enquiry = EnquiryId(row["enquiry_id"])
    add_captured(tx, enquiry, found=dict(referral.captured))
    audit.note(tx, actor=staff.id, action=LOG, subject=row["reference"], now=now)
    priority = needed(referral, parts)
    if priority.at_least(Priority.URGENT):
        return _to_queue(service, tx, row, parts, priority=priority, now=now)
    return _to_review(service, tx, row, now=now)


def _keep_part(tx: Transaction, row: RowMapping, part: Part, *, now: datetime) -> RowMapping:
    row = append(tx, row, saying=Saying(Speaker.ENQUIRER, part.text), now=now)
    second = part.read.second
    reading = {
        "conversation_id": row["id"],
        "seq": row["last_seq"],
        "at": now,
        "first_priority": part.first.priority.value,
        "first_failed": part.first.failed,
        "concern": part.first.concern.value,
        "signals": [signal_kept(signal) for signal in part.verdict.signals],
        "second_at": now,
        "second_priority": second.priority.value,
        "second_unsure": second.unsure,
        "second_fault": second.fault.value if second.fault else None,
        "priority": part.verdict.priority.value,
    }
    tx.execute(insert(readings), reading)
    return row


def _to_queue(
    service: Service,
    tx: Transaction,
    row: RowMapping,
    parts: list[Part],
    *,
    priority: Priority,
    now: datetime,
) -> RowMapping:
    """A practitioner takes it like anybody who waits: there is a person behind it."""
    reasons = [
        reason
        for seq, part in enumerate(parts, start=1)
        for reason in reasons_from(part.verdict.signals, seq=seq, text=part.text)
    ]
    enquiry = EnquiryId(row["enquiry_id"])
    change_enquiry(tx, enquiry, kind=EnquiryKind.PRO_URGENT.value, route="RT-10")
    need = Need(priority, reasons=reasons, clinical=True)
    row = queue_unspoken(service, tx, row, need=need, now=now)
    return change_enquiry(tx, enquiry, clinical=True)


def _to_review(service: Service, tx: Transaction, row: RowMapping, *, now: datetime) -> RowMapping:
    """RT-11: a clinician reviews it within a working day of its coming in."""
    enquiry = EnquiryId(row["enquiry_id"])
    row = record(
        tx,
        row,
        kind="priority_raised",
        by="screen",
        now=now,
        detail={"from": row["priority"], "to": Priority.ROUTINE.value},
        priority=Priority.ROUTINE.value,
        state=next_state(ConversationState(row["state"]), Act.MESSAGE_LEFT).value,
        closed_at=now,
    )
    due = leave_work(service, tx, row, codes=LOGGED, due_at=None, now=now, detail={"from": "log"})
    add_outcomes(tx, enquiry, codes=LOGGED, status=EnquiryStatus.TRACKING, now=now)
    return hand_to(
        tx,
        enquiry,
        status=EnquiryStatus.TRACKING,
        owner=(OwnerKind.LIST, "review"),
        next_step="clinical_review",
        due_at=due,
        kind=EnquiryKind.PRO_ROUTINE.value,
        route="RT-11",
        clinical=True,
        priority=Priority.ROUTINE.value,
    )
