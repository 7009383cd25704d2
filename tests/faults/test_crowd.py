"""Fifty practitioners, five hundred people waiting, all at once, on two nodes where the store can:
nobody is taken twice, nobody holds too many, nobody is left behind; one practitioner vanishes with
all they hold.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from chat import enquirer, practitioner, prioritising, taking
from chat.staff import Availability, SignedIn, set_presence
from models.errors import AtCapacityError
from models.tables import claims, conversations, queue_entries, staff_members
from models.vocabulary import ClientRef, Priority, Role, StaffId
from tests.service import DATABASES
from tests.usecases.desk import Desk, open_desk
from web.watch import Watch

PRACTITIONERS, WAITING = 50, 500
EMERGENCIES, VERY_URGENT = 25, 75
TABS = 2  # of each practitioner's browser: what they hold is counted over both

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
async def nodes(on_each_store: Path) -> AsyncIterator[list[Desk]]:
    """SQLite has one writer at a time, and so one node."""
    watch, number = Watch(), 2 if on_each_store in DATABASES else 1
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(open_desk(on_each_store, watch=watch))
            for _ in range(number)
        ]


async def staff(desk: Desk) -> list[SignedIn]:
    """Fifty of them, who sign in by other tests."""
    people = [
        SignedIn(StaffId(f"p{n}"), f"p{n}", f"Pat {n}", "practitioner", Role.PRACTITIONER, ())
        for n in range(PRACTITIONERS)
    ]
    rows: list[dict[str, Any]] = [
        {
            "id": one.id,
            "username": one.username,
            "name": one.name,
            "title": one.title,
            "role": one.role.value,
            "specialties": [],
            "password_hash": "",
            "demo": True,
            "active": True,
        }
        for one in people
    ]
    await desk.change(insert(staff_members).values(rows))
    for one in people:
        await set_presence(desk.service, one, Availability(available=True))
    return people


async def arrive(node: Desk, number: int, lead: SignedIn) -> None:
    started = await enquirer.start(node.service, author=None, text=None, client_ref=None)
    await enquirer.ask_for_person(node.service, started.conversation)
    if number >= EMERGENCIES + VERY_URGENT:
        return
    priority = Priority.EMERGENCY if number < EMERGENCIES else Priority.VERY_URGENT
    await prioritising.set_priority(
        node.service, lead, conversation=started.conversation, priority=priority, reason="said so"
    )


async def take_all(node: Desk, one: SignedIn, taken: list[taking.Taken]) -> None:
    """One tab: takes whoever is next, says a word and closes, until nobody waits."""
    while True:
        try:
            following = await taking.take_next(node.service, one)
        except AtCapacityError:
            await asyncio.sleep(0)
            continue
        if following is None:
            return
        taken.append(following)
        assert await held_by(node, one) <= node.service.policy.capacity
        await practitioner.say(
            node.service,
            one,
            conversation=following.conversation,
            client_ref=ClientRef(f"hello {following.entry['entry']}"),
            text="I am here",
            version=following.claim_version,
        )
        await node.close(one, following)


async def held_by(node: Desk, one: SignedIn) -> int:
    statement = (
        select(func.count())
        .select_from(queue_entries)
        .where(queue_entries.c.claimed_by == one.id, queue_entries.c.state == "claimed")
    )
    return await node.service.store.read(lambda db: db.execute(statement).scalar_one())


async def test_fifty_serve_five_hundred_and_nobody_is_doubled_crowded_or_left(nodes: list[Desk]):
    first = nodes[0]
    people = await staff(first)
    for start in range(0, WAITING, 50):
        numbers = range(start, start + 50)
        await asyncio.gather(*(arrive(nodes[n % len(nodes)], n, people[0]) for n in numbers))
    assert len(await first.rows(queue_entries, state="waiting")) == WAITING

    lost_one, capacity = people[-1], first.service.policy.capacity
    vanished = [await taking.take_next(first.service, lost_one) for _ in range(capacity)]
    gone = {each.conversation for each in vanished if each is not None}
    assert len(gone) == capacity

    taken: list[taking.Taken] = []
    tabs = [
        (nodes[(n + tab) % len(nodes)], one)
        for n, one in enumerate(people[:-1])
        for tab in range(TABS)
    ]
    await asyncio.gather(*(take_all(node, one, taken) for node, one in tabs))
    assert len(taken) == WAITING - capacity
    assert set(Counter(each.entry["entry"] for each in taken).values()) == {1}
    assert gone.isdisjoint(each.conversation for each in taken)

    first.watch.advance(first.service.policy.lease)
    await asyncio.gather(*(node.ticker.run_due() for node in nodes))
    assert {
        row["conversation_id"] for row in await first.rows(queue_entries, state="waiting")
    } == gone
    await asyncio.gather(*(take_all(node, one, taken) for node, one in tabs))
    await nobody_is_left(*nodes)


async def nobody_is_left(*nodes: Desk) -> None:
    node = nodes[0]
    assert {row["state"] for row in await node.rows(conversations)} == {"closed"}
    assert {row["state"] for row in await node.rows(queue_entries)} == {"done"}
    ended = await node.rows(claims)
    assert len(ended) == WAITING + node.service.policy.capacity
    assert all(row["ended_at"] is not None for row in ended)
    assert [await each.sweep() for each in nodes] == [0] * len(nodes)
