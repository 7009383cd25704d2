"""The conversation's log: the only place that numbers and writes messages and events.

Decides nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, insert, select, update

from chat.states import ImpossibleActError, states_before
from chat.views import message_view, state_view
from models.errors import NotFoundError
from models.facts import ConversationChanged, MessagePosted
from models.store import Transaction
from models.tables import conversations, events, messages, readings
from models.vocabulary import ConversationId, ConversationState, Priority, Speaker

PAGE = 500
NOTHING_ASKED: Final[Mapping[str, Any]] = {"asks": None, "form": None, "form_asks": None}


@dataclass(frozen=True, slots=True)
class Saying:
    """What is to be written: speaker and text, and what the page shows with it."""

    speaker: Speaker
    text: str
    name: str | None = None
    wording_id: str | None = None
    client_ref: str | None = None
    choice: str | None = None
    asks: str | None = None
    choices: Sequence[Mapping[str, str]] | None = None
    cards: Sequence[Mapping[str, Any]] | None = None


def hold(tx: Transaction, conversation: ConversationId) -> RowMapping:
    """The conversation's row, locked until the commit. Raises NotFoundError."""
    statement = select(conversations).where(conversations.c.id == conversation).with_for_update()
    row = tx.execute(statement).mappings().first()
    if row is None:
        raise NotFoundError
    return row


def read(connection: Connection, conversation: ConversationId) -> RowMapping:
    """The conversation's row as last committed. Raises NotFoundError."""
    found = connection.execute(select(conversations).where(conversations.c.id == conversation))
    row = found.mappings().first()
    if row is None:
        raise NotFoundError
    return row


def change(tx: Transaction, conversation: ConversationId, **values: Any) -> RowMapping:
    """Write the conversation's current reading; yields the row as it now stands.

    A state is written only where the table of states leads to it from the one that stands. Raises
    ImpossibleActError, which is a bug.
    """
    statement = (
        update(conversations)
        .where(conversations.c.id == conversation)
        .values(**values)
        .returning(*conversations.c)
    )
    if "state" in values:
        before = states_before(ConversationState(values["state"]))
        statement = statement.where(conversations.c.state.in_(sorted(before)))
    row = tx.execute(statement).mappings().first()
    if row is None:
        raise ImpossibleActError(f"{conversation} to {values.get('state')}")
    return row


def append(
    tx: Transaction, held: RowMapping, *, saying: Saying, now: datetime, **values: Any
) -> RowMapping:
    """Write one message under the next `seq` and `event`; `values` go to the conversation's row.

    Yields the conversation's row after it. The number comes from one UPDATE … RETURNING, so it is
    gapless however many write at once.
    """
    row = change(
        tx,
        ConversationId(held["id"]),
        last_seq=conversations.c.last_seq + 1,
        last_event=conversations.c.last_event + 1,
        **values,
    )
    written = {
        "conversation_id": row["id"],
        "seq": row["last_seq"],
        "event": row["last_event"],
        "at": now,
        "speaker": saying.speaker.value,
        "name": saying.name,
        "text": saying.text,
        "wording_id": saying.wording_id,
        "client_ref": saying.client_ref,
        "choice": saying.choice,
        "asks": saying.asks,
        "choices": list(map(dict, saying.choices)) if saying.choices else None,
        "cards": list(map(dict, saying.cards)) if saying.cards else None,
        "enquiry_id": row["enquiry_id"],
    }
    tx.execute(insert(messages), written)
    _log(tx, row, kind="message_posted", by=saying.speaker.value, now=now, seq=row["last_seq"])
    tx.tell(MessagePosted(ConversationId(row["id"]), message_view(written)))
    return row


def record(
    tx: Transaction,
    held: RowMapping,
    *,
    kind: str,
    by: str,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
    **values: Any,
) -> RowMapping:
    """Write one event that is not a message, with `values` for the conversation's own row."""
    row = change(
        tx,
        ConversationId(held["id"]),
        last_event=conversations.c.last_event + 1,
        **values,
    )
    _log(tx, row, kind=kind, by=by, now=now, detail=detail)
    return row


def _log(
    tx: Transaction,
    row: RowMapping,
    *,
    kind: str,
    by: str,
    now: datetime,
    seq: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    written = {
        "conversation_id": row["id"],
        "event": row["last_event"],
        "at": now,
        "kind": kind,
        "by": by,
        "seq": seq,
        "detail": dict(detail) if detail else None,
    }
    tx.execute(insert(events), written)


def tell_state(tx: Transaction, row: RowMapping, *, band: str | None = None) -> None:
    tx.tell(ConversationChanged(ConversationId(row["id"]), state_view(row, band=band)))


def seq_of(tx: Transaction, conversation: ConversationId, client_ref: str) -> RowMapping | None:
    """The message that this client reference was first kept as, if it was."""
    statement = select(messages.c.seq, messages.c.at).where(
        messages.c.conversation_id == conversation, messages.c.client_ref == client_ref
    )
    return tx.execute(statement).mappings().first()


def since(connection: Connection, conversation: ConversationId, seq: int) -> list[dict[str, Any]]:
    """Messages after `seq`, in order, one page of at most PAGE."""
    statement = (
        select(messages)
        .where(messages.c.conversation_id == conversation, messages.c.seq > seq)
        .order_by(messages.c.seq)
        .limit(PAGE)
    )
    return [message_view(row) for row in connection.execute(statement).mappings()]


def earlier_texts(
    connection: Connection, conversation: ConversationId, *, before: int, turns: int
) -> list[str]:
    """The enquirer's last `turns` texts before message `before`, oldest first."""
    statement = (
        select(messages.c.text)
        .where(
            messages.c.conversation_id == conversation,
            messages.c.seq < before,
            messages.c.speaker == Speaker.ENQUIRER.value,
        )
        .order_by(messages.c.seq.desc())
        .limit(turns)
    )
    return list(reversed(connection.execute(statement).scalars().all()))


def earlier_priorities(
    connection: Connection, conversation: ConversationId, *, before: int, turns: int
) -> list[Priority]:
    """What the screen found in the enquirer's last `turns` texts before `before`, oldest first."""
    statement = (
        select(readings.c.priority)
        .where(readings.c.conversation_id == conversation, readings.c.seq < before)
        .order_by(readings.c.seq.desc())
        .limit(turns)
    )
    return [Priority(found) for found in reversed(connection.execute(statement).scalars().all())]
