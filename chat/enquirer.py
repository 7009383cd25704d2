"""What an enquirer does: start, send, catch up, come back, ask for a person, leave.

Never waits for the bot.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from chat import transcript
from chat.access import conversation_by_resume_code, conversation_by_token
from chat.arrival import Inbound, arrive
from chat.beginning import Opening, begin, begin_again
from chat.leaving import leave_conversation
from chat.need import Need
from chat.passing import bring_person
from chat.service import Service
from chat.telling import band_of
from chat.transcript import hold
from chat.views import stamp, state_view
from models.errors import BadCommandError, TooFastError, TooLongError
from models.store import Transaction
from models.text import readable
from models.vocabulary import (
    AuthorType,
    ClientRef,
    ConversationId,
    ConversationState,
    LeaveHow,
    Priority,
)

ASKED = Need(Priority.ROUTINE, wording_id="handoff.asked")


@dataclass(frozen=True, slots=True)
class Started:
    conversation: ConversationId
    token: str
    resume_code: str
    reference: str
    messages: list[dict[str, Any]]
    state: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """Kept: its number, and when."""

    seq: int
    at: str


@dataclass(frozen=True, slots=True)
class Transcript:
    messages: list[dict[str, Any]]
    state: dict[str, Any]


async def start(
    service: Service,
    *,
    author: AuthorType | None,
    text: str | None,
    client_ref: ClientRef | None,
    address: str | None = None,
) -> Started:
    """Open a conversation; the same `client_ref` again gives the same one. Of the `address` only a
    keyed hash is kept, so that a supervisor can limit a sender.

    Raises TooLongError, BadCommandError; danger in too long a text is kept and acted on.
    """
    now = service.now()
    inbound = None
    if text is not None:
        inbound = _first(service, text, client_ref=client_ref or ClientRef(uuid.uuid4().hex))

    def work(tx: Transaction) -> ConversationId:
        opening = Opening(author, client_ref, service.keys.address(address) if address else None)
        held = begin(service, tx, opening, now=now)
        if inbound is not None:
            arrive(service, tx, held, inbound=inbound, now=now)
        return ConversationId(held["id"])

    return await _opened(service, await service.store.write(work))


def check_may_start(service: Service, *, address: str, text: str | None = None) -> None:
    """Raises TooFastError for an address that starts too many; never for words of danger."""
    if text is not None and service.reader.first(readable(text)).priority.is_red:
        return
    service.pace.check_start(address)


def _first(service: Service, text: str, *, client_ref: ClientRef) -> Inbound:
    """The first words; too long ones that speak of danger are kept by head and tail, because
    nobody who is refused here has a conversation to say them in again.
    """
    try:
        return _inbound(service, text, client_ref=client_ref)
    except TooLongError:
        refused = _danger_in_refused(service, text, client_ref=client_ref)
        if refused is None:
            raise
        return refused


async def resume(service: Service, resume_code: str) -> Started:
    """Open the conversation on this device. Raises NotFoundError."""
    found = await service.store.read(lambda db: conversation_by_resume_code(db, resume_code))
    now = service.now()

    def work(tx: Transaction) -> None:
        transcript.record(tx, hold(tx, found), kind="resumed", by="enquirer", now=now, left_at=None)

    await service.store.write(work)
    return await _opened(service, found)


async def by_token(service: Service, token: str) -> ConversationId:
    """Raises NotSignedInError."""
    return await service.store.read(lambda db: conversation_by_token(db, token))


async def send(
    service: Service,
    conversation: ConversationId,
    *,
    client_ref: ClientRef,
    text: str,
    choice: str | None = None,
    address: str | None = None,
) -> Sent:
    """Keep one message, screened by the first reader; sent twice it is kept once.

    Raises BadCommandError, TooLongError or TooFastError; danger in refused text is kept and acted
    on all the same.
    """
    now = service.now()
    try:
        inbound = _inbound(service, text, client_ref=client_ref, choice=choice)
        service.pace.check_message(conversation, address=address)
    except (TooLongError, TooFastError):
        await _act_on_danger(service, conversation, text=text, client_ref=client_ref, now=now)
        raise
    row = await service.store.write(
        lambda tx: arrive(service, tx, hold(tx, conversation), inbound=inbound, now=now)
    )
    return Sent(row["seq"], stamp(row["at"]))


def _inbound(
    service: Service, text: str, *, client_ref: ClientRef, choice: str | None = None
) -> Inbound:
    if not readable(text).strip():
        raise BadCommandError(hint="text is empty")
    text = readable(text)
    if len(text) > service.policy.message_length:
        raise TooLongError
    return Inbound(text, client_ref, service.reader.first(text), choice)


async def _act_on_danger(
    service: Service,
    conversation: ConversationId,
    *,
    text: str,
    client_ref: ClientRef,
    now: datetime,
) -> None:
    """Text refused as too long or too fast is still read; when red, its head and tail are kept."""
    ref = ClientRef(f"refused:{client_ref}")
    inbound = _danger_in_refused(service, text, client_ref=ref)
    if inbound is None:
        return
    await service.store.write(
        lambda tx: arrive(service, tx, hold(tx, conversation), inbound=inbound, now=now)
    )


def _danger_in_refused(service: Service, text: str, *, client_ref: ClientRef) -> Inbound | None:
    found = service.reader.first(readable(text))
    if not found.priority.is_red:
        return None
    kept = _head_and_tail(readable(text), service.policy.message_length)
    return Inbound(kept, client_ref, service.reader.first(kept), None, found)


def _head_and_tail(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    half = limit // 2 - 2
    return f"{text[:half]} … {text[-half:]}"


async def since(service: Service, conversation: ConversationId, seq: int) -> Transcript:
    """Messages after `seq`, one page, and the state; ask again until you have `last_seq`."""

    def work(db: Connection) -> Transcript:
        row = transcript.read(db, conversation)
        waiting = ConversationState(row["state"]) is ConversationState.WAITING
        band = band_of(db, conversation) if waiting else None
        return Transcript(transcript.since(db, conversation, seq), state_view(row, band=band))

    return await service.store.read(work)


async def ask_for_person(service: Service, conversation: ConversationId) -> dict[str, Any]:
    """The first time, in any state. Yields the state."""
    now = service.now()

    def work(tx: Transaction) -> None:
        row = hold(tx, conversation)
        row = transcript.record(tx, row, kind="person_asked", by="enquirer", now=now)
        match ConversationState(row["state"]):
            case ConversationState.CLOSED:
                row, back = begin_again(service, tx, row, now=now)
                bring_person(service, tx, row, need=back or ASKED, now=now)
            case ConversationState.WITH_BOT:
                bring_person(service, tx, row, need=ASKED, now=now)
            case (
                ConversationState.WAITING
                | ConversationState.WITH_PRACTITIONER
                | ConversationState.ON_PHONE
            ):
                pass

    await service.store.write(work)
    return (await since(service, conversation, 0)).state


async def leave(service: Service, conversation: ConversationId, *, how: LeaveHow) -> None:
    """The person goes. Nothing at risk is closed by this; see leaving."""
    now = service.now()
    await service.store.write(
        lambda tx: leave_conversation(service, tx, hold(tx, conversation), how=how, now=now)
    )


async def _opened(service: Service, conversation: ConversationId) -> Started:
    found = await since(service, conversation, 0)
    return Started(
        conversation=conversation,
        token=service.keys.token(conversation),
        resume_code=service.keys.resume_code(conversation),
        reference=found.state["reference"],
        messages=found.messages,
        state=found.state,
    )
