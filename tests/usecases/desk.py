"""Everything between the edges and the store, driven by the use cases. For tests alone."""

import contextlib
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping, Table, select

from chat import closing, enquirer, signing_in, staff, taking
from chat.references import LONDON
from chat.seed import DEMO_PASSWORD
from chat.service import Service
from chat.sweep import sweep
from chat.ticker import Ticker
from chat.worker import Worker
from handoff.outcomes import CloseForm
from models.facts import Fact, WorkAdded
from models.vocabulary import ClientRef, ConversationId
from tests.service import FakeDialogue, pool, prepare, settings_for
from tests.usecases.lock_order import watched
from web.watch import Watch
from web.wiring import build_service

DANGER = "I am going to kill myself tonight"
APPOINTMENT = "I need to change my appointment"


@dataclass
class Desk:
    """A service, its clock and what it told."""

    service: Service
    watch: Watch
    dialogue: FakeDialogue
    worker: Worker
    ticker: Ticker
    told: list[Fact] = field(default_factory=list)

    async def arrive(self, text: str | None = None) -> ConversationId:
        """Somebody opens the chat, perhaps with first words, which are then attended to."""
        started = await enquirer.start(self.service, author=None, text=text, client_ref=None)
        await self.worker.drain()
        return started.conversation

    async def send(
        self, conversation: ConversationId, text: str, *, choice: str | None = None
    ) -> int:
        ref = ClientRef(str(uuid.uuid4()))
        sent = await enquirer.send(
            self.service, conversation, client_ref=ref, text=text, choice=choice
        )
        await self.worker.drain()
        return sent.seq

    async def said(self, conversation: ConversationId) -> list[dict[str, Any]]:
        return (await enquirer.since(self.service, conversation, 0)).messages

    async def wordings(self, conversation: ConversationId) -> list[str | None]:
        return [message.get("wording_id") for message in await self.said(conversation)]

    async def state(self, conversation: ConversationId) -> str:
        found: str = (await enquirer.since(self.service, conversation, 0)).state["state"]
        return found

    async def wait(self, **by: float) -> None:
        """Time passes, and what is due by then is done."""
        self.watch.advance(timedelta(**by))
        await self.ticker.run_due()
        await self.worker.drain()

    async def sign_in(self, username: str = "priya") -> staff.SignedIn:
        """On shift as well."""
        claim = signing_in.Claim(username, DEMO_PASSWORD)
        _token, person = await signing_in.sign_in(self.service, claim)
        await staff.set_presence(self.service, person, staff.Availability(available=True))
        return person

    async def close(
        self, person: staff.SignedIn, taken: taking.Taken, **form: Any
    ) -> closing.Closed:
        whole = {
            "outcomes": ("ADVICE_GIVEN",),
            "plan_for_person": "You rest tonight",
            "next_owner": "person",
            "next_step": "call us",
            "due_at": self.watch.now() + timedelta(days=1),
        }
        wish = closing.Closing(CloseForm(**{**whole, **form}), agreed_with_person=True)
        return await closing.close(
            self.service,
            person,
            conversation=taken.conversation,
            version=taken.claim_version,
            wish=wish,
        )

    async def rows(self, table: Table, **where: Any) -> Sequence[RowMapping]:
        statement = select(table).where(*(table.c[name] == value for name, value in where.items()))
        return await self.service.store.read(lambda db: db.execute(statement).mappings().all())

    async def change(self, statement: Any) -> None:
        """A fault put into the store by hand, for the sweep to find."""
        await self.service.store.write(lambda tx: tx.execute(statement))

    async def sweep(self) -> int:
        mended = await sweep(self.service)
        await self.worker.drain()
        return mended

    @property
    def today(self) -> date:
        """The day it is here: around midnight in summer another one than in UTC."""
        return self.now.astimezone(LONDON).date()

    @property
    def now(self) -> datetime:
        return self.watch.now()


NEVER = timedelta(days=9999)  # the daily self-test reads 180 lines; a test that wants it says so


@contextlib.asynccontextmanager
async def open_desk(
    var: Path,
    *,
    watch: Watch | None = None,
    dialogue: FakeDialogue | None = None,
    attends: bool = True,
    self_test_after: timedelta = NEVER,
) -> AsyncIterator[Desk]:
    """On the store at `var`; opened again there, it goes on as after a restart.

    One that does not attend is a node that dies as soon as it has stored a message.
    """
    settings = settings_for(var, rate_limits="relaxed")
    prepare(settings.database_url)
    told: list[Fact] = []
    dialogue, clock = dialogue or FakeDialogue(), watch or Watch()
    workers: list[Worker] = []

    def tell(facts: Sequence[Fact]) -> None:
        told.extend(facts)
        for worker in workers:
            worker.add([fact for fact in facts if isinstance(fact, WorkAdded)])

    service = build_service(settings, pool=pool(), dialogue=dialogue, now=clock.now, tell=tell)
    ticker = Ticker(service, self_test_after=self_test_after)
    desk = Desk(service, clock, dialogue, Worker(service), ticker, told)
    service.store.start()
    if attends:
        workers.append(desk.worker)
        await desk.worker.take_over(all_leases=True)
        await desk.worker.drain()
    try:
        with watched(service.store.engine):
            yield desk
    finally:
        await desk.worker.stop()
        service.reader.stop()
        await service.store.stop()
