"""What is said when a person is called: the crisis script, or the line of the queue."""

from datetime import datetime

from sqlalchemy import RowMapping, bindparam, select

from chat.details import ask_at_once, begin_details
from chat.need import Need
from chat.presence import on_shift
from chat.routes import Route
from chat.service import Service
from chat.speaking import say
from chat.transcript import record
from handoff import crisis
from models.statements import KEY
from models.store import Transaction
from models.tables import messages
from models.vocabulary import (
    Priority,
    Speaker,
)

CREW, AT_WORK_URGENT = "RT-04", "RT-10"
_LAST_WORDING = (
    select(messages.c.wording_id)
    .where(
        messages.c.conversation_id == bindparam(KEY),
        messages.c.speaker != Speaker.ENQUIRER.value,
    )
    .order_by(messages.c.seq.desc())
    .limit(1)
)


def speak_need(
    service: Service, tx: Transaction, held: RowMapping, *, need: Need, route: Route, now: datetime
) -> RowMapping:
    """The fixed words.

    Red: the crisis script, with nobody signed in said at once; else the queue's line, and then what
    may be told while they wait. A crew is asked for its number instead of whether it is safe.
    """
    staffed = bool(on_shift(service, tx, now))
    red = Priority(held["priority"]).is_red
    if need.comes_back and staffed:
        return speak_script(service, tx, held, script=crisis.welcome_back(red=red), now=now)
    if red and route.id != CREW:
        return _begin_script(service, tx, held, need=need, route=route, now=now)
    line = "queue.join.unknown" if staffed else "fail.staff"
    if route.asks:
        row = say(service, tx, held, wording_id=line, now=now, speaker=Speaker.SYSTEM)
        return ask_at_once(service, tx, row, route=route, now=now)
    row = held
    for wording in _openings(need, route):
        row = say(service, tx, row, wording_id=wording, now=now, with_choices=False)
    row = say(service, tx, row, wording_id=line, now=now, speaker=Speaker.SYSTEM)
    if need.asks_details or route.id == AT_WORK_URGENT:
        row = begin_details(service, tx, row, route=route, now=now)
    return row


def _openings(need: Need, route: Route) -> list[str]:
    """What the rule says where it says more than the need knows."""
    if route.id == AT_WORK_URGENT:
        return list(route.says)
    return [*([need.wording_id] if need.wording_id else []), *need.says]


def _begin_script(
    service: Service, tx: Transaction, held: RowMapping, *, need: Need, route: Route, now: datetime
) -> RowMapping:
    staffed = bool(on_shift(service, tx, now))
    row = held
    for wording in route.says:  # never turned away, wherever they live
        row = say(service, tx, row, wording_id=wording, now=now, with_choices=False)
    script = crisis.begin(need.concern, staff_on_shift=staffed)
    return speak_script(service, tx, row, script=script, now=now)


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
    return tx.execute(_LAST_WORDING, {KEY: held["id"]}).scalar()
