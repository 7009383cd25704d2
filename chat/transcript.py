"""The conversation's log: the only place that numbers and writes messages and events.

Decides nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, bindparam, select
from sqlalchemy.sql.dml import ReturningUpdate

from chat.states import ImpossibleActError, states_before
from chat.views import message_view, state_view
from models.errors import NotFoundError
from models.facts import ConversationChanged, MessagePosted
from models.statements import KEY, adding, changed, locked, where
from models.store import Transaction
from models.tables import conversations, events, messages, readings
from models.vocabulary import ConversationId, ConversationState, Priority, Speaker

PAGE = 500
NOTHING_ASKED: Final[Mapping[str, Any]] = {"asks": None, "form": None, "form_asks": None}
_ONE_EVENT = {"last_event": conversations.c.last_event + 1}
_ONE_MESSAGE = {"last_seq": conversations.c.last_seq + 1, **_ONE_EVENT}
_CHANGE = changed(conversations.c.id)
_ADD_EVENT = _CHANGE.values(_ONE_EVENT)
_ADD_MESSAGE = _CHANGE.values(_ONE_MESSAGE)
_IS_BEFORE = conversations.c.state.in_(bindparam("before", expanding=True))
_LEAVING = {one: one.where(_IS_BEFORE) for one in (_CHANGE, _ADD_EVENT, _ADD_MESSAGE)}
_OF_CONVERSATION = messages.c.conversation_id == bindparam(KEY)
_SENT_AS = select(messages.c.seq, messages.c.at).where(
    _OF_CONVERSATION, messages.c.client_ref == bindparam("sent_as")
)
_SINCE = (
    select(messages)
    .where(_OF_CONVERSATION, messages.c.seq > bindparam("after"))
    .order_by(messages.c.seq)
    .limit(PAGE)
)
_EARLIER_TEXTS = (
    select(messages.c.text)
    .where(
        _OF_CONVERSATION,
        messages.c.seq < bindparam("before"),
        messages.c.speaker == Speaker.ENQUIRER.value,
    )
    .order_by(messages.c.seq.desc())
    .limit(bindparam("turns"))
)
_EARLIER_PRIORITIES = (
    select(readings.c.priority)
    .where(readings.c.conversation_id == bindparam(KEY), readings.c.seq < bindparam("before"))
    .order_by(readings.c.seq.desc())
    .limit(bindparam("turns"))
)


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
    row = tx.execute(locked(conversations.c.id), {KEY: conversation}).mappings().first()
    if row is None:
        raise NotFoundError
    return row


def read(connection: Connection, conversation: ConversationId) -> RowMapping:
    """The conversation's row as last committed. Raises NotFoundError."""
    row = connection.execute(where(conversations.c.id), {KEY: conversation}).mappings().first()
    if row is None:
        raise NotFoundError
    return row


def change(tx: Transaction, conversation: ConversationId, **values: Any) -> RowMapping:
    """Write the conversation's current reading; yields the row as it now stands.

    A state is written only where the table of states leads to it from the one that stands. Raises
    ImpossibleActError, which is a bug.
    """
    return _write(tx, conversation, _CHANGE, values)


def _write(
    tx: Transaction,
    conversation: ConversationId,
    statement: ReturningUpdate[Any],
    values: Mapping[str, Any],
) -> RowMapping:
    given = {KEY: conversation, **values}
    if "state" in values:
        statement = _LEAVING[statement]
        given["before"] = sorted(states_before(ConversationState(values["state"])))
    row = tx.execute(statement, given).mappings().first()
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
    row = _write(tx, ConversationId(held["id"]), _ADD_MESSAGE, values)
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
    tx.execute(adding(messages), written)
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
    row = _write(tx, ConversationId(held["id"]), _ADD_EVENT, values)
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
    tx.execute(adding(events), written)


def tell_state(tx: Transaction, row: RowMapping, *, band: str | None = None) -> None:
    tx.tell(ConversationChanged(ConversationId(row["id"]), state_view(row, band=band)))


def seq_of(tx: Transaction, conversation: ConversationId, client_ref: str) -> RowMapping | None:
    """The message that this client reference was first kept as, if it was."""
    given = {KEY: conversation, "sent_as": client_ref}
    return tx.execute(_SENT_AS, given).mappings().first()


def since(connection: Connection, conversation: ConversationId, seq: int) -> list[dict[str, Any]]:
    """Messages after `seq`, in order, one page of at most PAGE."""
    found = connection.execute(_SINCE, {KEY: conversation, "after": seq})
    return [message_view(row) for row in found.mappings()]


def earlier_texts(
    connection: Connection, conversation: ConversationId, *, before: int, turns: int
) -> list[str]:
    """The enquirer's last `turns` texts before message `before`, oldest first."""
    given = {KEY: conversation, "before": before, "turns": turns}
    return list(reversed(connection.execute(_EARLIER_TEXTS, given).scalars().all()))


def earlier_priorities(
    connection: Connection, conversation: ConversationId, *, before: int, turns: int
) -> list[Priority]:
    """What the screen found in the enquirer's last `turns` texts before `before`, oldest first."""
    given = {KEY: conversation, "before": before, "turns": turns}
    found = connection.execute(_EARLIER_PRIORITIES, given).scalars().all()
    return [Priority(one) for one in reversed(found)]
