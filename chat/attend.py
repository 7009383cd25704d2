"""Attends to one stored message: second reading, one next step, the bot if it is its turn.

May run twice: each part is guarded in the store, so the second run finds nothing left to do.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, select, update

from bot.dialogue import Turn
from chat import transcript
from chat.bot_turn import answer, turn_for
from chat.crisis_turn import answer_crisis, answer_safety, ask_safety
from chat.enquiries import add_captured, add_topics
from chat.limiting import limit_of, show_numbers
from chat.need import Need, reasons_from
from chat.passing import bring_person
from chat.reader import Question, Read
from chat.routing import NextStep, Standing, needed_priority, next_step
from chat.service import Service
from handoff.safety_reply import safety_reply
from handoff.screening import Before, combine
from models.readings import FirstReading, ReaderFault, Signal, Verdict
from models.store import Transaction
from models.tables import messages, outbox, readings
from models.vocabulary import (
    AuthorType,
    Concern,
    ConversationId,
    ConversationState,
    EnquiryId,
    FieldId,
    OutboxId,
    Priority,
)

CONTEXT_TURNS = 5
CALL_BACK = "call_back"
LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known when a message is attended to."""

    work: OutboxId
    conversation: RowMapping
    message: RowMapping
    reading: RowMapping
    earlier: list[str]
    found: list[Priority]
    asks: str | None
    in_crisis_script: bool
    cleared: bool


async def attend(service: Service, work: OutboxId) -> None:
    """Work one outbox row to its end. Raises nothing that a retry could not mend."""
    situation = await service.store.read(lambda db: _situation(db, work))
    if situation is None:
        return
    read = await service.reader.read(_question(situation, service.now()))
    now = service.now()
    turn = await service.store.write(lambda tx: _decide(service, tx, situation, read, now=now))
    if turn is not None:
        await answer(service, work, turn)


def _situation(db: Connection, work: OutboxId) -> Situation | None:
    row = db.execute(select(outbox).where(outbox.c.id == work)).mappings().one()
    if row["done_at"] is not None:
        return None
    conversation = ConversationId(row["conversation_id"])
    said = select(messages).where(
        messages.c.conversation_id == conversation, messages.c.seq == row["seq"]
    )
    message = db.execute(said).mappings().one()
    reading = db.execute(
        select(readings).where(
            readings.c.conversation_id == conversation, readings.c.seq == row["seq"]
        )
    )
    return Situation(
        work=work,
        conversation=transcript.read(db, conversation),
        message=message,
        reading=reading.mappings().one(),
        earlier=transcript.earlier_texts(
            db, conversation, before=row["seq"], turns=CONTEXT_TURNS - 1
        ),
        found=transcript.earlier_priorities(
            db, conversation, before=row["seq"], turns=CONTEXT_TURNS - 1
        ),
        asks=row["detail"]["asks"],
        in_crisis_script=row["detail"]["in_crisis_script"],
        cleared=row["detail"].get("cleared", False),
    )


def _question(situation: Situation, now: datetime) -> Question:
    author = situation.conversation["author"]
    return Question(
        text=situation.message["text"],
        today=now.astimezone(LONDON).date(),
        author=AuthorType(author) if author else None,
        earlier=situation.earlier,
        asks=FieldId(situation.asks) if situation.asks else None,
        choice=situation.message["choice"],
    )


def first_reading(row: RowMapping) -> FirstReading:
    """The first reading as it was stored."""
    return FirstReading(
        priority=Priority(row["first_priority"]),
        signals=tuple(
            Signal(s["id"], s["start"], s["end"], s["why"], Priority(s["priority"]))
            for s in row["signals"]
        ),
        concern=Concern(row["concern"]),
        failed=row["first_failed"],
    )


def _decide(
    service: Service, tx: Transaction, situation: Situation, read: Read, *, now: datetime
) -> Turn | None:
    """Record the second reading, raise what it raises, take the next step.

    Yields the bot's turn, if it is one.
    """
    held = transcript.hold(tx, ConversationId(situation.conversation["id"]))
    verdict = combine(
        first_reading(situation.reading),
        read.second,
        before=Before(held["ambers"], situation.found),
        ambers_that_are_red=service.policy.ambers_that_are_red,
        rising_turns=service.policy.rising_turns,
    )
    newly_read = _record_second(tx, situation, read, verdict, now=now)
    row = _note_understanding(tx, held, read, verdict, newly_read=newly_read)
    standing = Standing(
        state=ConversationState(row["state"]),
        doubts=row["doubts"],
        asks=situation.asks,
        in_crisis_script=situation.in_crisis_script or _asks_for_a_call(service, situation),
        cleared=situation.cleared,
        safety=safety_reply(
            service.replies, situation.message["text"], choice=situation.message["choice"]
        ),
    )
    if standing.state is not ConversationState.WITH_BOT and verdict.priority.at_least(
        Priority.URGENT
    ):
        row = bring_person(service, tx, row, need=_need(situation, read, verdict), now=now)
    step = next_step(standing, verdict, read.understanding)
    if step is NextStep.BOT and limit_of(tx, row) is None:
        return turn_for(tx, row, situation.message, read.understanding, asks=situation.asks)
    _step(service, tx, row, step, situation=situation, read=read, verdict=verdict, now=now)
    finish_work(tx, situation.work, now=now)
    return None


