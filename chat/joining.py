"""A second practitioner or a supervisor reads along or joins. Both can speak; the owner stays one.

Reading along says nothing to the person; who joins to speak is named to them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping

from chat import audit, participants
from chat.briefings import brief
from chat.rights import check_may_open
from chat.service import Service
from chat.speaking import say
from chat.staff import SignedIn
from chat.transcript import hold, read, record
from chat.views import entry_view
from handoff.queue import open_entry
from models.errors import ClosedError, NotYoursError
from models.store import Transaction
from models.tables import queue_entries
from models.vocabulary import ConversationId, ConversationState, Speaker

TALKING = (ConversationState.WITH_PRACTITIONER, ConversationState.ON_PHONE)


@dataclass(frozen=True, slots=True)
class Joined:
    """What a colleague sees: as who took it, but without a claim."""

    entry: dict[str, Any]
    conversation: ConversationId
    briefing: dict[str, Any]


async def join(
    service: Service, staff: SignedIn, *, conversation: ConversationId, speak: bool
) -> Joined:
    """Raises NotFoundError, ClosedError when nobody waits or talks there, NotYoursError for the
    owner, who is there already, and for a second voice before there is a first.
    """
    now = service.now()

    def work(tx: Transaction) -> RowMapping:
        held = hold(tx, conversation)
        check_may_open(tx.connection, staff, held, now=now)
        entry = open_entry(tx, conversation)
        if entry is None:
            raise ClosedError
        talking = ConversationState(held["state"]) in TALKING
        if held["holder"] == staff.id or (speak and not talking):
            raise NotYoursError
        _enter(service, tx, held, staff, speak=speak, now=now)
        return entry

    return await _view(service, await service.store.write(work))


def _enter(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    staff: SignedIn,
    *,
    speak: bool,
    now: datetime,
) -> None:
    conversation = ConversationId(held["id"])
    known = participants.may_speak(tx, conversation, staff.id)
    participants.enter(tx, conversation, staff, speak=speak, now=now)
    kind = "colleague_joined" if speak else "colleague_reads"
    row = record(tx, held, kind=kind, by=staff.id, now=now, detail={"name": staff.name})
    action = "conversation:join" if speak else "conversation:read_along"
    audit.note(tx, actor=staff.id, action=action, subject=held["reference"], now=now)
    if speak and not known:
        _tell_person(service, tx, row, staff, wording_id="handoff.also.joined", now=now)
    participants.tell_colleagues(tx, conversation)


def _tell_person(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    staff: SignedIn,
    *,
    wording_id: str,
    now: datetime,
) -> None:
    say(
        service,
        tx,
        held,
        wording_id=wording_id,
        now=now,
        speaker=Speaker.SYSTEM,
        params={
            "first_name": staff.name,
            "role": staff.title,
            "next_name": held["holder_name"] or "",
        },
        with_choices=False,
    )


async def part(service: Service, staff: SignedIn, *, conversation: ConversationId) -> None:
    """The colleague goes again; the owner stays. Raises NotYoursError when they were not there."""
    now = service.now()

    def work(tx: Transaction) -> None:
        held = hold(tx, conversation)
        was = participants.part(tx, conversation, staff.id, now=now)
        if was is None:
            raise NotYoursError
        detail = {"name": staff.name}
        row = record(tx, held, kind="colleague_left", by=staff.id, now=now, detail=detail)
        spoke = was == Speaker.PRACTITIONER.value
        if spoke and ConversationState(row["state"]) in TALKING:
            _tell_person(service, tx, row, staff, wording_id="handoff.also.left", now=now)
        participants.tell_colleagues(tx, conversation)

    await service.store.write(work)


async def beside(service: Service, staff: SignedIn) -> list[Joined]:
    """Where this colleague is now: for a console that comes back."""

    def look(db: Connection) -> list[RowMapping]:
        return [
            entry
            for row in participants.conversations_with(db, staff.id)
            if (entry := _open_entry(db, ConversationId(row["conversation_id"]))) is not None
        ]

    return [await _view(service, entry) for entry in await service.store.read(look)]


def _open_entry(db: Connection, conversation: ConversationId) -> RowMapping | None:
    """Of a conversation that somebody else owns."""
    row = read(db, conversation)
    statement = queue_entries.select().where(
        queue_entries.c.conversation_id == conversation, queue_entries.c.state != "done"
    )
    entry = db.execute(statement).mappings().first()
    return entry if row["state"] != ConversationState.CLOSED.value else None


async def _view(service: Service, entry: RowMapping) -> Joined:
    conversation = ConversationId(entry["conversation_id"])
    briefing = await service.store.read(lambda db: brief(service, db, conversation, entry))
    return Joined(entry_view(entry), conversation, briefing)
