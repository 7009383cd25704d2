"""The bot's turn: one at a time a conversation, outside any transaction; its answer is kept only
while it is with the bot.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, assert_never

import structlog
from sqlalchemy import RowMapping

from bot.dialogue import Answer, Command, CommandKind, Line, Turn
from chat.completing import complete_enquiry, pass_appointment_request
from chat.endings import end_after
from chat.enquiries import add_captured, enquiry_of
from chat.need import Need
from chat.outbox import finish_work
from chat.passing import bring_person
from chat.service import Service
from chat.signposting import answer_faq, signpost
from chat.speaking import say
from chat.surging import is_surging, shortened
from chat.transcript import change, hold, record
from models.errors import DialogueUnavailableError
from models.readings import Understanding
from models.store import Transaction
from models.vocabulary import (
    ConversationId,
    ConversationState,
    EnquiryId,
    FieldId,
    OutboxId,
    Priority,
)

log = structlog.get_logger()
MISS_LIMIT = 2


def turn_for(
    tx: Transaction,
    held: RowMapping,
    message: RowMapping,
    understanding: Understanding,
    *,
    asks: str | None,
) -> Turn:
    """What the bot is told of one message, with all that our store knows of the dialogue."""
    enquiry = enquiry_of(tx, EnquiryId(held["enquiry_id"]))
    open_question = held["form_asks"] or asks
    known = {FieldId(key): value for key, value in enquiry["captured"].items()}
    return Turn(
        conversation=ConversationId(held["id"]),
        episode=held["episode"],
        message_id=f"{held['id']}:{message['seq']}",
        text=message["text"],
        understanding=understanding,
        choice=message["choice"],
        asks=FieldId(open_question) if open_question else None,
        active_form=held["form"],
        misses=held["misses"],
        captured=shortened(known) if is_surging(tx) else known,
    )


async def answer(service: Service, work: OutboxId, turn: Turn) -> None:
    """Ask the dialogue and keep what it says; a dialogue that is down or late brings a person."""
    try:
        answered = await service.dialogue.answer(turn)
    except DialogueUnavailableError as error:
        log.warning("dialogue_unavailable", conversation=turn.conversation, why=error.hint)
        answered = None
    now = service.now()
    await service.store.write(lambda tx: _keep(service, tx, work, turn, answered=answered, now=now))


def _keep(
    service: Service,
    tx: Transaction,
    work: OutboxId,
    turn: Turn,
    *,
    answered: Answer | None,
    now: datetime,
) -> None:
    """Nothing is said when a person has taken over meanwhile, or when this turn was kept before."""
    held = hold(tx, turn.conversation)
    if not finish_work(tx, work, now=now):
        return
    if ConversationState(held["state"]) is not ConversationState.WITH_BOT:
        record(tx, held, kind="bot_answer_dropped", by="bot", now=now)
        return
    if answered is None:
        need = Need(Priority.ROUTINE, wording_id="fail.bot")
        bring_person(service, tx, held, need=need, now=now)
        return
    _perform(service, tx, held, turn, answered=answered, now=now)


def _perform(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    turn: Turn,
    *,
    answered: Answer,
    now: datetime,
) -> None:
    add_captured(tx, EnquiryId(held["enquiry_id"]), found=_plain(answered.captured))
    row = change(
        tx,
        turn.conversation,
        form=answered.active_form,
        form_asks=answered.asks,
        asks=answered.asks,
        misses=0 if answered.understood else held["misses"] + 1,
    )
    last_line = _last_line(answered)
    for position, step in enumerate(answered.steps):
        ref = f"bot:{turn.message_id}:{position}"
        match step:
            case Line():
                asks = answered.asks if step is last_line else None
                row = _speak(service, tx, row, step, asks=asks, ref=ref, now=now)
            case Command():
                row = _carry_out(service, tx, row, step, ref=ref, now=now)
            case _:
                assert_never(step)
        if ConversationState(row["state"]) is not ConversationState.WITH_BOT:
            return
    if row["form"] == answered.active_form:  # else a step has opened a question of its own
        change(tx, turn.conversation, asks=answered.asks)


def _last_line(answered: Answer) -> Line | None:
    lines = [step for step in answered.steps if isinstance(step, Line)]
    return lines[-1] if lines else None


def _speak(
    service: Service,
    tx: Transaction,
    row: RowMapping,
    line: Line,
    *,
    asks: FieldId | None,
    ref: str,
    now: datetime,
) -> RowMapping:
    spoken = say(
        service,
        tx,
        row,
        wording_id=line.wording_id,
        now=now,
        params={**_due_of(service, tx, row), **line.params},
        asks=asks,
        cards=line.cards,
        ref=ref,
        with_choices=line.choices,
    )
    end_after(tx, spoken, line.wording_id, now=now)
    return spoken


def _due_of(service: Service, tx: Transaction, row: RowMapping) -> dict[str, str]:
    due = enquiry_of(tx, EnquiryId(row["enquiry_id"]))["due_at"]
    return {"due": service.calendar.in_words(due)} if due else {}


def _carry_out(
    service: Service, tx: Transaction, row: RowMapping, command: Command, *, ref: str, now: datetime
) -> RowMapping:
    match command.kind:
        case CommandKind.HANDOFF:
            return bring_person(service, tx, row, need=_handoff_need(command.arguments), now=now)
        case CommandKind.ANSWER_FAQ:
            return answer_faq(
                service, tx, row, faq_id=str(command.arguments["faq"]), ref=ref, now=now
            )
        case CommandKind.SEARCH_DIRECTORY:
            return signpost(service, tx, row, arguments=command.arguments, ref=ref, now=now)
        case CommandKind.APPOINTMENT_CHANGE:
            return pass_appointment_request(service, tx, row, now=now)
        case CommandKind.ENQUIRY_COMPLETE:
            return complete_enquiry(service, tx, row, arguments=command.arguments, ref=ref, now=now)
        case _:
            assert_never(command.kind)


def _handoff_need(arguments: Mapping[str, Any]) -> Need:
    """The dialogue asks for a person; how soon is a matter of the screen, so it is routine here."""
    wording = arguments.get("wording")
    return Need(
        Priority.ROUTINE,
        wording_id=str(wording) if wording else None,
        about=str(arguments.get("why", "person")),
    )


def _plain(found: Mapping[FieldId, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in found.items()}
