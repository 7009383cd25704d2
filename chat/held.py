"""Everything that is kept of one conversation, table by table: to hand out whole, or to erase.

A table that names a conversation is found by itself; a house test asks about every other.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, case, delete, select, update

from models.store import Transaction
from models.tables import (
    METADATA,
    clock_explanations,
    clocks,
    conversations,
    hand_overs,
    queue_entries,
)
from models.vocabulary import ConversationId

KEYS = frozenset({"token_hash", "resume_hash", "address_hash", "start_ref"})
"""Columns that open or find a conversation: erased with it, handed out to nobody."""
OF_NO_PERSON: Mapping[str, str] = {
    "audit_row": "who of the staff did what, and why. Kept: it proves the erasure",
    "erasure": "that something was erased, when and why",
    "hand_over": "of many conversations: what was written is blanked when one of them is erased",
    "lock_out": "attempts to sign in, of staff",
    "identity_request": "signing in, of staff; minutes",
    "presence": "staff",
    "recovery_code": "staff",
    "staff_member": "staff",
    "staff_session": "staff",
    "surge": "the service",
    "tally": "numbers",
    "unmet_need": "months and districts",
    "directory_question": "what staff ask about services",
}
"""Tables without a conversation, and why an erasure leaves their rows."""
WRITTEN_BY_STAFF: Mapping[str, frozenset[str]] = {
    "audit_row": frozenset({"detail"}),
    "directory_question": frozenset({"answer", "text"}),
    "erasure": frozenset({"reason"}),
    "hand_over": frozenset({"answer_reason", "entries", "summary"}),
    "presence": frozenset({"reason", "specialties"}),
    "staff_member": frozenset({"name", "specialties", "title"}),
    "surge": frozenset({"by_name", "reason"}),
}
"""Their columns in which staff write."""
NAMES_AND_CODES = frozenset(
    {
        "action",
        "actor",
        "answered_by",
        "asked_by",
        "audience",
        "by",
        "code_hash",
        "district",
        "ended_how",
        "enrol_hash",
        "from_staff",
        "hash",
        "id",
        "identity",
        "month",
        "name",
        "name_hash",
        "nonce",
        "password_hash",
        "previous",
        "reference",
        "role",
        "rule",
        "service_id",
        "signed",
        "staff_id",
        "state_hash",
        "subject",
        "to_staff",
        "token_hash",
        "topic",
        "totp_sealed",
        "username",
        "verifier",
    }
)
"""Their other columns of text, by name: none takes a sentence."""


def tables() -> Iterator[tuple[Table, ColumnElement[Any]]]:
    """Every table that keeps something of a conversation, with the column that names it; those
    that others point to come last.
    """
    for table in reversed(METADATA.sorted_tables):
        if table is clock_explanations:
            yield table, table.c.clock_id
        elif table is conversations:
            yield table, table.c.id
        elif "conversation_id" in table.c:
            yield table, table.c.conversation_id


def rows(db: Connection, conversation: ConversationId) -> dict[str, list[dict[str, Any]]]:
    """All of it by table, without the keys; tables that keep nothing of it are left out."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table, column in tables():
        statement = select(table).where(_is_of(column, conversation))
        kept = [
            {name: value for name, value in row.items() if name not in KEYS}
            for row in db.execute(statement).mappings()
        ]
        if kept:
            found[table.name] = kept
    return found


def erase(tx: Transaction, conversation: ConversationId) -> int:
    """Remove every row of it, and what was written of it for a colleague. Yields how many rows.

    Whoever calls has made sure that nothing of it is still open, and notes why.
    """
    _blank_hand_overs(tx, conversation)
    return sum(
        tx.execute(delete(table).where(_is_of(column, conversation))).rowcount
        for table, column in tables()
    )


def _is_of(column: ColumnElement[Any], conversation: ConversationId) -> ColumnElement[bool]:
    if column.table is clock_explanations:
        its_clocks = select(clocks.c.id).where(clocks.c.conversation_id == conversation)
        return column.in_(its_clocks)
    return column == conversation


def _blank_hand_overs(tx: Transaction, conversation: ConversationId) -> None:
    """A hand-over speaks of all that somebody held: what it says cannot be told apart."""
    entries = select(queue_entries.c.id).where(queue_entries.c.conversation_id == conversation)
    its_own = {row.id for row in tx.execute(entries)}
    for row in tx.execute(select(hand_overs.c.id, hand_overs.c.entries)).all():
        if its_own & {str(held["entry"]) for held in row.entries}:
            blank = (
                update(hand_overs)
                .where(hand_overs.c.id == row.id)
                .values(
                    summary="",
                    answer_reason=case((hand_overs.c.answer_reason.is_(None), None), else_=""),
                )
            )
            tx.execute(blank)
