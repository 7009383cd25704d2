"""Attends to one stored message: second reading, one next step, the bot if it is its turn.

May run twice: each part is guarded in the store, so the second run finds nothing left to do.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, bindparam, update

from bot.dialogue import Turn
from chat import transcript
from chat.beginning import begin_again
from chat.bot_turn import answer, turn_for
from chat.crisis_turn import answer_crisis, answer_safety, ask_safety
from chat.details import answer_detail
from chat.enquiries import enquiry_of
from chat.limiting import limit_of, show_numbers
from chat.need import Need, reasons_from
from chat.noting import first_reading, note_understanding, record_second
from chat.outbox import finish_work
from chat.passing import bring_person
from chat.reading import Question, Read
from chat.routing import SAFETY_QUESTION, NextStep, Standing, needed_priority, next_step, reach
from chat.safety_words import answers_only_safety, heard_about_safety
from chat.service import Service
from handoff.safety_reply import SafetyReply
from handoff.screening import Before, combine
from models.readings import ReaderFault, Verdict
from models.statements import KEY, where
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
    Reach,
)

CONTEXT_TURNS = 5
CALL_BACK = "call_back"
LONDON = ZoneInfo("Europe/London")
_MESSAGE = where(messages.c.conversation_id).where(messages.c.seq == bindparam("of_seq"))
_READING = where(readings.c.conversation_id).where(readings.c.seq == bindparam("of_seq"))


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
    form_asks: str | None
    in_crisis_script: bool
    cleared: bool


async def attend(service: Service, work: OutboxId) -> None:
    """Work one outbox row to its end. Raises nothing that a retry could not mend."""
    situation = await service.store.read(lambda db: _situation(db, work))
    if situation is None:
        return
    read = await service.reader.read(_question(service, situation, service.now()))
    now = service.now()
    turn = await service.store.write(lambda tx: _decide(service, tx, situation, read, now=now))
    if turn is not None:
        await answer(service, work, turn)


def _situation(db: Connection, work: OutboxId) -> Situation | None:
    row = db.execute(where(outbox.c.id), {KEY: work}).mappings().one()
    if row["done_at"] is not None:
        return None
    conversation = ConversationId(row["conversation_id"])
    held = transcript.read(db, conversation)
    said = {KEY: conversation, "of_seq": row["seq"]}
    return Situation(
        work=work,
        conversation=held,
        message=db.execute(_MESSAGE, said).mappings().one(),
        reading=db.execute(_READING, said).mappings().one(),
        earlier=transcript.earlier_texts(
            db, conversation, before=row["seq"], turns=CONTEXT_TURNS - 1
        ),
        found=transcript.earlier_priorities(
            db, conversation, before=row["seq"], turns=CONTEXT_TURNS - 1
        ),
        asks=row["detail"]["asks"],
        form_asks=held["form_asks"],
        in_crisis_script=row["detail"]["in_crisis_script"],
        cleared=row["detail"].get("cleared", False),
    )


def _question(service: Service, situation: Situation, now: datetime) -> Question:
    """Words that do not answer the question of safety may answer the form's, asked before it."""
    author, asks, form = situation.conversation["author"], situation.asks, situation.form_asks
    said = heard_about_safety(service.replies, situation.message)
    is_safety = asks == SAFETY_QUESTION
    answered = form if is_safety and said is SafetyReply.OTHER and form else asks
    return Question(
        text=situation.message["text"],
        today=now.astimezone(LONDON).date(),
        author=AuthorType(author) if author else None,
        earlier=situation.earlier,
        asks=FieldId(answered) if answered else None,
        choice=situation.message["choice"],
        answers_safety=is_safety and answers_only_safety(service.replies, situation.message),
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
        before=Before(_earlier_ambers(held, situation), situation.found),
        ambers_that_are_red=service.policy.ambers_that_are_red,
        rising_turns=service.policy.rising_turns,
    )
    newly_read = record_second(tx, situation.reading, read, verdict, now=now)
    row = note_understanding(
        tx, held, read, verdict, message=situation.message, newly_read=newly_read
    )
    if _is_needed_after_the_end(row, read, verdict):
        row, _ = begin_again(service, tx, row, now=now)
    standing = _standing(service, tx, row, situation)
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


def _is_needed_after_the_end(row: RowMapping, read: Read, verdict: Verdict) -> bool:
    """The conversation was ended before this message was read, and a person is needed."""
    closed = ConversationState(row["state"]) is ConversationState.CLOSED
    return closed and reach(verdict, read.understanding) is Reach.PERSON


def _earlier_ambers(held: RowMapping, situation: Situation) -> int:
    """A message attended to again was counted the first time."""
    counted = situation.reading["second_at"] is not None and situation.reading["second_unsure"]
    return int(held["ambers"]) - int(bool(counted and held["ambers"]))


def _standing(service: Service, tx: Transaction, row: RowMapping, situation: Situation) -> Standing:
    captured = enquiry_of(tx, EnquiryId(row["enquiry_id"]))["captured"]
    return Standing(
        state=ConversationState(row["state"]),
        doubts=row["doubts"],
        asks=situation.asks,
        in_crisis_script=situation.in_crisis_script or _asks_for_a_call(service, situation),
        cleared=situation.cleared,
        said_safe=captured.get(SAFETY_QUESTION) == "no",
        safety=heard_about_safety(service.replies, situation.message),
    )


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
            answer_safety(
                service, tx, row, message=situation.message, found=verdict.priority, now=now
            )
        case NextStep.CRISIS_ANSWER:
            answer_crisis(service, tx, row, message=situation.message, verdict=verdict, now=now)
        case NextStep.BOT:
            show_numbers(service, tx, row, now=now)
        case NextStep.DETAIL:
            answer_detail(
                service,
                tx,
                row,
                message=situation.message,
                understanding=read.understanding,
                now=now,
            )
        case NextStep.NOTHING:
            pass


def _need(situation: Situation, read: Read, verdict: Verdict) -> Need:
    message = situation.message
    asked = read.understanding.asks_for_person
    clinical = not asked or read.understanding.pressing
    return Need(
        needed_priority(verdict, read.understanding),
        reasons=reasons_from(verdict.signals, seq=message["seq"], text=message["text"]),
        concern=verdict.concern,
        wording_id="handoff.asked" if asked else "handoff.unsure",
        specialties=("CAMHS",) if verdict.concern is Concern.CHILD else (),
        about="clinical_now" if clinical else "person",
        pressing=read.understanding.pressing,
        asks_details=clinical and verdict.priority.at_least(Priority.URGENT),
    )


async def fail_to_person(service: Service, work: OutboxId) -> None:
    """Attending broke: the message counts as needing a person, and this work is at its end."""
    now = service.now()

    def end(tx: Transaction) -> None:
        row = tx.execute(where(outbox.c.id), {KEY: work}).mappings().one()
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
