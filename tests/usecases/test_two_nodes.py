"""Two nodes on one store: numbers without gaps, nobody taken twice, work done once.

Who stands in whose way is served all the same.
"""

import asyncio
import contextlib
import threading
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from bot.dialogue import Answer, Turn
from chat import enquirer, taking
from chat.outbox import LEASE
from chat.worker import MOST_ATTEMPTS
from models.errors import UnavailableError
from models.facts import AlarmRaised, ClockMissed
from models.tables import conversations, outbox, readings, tallies
from models.vocabulary import ClientRef, ConversationId
from tests.service import FakeDialogue
from tests.usecases.desk import APPOINTMENT, DANGER, Desk, open_desk


@pytest.fixture
async def other(desk: Desk, tmp_path: Path) -> AsyncIterator[Desk]:
    """A second node on the store of `desk`, by the same clock."""
    async with open_desk(tmp_path, watch=desk.watch) as opened:
        yield opened


async def send(node: Desk, conversation: ConversationId, text: str) -> int:
    ref = ClientRef(str(uuid.uuid4()))
    sent = await enquirer.send(node.service, conversation, client_ref=ref, text=text)
    return sent.seq


async def test_messages_sent_through_two_nodes_at_once_are_numbered_without_gaps(desk, other):
    conversation = await desk.arrive()
    nodes = (desk, other) * 15
    numbers = await asyncio.gather(*(send(node, conversation, "hello there") for node in nodes))
    assert len(set(numbers)) == len(nodes)
    kept = [message["seq"] for message in await desk.said(conversation)]
    assert kept == list(range(1, len(kept) + 1))
    await desk.worker.drain()
    await other.worker.drain()


async def test_nobody_is_taken_twice_and_nobody_is_overlooked(desk, other):
    waiting = {await desk.arrive(DANGER) for _ in range(6)}
    people = [
        (node, await node.sign_in(name))
        for node, name in ((desk, "priya"), (other, "tom"), (desk, "tom"))
    ]
    taken = await asyncio.gather(
        *(taking.take_next(node.service, person) for node, person in people * 2)
    )
    assert all(taken), "somebody waits, so nobody may hear that the queue is empty"
    assert {one.conversation for one in taken if one} == waiting


async def test_a_person_taken_while_they_write_is_neither_lost_nor_stuck(desk, other):
    people = [await desk.arrive(DANGER) for _ in range(3)]
    tom = await other.sign_in("tom")
    sending = asyncio.gather(*(send(desk, person, DANGER) for person in people * 5))
    taken = await taking.take_next(other.service, tom)
    numbers = await sending
    assert taken is not None
    assert len(numbers) == 15
    assert (await desk.state(taken.conversation)) == "with_practitioner"
    await desk.worker.drain()


async def test_who_lock_the_same_rows_in_different_order_are_both_served(desk, other):
    first, second = await desk.arrive(), await desk.arrive()
    meeting = threading.Barrier(2)

    def touch(*order: ConversationId):
        def work(tx):
            for position, conversation in enumerate(order):
                if position:  # each holds one row when both want the other's
                    with contextlib.suppress(threading.BrokenBarrierError):
                        meeting.wait(timeout=0.5)
                tx.execute(
                    update(conversations)
                    .where(conversations.c.id == conversation)
                    .values(misses=conversations.c.misses + 1)
                )

        return work

    await asyncio.gather(
        desk.service.store.write(touch(first, second)),
        other.service.store.write(touch(second, first)),
    )
    for conversation in (first, second):
        (row,) = await desk.rows(conversations, id=conversation)
        assert row["misses"] == 2


async def test_a_group_with_a_job_that_the_database_refuses_keeps_the_others(desk):
    gate = threading.Event()
    held = desk.service.store.write(lambda tx: gate.wait(5))
    name = {"name": "made up", "value": 1}
    writes = [
        desk.service.store.write(lambda tx: tx.execute(insert(tallies), name)),
        desk.service.store.write(lambda tx: tx.execute(insert(tallies), name)),
        desk.service.store.write(lambda tx: tx.execute(insert(tallies), {**name, "name": "last"})),
    ]
    gate.set()
    await held
    done = await asyncio.gather(*writes, return_exceptions=True)
    assert [isinstance(one, UnavailableError) for one in done] == [False, True, False]
    assert len(await desk.rows(tallies, name="last")) == 1


