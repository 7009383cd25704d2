"""What a full store costs: one connection's latency with a million messages kept, ÷ with few."""

import contextlib
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, insert

from bench.children import Service, serving
from bench.figures import Opening, Sample
from bench.limits import SAID
from bench.people import begin
from bench.stage import NO_BOT, Stage
from bench.timing import latencies, percentile
from models.engine import alone
from models.migrate import upgrade
from models.tables import conversations, enquiries, events, messages, readings

FEW = 1_000
A_CONVERSATION = 25
AT_ONCE = 200
"""Conversations written by one statement each table."""
PAST = datetime(2026, 1, 5, 9, tzinfo=UTC)


@contextlib.asynccontextmanager
async def million(stage: Stage) -> Opening:
    """Median of send and catch-up together, on two stores that differ in their history alone."""
    many = stage.sizes.many_messages
    rooms = {count: stage.room(f"history-{count}") for count in (FEW, many)}
    for count, room in rooms.items():
        fill(f"sqlite:///{room}/cap-chat.db", count)
    async with serving(rooms[FEW], NO_BOT) as short, serving(rooms[many], NO_BOT) as long:

        async def measure() -> Sample:
            few = await _median(stage, short)
            full = await _median(stage, long)
            parts = {"few_ms": few * 1000, "full_ms": full * 1000, "messages": many}
            return Sample(full / few, parts)

        yield measure


async def _median(stage: Stage, service: Service) -> float:
    person = await begin(stage.http, service.url, text=SAID)
    await person.connect(stage.http, service.url)

    async def send_and_catch_up() -> None:
        seq = await person.send()
        await person.do("messages:since", {"seq": seq - 1})

    took = await latencies(send_and_catch_up, seconds=stage.sizes.seconds)
    await person.leave()
    return percentile(took, 0.5)


def fill(url: str, count: int) -> None:
    """Closed conversations with `count` messages in all, written straight into the tables."""
    upgrade(url)
    with alone(url) as connection:
        left = count // A_CONVERSATION
        while left > 0:
            _write(connection, min(left, AT_ONCE))
            left -= AT_ONCE


def _write(connection: Connection, how_many: int) -> None:
    names = [(uuid.uuid4().hex, uuid.uuid4().hex) for _ in range(how_many)]
    written: Mapping[Table, Iterator[dict[str, Any]]] = {
        conversations: (_conversation(*name) for name in names),
        enquiries: (_enquiry(*name) for name in names),
        messages: (_message(*name, seq) for name in names for seq in _numbers()),
        events: (_event(name[0], seq) for name in names for seq in _numbers()),
        readings: (_reading(name[0], seq) for name in names for seq in _numbers() if seq % 2),
    }
    for table, rows in written.items():
        connection.execute(insert(table), list(rows))


def _numbers() -> range:
    return range(1, A_CONVERSATION + 1)


def _conversation(conversation: str, enquiry: str) -> dict[str, Any]:
    return {
        "id": conversation,
        "reference": conversation[:12],
        "token_hash": f"t{conversation}",
        "resume_hash": f"r{conversation}",
        "state": "closed",
        "priority": "none",
        "enquiry_id": enquiry,
        "last_seq": A_CONVERSATION,
        "last_event": A_CONVERSATION,
        "claim_version": 0,
        "doubts": 0,
        "ambers": 0,
        "misses": 0,
        "episode": 1,
        "timers_version": 0,
        "opened_at": PAST,
        "closed_at": PAST,
    }


def _enquiry(conversation: str, enquiry: str) -> dict[str, Any]:
    return {
        "id": enquiry,
        "reference": conversation[:12],
        "conversation_id": conversation,
        "status": "closed",
        "clinical": False,
        "priority": "none",
        "owner_kind": "bot",
        "owner_id": "bot",
        "next_step": "none",
        "captured": {},
        "kinds": [],
        "needs": [],
        "outcomes": ["INFO_GIVEN"],
        "opened_at": PAST,
        "closed_at": PAST,
    }


def _message(conversation: str, enquiry: str, seq: int) -> dict[str, Any]:
    return {
        "conversation_id": conversation,
        "seq": seq,
        "event": seq,
        "at": PAST,
        "speaker": "enquirer" if seq % 2 else "bot",
        "text": SAID,
        "client_ref": f"{conversation}{seq}" if seq % 2 else None,
        "enquiry_id": enquiry,
    }


def _event(conversation: str, number: int) -> dict[str, Any]:
    by = "enquirer" if number % 2 else "bot"
    kind = {"kind": "message_posted", "by": by, "seq": number}
    return {"conversation_id": conversation, "event": number, "at": PAST, **kind}


def _reading(conversation: str, seq: int) -> dict[str, Any]:
    return {
        "conversation_id": conversation,
        "seq": seq,
        "at": PAST,
        "first_priority": "none",
        "concern": "none",
        "signals": [],
        "second_at": PAST,
        "second_priority": "none",
        "second_unsure": False,
        "priority": "none",
    }
