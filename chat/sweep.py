"""Each minute: proves that nobody is lost.

What it has to mend is mended, counted and alarmed; the target is none.
"""

from dataclasses import dataclass, fields
from datetime import datetime

import structlog
from sqlalchemy import Connection, and_, exists, or_, select, text, update

from chat.enquiries import change_enquiry
from chat.misplaced import bring_back, misplaced
from chat.need import Need
from chat.outbox import put_to_attend
from chat.passing import bring_person, requeue
from chat.service import Service
from chat.task_settling import put_to_review
from chat.transcript import hold
from handoff.clocks import STEP
from handoff.timers import set_timer
from models.facts import AlarmRaised
from models.store import Transaction
from models.tables import (
    clocks,
    conversations,
    enquiries,
    outbox,
    queue_entries,
    readings,
    tallies,
    tasks,
    timers,
)
from models.vocabulary import (
    ConversationId,
    ConversationState,
    EnquiryId,
    EnquiryStatus,
    EntryState,
    Priority,
)

REPAIRS = "sweep_repairs"
TURN = "sweep_turn"
_STEPLESS = and_(
    enquiries.c.status != EnquiryStatus.CLOSED.value,
    or_(enquiries.c.due_at.is_(None), enquiries.c.next_step == "none"),
)
_IN_TALK = conversations.c.state != ConversationState.CLOSED.value
log = structlog.get_logger()


def take_turn(tx: Transaction, minute: int) -> bool:
    """True for one of all nodes that ask for this minute."""
    statement = text(
        "INSERT INTO tally (name, value) VALUES (:name, :minute) ON CONFLICT (name) "
        "DO UPDATE SET value = excluded.value WHERE tally.value < excluded.value"
    )
    return tx.execute(statement, {"name": TURN, "minute": minute}).rowcount == 1


@dataclass(frozen=True, slots=True)
class Astray:
    """What should not be, and how many of it."""

    without_entry: list[ConversationId]
    unread: list[tuple[ConversationId, int]]
    ownerless: list[ConversationId]
    unwatched: list[tuple[str, ConversationId]]
    listless: list[EnquiryId]
    misplaced: list[ConversationId]

    @property
    def counts(self) -> dict[str, int]:
        return {each.name: len(getattr(self, each.name)) for each in fields(self)}


def _look(db: Connection) -> Astray:
    return Astray(
        without_entry=_without_entry(db),
        unread=_unread(db),
        ownerless=_ownerless(db),
        unwatched=_unwatched(db),
        listless=_listless(db),
        misplaced=misplaced(db),
    )


async def sweep(service: Service) -> int:
    """Yields how many repairs were needed."""
    now = service.now()
    astray = await service.store.read(_look)
    faults = sum(astray.counts.values())
    if faults:
        log.error("sweep_repairs", **astray.counts)
        await service.store.write(lambda tx: _mend(service, tx, astray, now=now))
    return faults


def _mend(service: Service, tx: Transaction, astray: Astray, *, now: datetime) -> None:
    for conversation in astray.without_entry:
        requeue(service, tx, hold(tx, conversation), now=now)
    for conversation, seq in astray.unread:
        stood = {"asks": None, "in_crisis_script": False}
        put_to_attend(tx, conversation, seq=seq, stood=stood, now=now)
    for conversation in astray.ownerless:
        _give_owner(service, tx, conversation, now=now)
    for clock_id, conversation in astray.unwatched:
        _watch_again(tx, clock_id, conversation, now=now)
    for enquiry in astray.listless:
        _track_again(service, tx, enquiry, now=now)
    for conversation in astray.misplaced:
        bring_back(service, tx, conversation, now=now)
    tx.tell(AlarmRaised({"alarm": REPAIRS, "kind": REPAIRS, "entry": None}))
    faults = sum(astray.counts.values())
    tx.execute(
        update(tallies).where(tallies.c.name == REPAIRS).values(value=tallies.c.value + faults)
    )


def _without_entry(db: Connection) -> list[ConversationId]:
    """Waiting, or with a practitioner, and no open queue entry: nobody would ever come."""
    with_people = (
        ConversationState.WAITING.value,
        ConversationState.WITH_PRACTITIONER.value,
        ConversationState.ON_PHONE.value,
    )
    held = exists().where(
        queue_entries.c.conversation_id == conversations.c.id,
        queue_entries.c.state != EntryState.DONE.value,
    )
    statement = select(conversations.c.id).where(conversations.c.state.in_(with_people), ~held)
    return [ConversationId(found) for found in db.execute(statement).scalars()]


def _unread(db: Connection) -> list[tuple[ConversationId, int]]:
    """Stored, never heard by the second reader, and nothing promises that it will be."""
    promised = exists().where(
        outbox.c.conversation_id == readings.c.conversation_id,
        outbox.c.seq == readings.c.seq,
        outbox.c.done_at.is_(None),
    )
    statement = select(readings.c.conversation_id, readings.c.seq).where(
        readings.c.second_at.is_(None), ~promised
    )
    return [(ConversationId(row.conversation_id), row.seq) for row in db.execute(statement)]


def _ownerless(db: Connection) -> list[ConversationId]:
    """In talk, neither closed with an outcome nor holding a next step with a due time."""
    statement = (
        select(conversations.c.id)
        .join(enquiries, enquiries.c.id == conversations.c.enquiry_id)
        .where(_STEPLESS, _IN_TALK)
    )
    return [ConversationId(found) for found in db.execute(statement).scalars()]


def _unwatched(db: Connection) -> list[tuple[str, ConversationId]]:
    """A running clock with no timer left that would notice it being missed."""
    watched = exists().where(timers.c.subject == clocks.c.id, timers.c.done_at.is_(None))
    statement = select(clocks.c.id, clocks.c.conversation_id).where(
        clocks.c.met_at.is_(None),
        clocks.c.stopped_at.is_(None),
        clocks.c.missed_at.is_(None),
        ~watched,
    )
    return [(row.id, ConversationId(row.conversation_id)) for row in db.execute(statement)]


def _listless(db: Connection) -> list[EnquiryId]:
    """Out of talk, and on no list or without a next step: nobody would ever look at it again."""
    has_task = exists().where(tasks.c.enquiry_id == enquiries.c.id, tasks.c.done_at.is_(None))
    tracked = enquiries.c.status == EnquiryStatus.TRACKING.value
    in_talk = exists().where(conversations.c.enquiry_id == enquiries.c.id, _IN_TALK)
    lost = or_(and_(tracked, ~has_task), and_(_STEPLESS, ~in_talk))
    statement = select(enquiries.c.id).where(lost)
    return [EnquiryId(found) for found in db.execute(statement).scalars()]


def _track_again(service: Service, tx: Transaction, enquiry: EnquiryId, *, now: datetime) -> None:
    change_enquiry(tx, enquiry, status=EnquiryStatus.TRACKING.value)
    put_to_review(service, tx, enquiry, now=now)


def _give_owner(
    service: Service, tx: Transaction, conversation: ConversationId, *, now: datetime
) -> None:
    held = hold(tx, conversation)
    if ConversationState(held["state"]) is ConversationState.WITH_BOT:
        need = Need(Priority.ROUTINE, wording_id="handoff.unsure")
        bring_person(service, tx, held, need=need, now=now)
    else:
        requeue(service, tx, held, now=now)


def _watch_again(
    tx: Transaction, clock_id: str, conversation: ConversationId, *, now: datetime
) -> None:
    due = tx.execute(select(clocks.c.due_at).where(clocks.c.id == clock_id)).scalar_one()
    set_timer(tx, conversation, kind=STEP, subject=clock_id, due_at=max(due, now))