@pytest.fixture
async def dying(desk: Desk, tmp_path: Path) -> AsyncIterator[Desk]:
    """A node that dies as soon as it has stored a message: its lease on the work goes on."""
    async with open_desk(tmp_path, watch=desk.watch, attends=False) as opened:
        yield opened


async def test_work_left_by_a_dead_node_is_done_by_one_of_the_others(desk, other, dying):
    people = [await dying.arrive(APPOINTMENT) for _ in range(5)]
    desk.watch.advance(LEASE)
    found = await asyncio.gather(desk.worker.take_over(), other.worker.take_over())
    assert sum(found) == len(people)
    await desk.worker.drain()
    await other.worker.drain()
    assert len(desk.dialogue.turns) + len(other.dialogue.turns) == len(people)
    assert all(row["second_at"] for row in await desk.rows(readings))
    assert all(row["done_at"] for row in await desk.rows(outbox))


async def test_work_that_a_living_node_holds_is_left_to_it(desk, dying):
    await dying.arrive(APPOINTMENT)
    desk.watch.advance(LEASE - timedelta(seconds=1))
    assert await desk.worker.take_over() == 0
    desk.watch.advance(timedelta(seconds=1))
    assert await desk.worker.take_over() == 1
    await desk.worker.drain()


async def test_work_that_ended_every_node_that_tried_brings_a_person(desk, dying):
    conversation = await dying.arrive(APPOINTMENT)
    await desk.change(update(outbox).values(attempts=MOST_ATTEMPTS - 1))
    desk.watch.advance(LEASE)
    assert await desk.worker.take_over() == 1
    await desk.worker.drain()
    assert desk.dialogue.turns == []
    assert await desk.state(conversation) == "waiting"
    assert "fail.bot" in await desk.wordings(conversation)


class SilentDialogue(FakeDialogue):
    """Is asked, and never answers."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()

    async def answer(self, turn: Turn) -> Answer:
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError


async def test_a_node_that_stops_gives_its_work_back_at_once(desk, tmp_path):
    silent = SilentDialogue()
    async with open_desk(tmp_path, watch=desk.watch, dialogue=silent) as leaving:
        started = await enquirer.start(
            leaving.service, author=None, text=APPOINTMENT, client_ref=None
        )
        await silent.asked.wait()
        assert await desk.worker.take_over() == 0
    assert await desk.worker.take_over() == 1
    await desk.worker.drain()
    assert len(desk.dialogue.turns) == 1
    assert "close.plain" in await desk.wordings(started.conversation)


async def test_a_clock_is_missed_once_however_many_nodes_watch_it(desk, other):
    conversation = await desk.arrive(DANGER)
    desk.watch.advance(timedelta(minutes=15))
    await asyncio.gather(desk.ticker.run_due(), other.ticker.run_due())
    told = [*desk.told, *other.told]
    assert len([fact for fact in told if isinstance(fact, ClockMissed)]) == 1
    alarms = [fact.alarm["kind"] for fact in told if isinstance(fact, AlarmRaised)]
    assert alarms.count("clock_missed") == 1
    said = [m["text"] for m in await desk.said(conversation) if m.get("wording_id") == "queue.slow"]
    assert said
    assert len(said) == len(set(said))


async def test_one_node_sweeps_in_a_minute(desk, other):
    conversation = await desk.arrive(APPOINTMENT)
    await desk.change(
        update(conversations).where(conversations.c.id == conversation).values(state="waiting")
    )
    desk.watch.advance(timedelta(minutes=2))
    await asyncio.gather(desk.ticker.run_due(), other.ticker.run_due())
    (repairs,) = await desk.rows(tallies, name="sweep_repairs")
    assert repairs["value"] == 1


async def test_a_row_that_cannot_be_worked_does_not_stop_the_clocks_of_others(desk):
    broken, sound = await desk.arrive(DANGER), await desk.arrive(DANGER)
    await desk.change(
        update(conversations).where(conversations.c.id == broken).values(state="nonsense")
    )
    desk.watch.advance(timedelta(minutes=15))
    with pytest.raises(ValueError, match="nonsense"):
        await desk.ticker.run_due()
    assert "queue.slow" in await desk.wordings(sound)
