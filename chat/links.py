"""The person's link to us: opened, lost, silent.

A lost link at risk is a signal; a reload is not.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping

from chat import transcript
from chat.leaving import at_risk, start_welfare
from chat.service import Service
from handoff.timers import cancel_timers, set_timer
from models.store import Transaction
from models.vocabulary import ConversationId

GONE = "gone"
RELOAD_TAKES = timedelta(seconds=20)
"""A link that is back by then was a reload or a tunnel, not a leaving."""


async def opened(service: Service, conversation: ConversationId) -> None:
    """The person is linked again: what was timed for their absence is not."""
    now = service.now()

    def look(db: Connection) -> bool:
        return transcript.read(db, conversation)["left_at"] is not None

    if not await service.store.read(look):
        return

    def work(tx: Transaction) -> None:
        held = transcript.hold(tx, conversation)
        transcript.record(tx, held, kind="link_back", by="enquirer", now=now, left_at=None)
        cancel_timers(tx, conversation, kinds=(GONE,), now=now)

    await service.store.write(work)


async def lost(service: Service, conversation: ConversationId) -> None:
    """The last link of this person is gone.

    At risk, the welfare time runs from now unless they are back at once.
    """
    now = service.now()

    def work(tx: Transaction) -> None:
        held = transcript.hold(tx, conversation)
        if held["left_at"] is not None or held["closed_at"] is not None:
            return
        row = transcript.record(tx, held, kind="link_lost", by="enquirer", now=now, left_at=now)
        if at_risk(row):
            set_timer(tx, conversation, kind=GONE, subject=conversation, due_at=now + RELOAD_TAKES)

    await service.store.write(work)


def gone_for_good(service: Service, tx: Transaction, held: RowMapping, *, now: datetime) -> None:
    """The time of a reload has passed: welfare, due from the disconnect."""
    if held["left_at"] is not None and at_risk(held):
        start_welfare(service, tx, held, since=held["left_at"], now=now)
