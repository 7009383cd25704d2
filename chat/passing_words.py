"""What is said when a person is called: the crisis script, or the line of the queue."""

from datetime import datetime

from sqlalchemy import RowMapping, select

from chat.need import Need
from chat.presence import on_shift
from chat.service import Service
from chat.speaking import say
from chat.transcript import record
from handoff import crisis
from models.store import Transaction
from models.tables import messages
from models.vocabulary import (
    Priority,
    Speaker,
)


def speak_need(
    service: Service, tx: Transaction, held: RowMapping, *, need: Need, now: datetime
) -> RowMapping:
    """The fixed words.

    Red: the crisis script, with nobody signed in said at once; else the queue's line.
    """
    staffed = bool(on_shift(service, tx, now))
    red = Priority(held["priority"]).is_red
    if need.comes_back and staffed:
        return speak_script(service, tx, held, script=crisis.welcome_back(red=red), now=now)
    if red:
        script = crisis.begin(need.concern, staff_on_shift=staffed)
        return speak_script(service, tx, held, script=script, now=now)
    row = held
    if need.wording_id is not None:
        row = say(service, tx, row, wording_id=need.wording_id, now=now, with_choices=False)
    wording = "queue.join.unknown" if staffed else "fail.staff"
    return say(service, tx, row, wording_id=wording, now=now, speaker=Speaker.SYSTEM)


def speak_script(
    service: Service, tx: Transaction, held: RowMapping, *, script: crisis.Script, now: datetime
) -> RowMapping:
    """Say what the crisis script says next and remember where it stands.

    No sentence twice running.
    """
    row = record(
        tx,
        held,
        kind="crisis_step",
        by="bot",
        now=now,
        detail={"step": script.step.value},
        crisis_step=script.step.value,
        asks=None,
    )
    last = len(script.wording_ids) - 1
    for position, wording_id in enumerate(script.wording_ids):
        if wording_id == last_wording(tx, row):
            continue
        row = say(
            service,
            tx,
            row,
            wording_id=wording_id,
            now=now,
            asks=script.asks if position == last else None,
            cards=script.cards if position == 0 else (),
        )
    return row


def last_wording(tx: Transaction, held: RowMapping) -> str | None:
    statement = (
        select(messages.c.wording_id)
        .where(
            messages.c.conversation_id == held["id"],
            messages.c.speaker != Speaker.ENQUIRER.value,
        )
        .order_by(messages.c.seq.desc())
        .limit(1)
    )
    return tx.execute(statement).scalar()
