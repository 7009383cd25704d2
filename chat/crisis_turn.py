"""The safety question and the crisis script in a conversation.

No Rasa in it; every sentence is fixed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import RowMapping

from bot.fields import read_answer
from chat.enquiries import add_captured
from chat.need import Need
from chat.outbox import put_to_attend
from chat.passing import bring_person
from chat.passing_words import speak_script
from chat.references import LONDON
from chat.routing import SAFETY_QUESTION
from chat.safety_words import heard_about_safety
from chat.service import Service
from chat.speaking import say
from chat.transcript import change
from handoff import crisis
from handoff.crisis import CrisisStep
from handoff.crisis_replies import Reply
from handoff.safety_reply import SafetyReply
from models.readings import Verdict
from models.store import Transaction
from models.vocabulary import ConversationId, EnquiryId, FieldStatus, Priority, highest

SAID_WHEN_ASKED = "Said when asked about safety"
"""Why, for the practitioner: as the plain reasons of the rules."""

SAFE_ANSWERS: Mapping[Reply, str] = {
    Reply.YES: "yes",
    Reply.DANGER: "yes",
    Reply.NO: "no",
    Reply.UNSURE: "not_sure",
    Reply.DECLINED: "rather_not_say",
}


def ask_safety(
    service: Service, tx: Transaction, held: RowMapping, *, seq: int, now: datetime
) -> RowMapping:
    """One gentle question, with buttons; the message that raised the doubt is kept back for the
    bot.
    """
    row = say(service, tx, held, wording_id="safety.check", now=now, asks=SAFETY_QUESTION)
    return change(
        tx, ConversationId(held["id"]), held_seq=seq, doubts=held["doubts"] + 1, asks=row["asks"]
    )


def answer_safety(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    message: RowMapping,
    found: Priority,
    now: datetime,
) -> None:
    """Safe: the bot takes the message kept back, against the question that was open then.

    Anything else: a person, as fast as the answer or what was found in its words says.
    """
    conversation = ConversationId(held["id"])
    reply = heard_about_safety(service.replies, message)
    if reply is SafetyReply.SAFE:
        add_captured(tx, EnquiryId(held["enquiry_id"]), found={"safe_now": "no"})
        change(tx, conversation, asks=held["form_asks"], held_seq=None)
        stood = {"asks": held["form_asks"], "in_crisis_script": False, "cleared": True}
        if held["held_seq"] is not None:
            put_to_attend(tx, conversation, seq=held["held_seq"], stood=stood, now=now)
        return
    priority = highest(_priority_of(reply), found)
    need = Need(priority, reasons=(_reason(message),), wording_id="handoff.unsure")
    bring_person(service, tx, held, need=need, now=now)


def _priority_of(reply: SafetyReply) -> Priority:
    match reply:
        case SafetyReply.NOT_SAFE:
            return Priority.EMERGENCY
        case SafetyReply.UNSURE:
            return Priority.VERY_URGENT
        case SafetyReply.DECLINED | SafetyReply.OTHER | SafetyReply.SAFE:
            return Priority.URGENT
        case _:
            assert_never(reply)


def answer_crisis(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    message: RowMapping,
    verdict: Verdict,
    now: datetime,
) -> None:
    """One reply to the crisis script: kept, acted on, and at most one thing said."""
    step = CrisisStep(held["crisis_step"] or CrisisStep.WAITING)
    reply = service.replies.meaning(
        message["text"], choice=message["choice"], found=verdict.priority
    )
    script = crisis.answer(step, reply)
    _keep(tx, held, step=step, reply=reply, message=message, now=now)
    row = held
    if script.raises is not None:
        need = Need(script.raises, reasons=(_reason(message),))
        row = bring_person(service, tx, row, need=need, now=now)
    speak_script(service, tx, row, script=script, now=now)


def _reason(message: RowMapping) -> dict[str, Any]:
    return {
        "text": message["text"],
        "seq": message["seq"],
        "start": 0,
        "end": len(message["text"]),
        "why": SAID_WHEN_ASKED,
    }


def _keep(
    tx: Transaction,
    held: RowMapping,
    *,
    step: CrisisStep,
    reply: Reply,
    message: RowMapping,
    now: datetime,
) -> None:
    """What the reply told, for the practitioner's briefing."""
    found: dict[str, Any] = {}
    if step is CrisisStep.DANGER and reply in SAFE_ANSWERS:
        found["safe_now"] = SAFE_ANSWERS[reply]
    if reply is Reply.PLACE or (step is CrisisStep.WHERE and reply is Reply.WORDS):
        found["location_now"] = message["text"]
    if reply is Reply.NUMBER:
        read = read_answer("phone", message["text"], today=now.astimezone(LONDON).date())
        found["phone"] = read.value if read.status is FieldStatus.OK else message["text"]
    if found:
        add_captured(tx, EnquiryId(held["enquiry_id"]), found=found)