def _asks_for_a_call(service: Service, situation: Situation) -> bool:
    """A tap on "Call me instead" while waiting: the number is asked for, as the script does it."""
    choice = situation.message["choice"]
    meaning = service.choices.get(choice) if choice else None
    return meaning is not None and meaning.action == CALL_BACK


def _step(
    service: Service,
    tx: Transaction,
    row: RowMapping,
    step: NextStep,
    *,
    situation: Situation,
    read: Read,
    verdict: Verdict,
    now: datetime,
) -> None:
    match step:
        case NextStep.PERSON:
            need = _need(situation, read, verdict)
            bring_person(service, tx, row, need=need, now=now)
        case NextStep.SAFETY_QUESTION:
            ask_safety(service, tx, row, seq=situation.message["seq"], now=now)
        case NextStep.SAFETY_ANSWER:
            reply = safety_reply(
                service.replies, situation.message["text"], choice=situation.message["choice"]
            )
            answer_safety(service, tx, row, message=situation.message, reply=reply, now=now)
        case NextStep.CRISIS_ANSWER:
            answer_crisis(service, tx, row, message=situation.message, verdict=verdict, now=now)
        case NextStep.BOT:
            show_numbers(service, tx, row, now=now)
        case NextStep.NOTHING:
            pass


def _need(situation: Situation, read: Read, verdict: Verdict) -> Need:
    message = situation.message
    asked = read.understanding.asks_for_person
    return Need(
        needed_priority(verdict, read.understanding),
        reasons=reasons_from(verdict.signals, seq=message["seq"], text=message["text"]),
        concern=verdict.concern,
        wording_id="handoff.asked" if asked else "handoff.unsure",
        specialties=("CAMHS",) if verdict.concern is Concern.CHILD else (),
    )


def _record_second(
    tx: Transaction, situation: Situation, read: Read, verdict: Verdict, *, now: datetime
) -> bool:
    """Write the second reading once. False when a run before this one did."""
    second = read.second
    signals = [
        {"id": s.id, "start": s.start, "end": s.end, "why": s.reason, "priority": s.priority.value}
        for s in verdict.signals
    ]
    statement = (
        update(readings)
        .where(
            readings.c.conversation_id == situation.reading["conversation_id"],
            readings.c.seq == situation.reading["seq"],
            readings.c.second_at.is_(None),
        )
        .values(
            second_at=now,
            second_priority=second.priority.value,
            second_unsure=second.unsure,
            second_fault=second.fault.value if second.fault else None,
            priority=verdict.priority.value,
            signals=signals,
        )
    )
    return tx.execute(statement).rowcount == 1


def _note_understanding(
    tx: Transaction, held: RowMapping, read: Read, verdict: Verdict, *, newly_read: bool
) -> RowMapping:
    understanding = read.understanding
    enquiry = EnquiryId(held["enquiry_id"])
    add_topics(
        tx,
        enquiry,
        kinds=[kind.value for kind in understanding.kinds],
        needs=[need.value for need in understanding.needs],
    )
    if understanding.details:
        found = {str(key): value for key, value in understanding.details.items()}
        add_captured(tx, enquiry, found=found)
    changes: dict[str, Any] = {}
    if understanding.author is not None and held["author"] is None:
        changes["author"] = understanding.author.value
    if newly_read and verdict.doubt:
        changes["ambers"] = held["ambers"] + 1
    if not changes:
        return held
    return transcript.change(tx, ConversationId(held["id"]), **changes)


def finish_work(tx: Transaction, work: OutboxId, *, now: datetime) -> bool:
    """True for the one run that ends this work."""
    statement = (
        update(outbox).where(outbox.c.id == work, outbox.c.done_at.is_(None)).values(done_at=now)
    )
    return tx.execute(statement).rowcount == 1


async def fail_to_person(service: Service, work: OutboxId) -> None:
    """Attending broke: the message counts as needing a person, and this work is at its end."""
    now = service.now()

    def end(tx: Transaction) -> None:
        row = tx.execute(select(outbox).where(outbox.c.id == work)).mappings().one()
        if not finish_work(tx, work, now=now):
            return
        held = transcript.hold(tx, ConversationId(row["conversation_id"]))
        tx.execute(
            update(readings)
            .where(
                readings.c.conversation_id == row["conversation_id"],
                readings.c.seq == row["seq"],
                readings.c.second_at.is_(None),
            )
            .values(second_at=now, second_fault=ReaderFault.BROKEN.value, second_unsure=True)
        )
        if ConversationState(held["state"]) is ConversationState.WITH_BOT:
            need = Need(Priority.URGENT, wording_id="fail.bot")
            bring_person(service, tx, held, need=need, now=now)

    await service.store.write(end)
