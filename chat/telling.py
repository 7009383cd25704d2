"""News of the queue: the entry as it stands, alarms, the honest wait."""

from sqlalchemy import Connection, RowMapping

from chat.views import entry_view
from handoff.queue import ahead_of, next_fact_number, recent_waits
from handoff.queue_order import band_words, waiting_band
from models.facts import AlarmRaised, EntryFact
from models.store import Transaction
from models.vocabulary import ConversationId


def tell_entry(tx: Transaction, entry: RowMapping, *, name: str) -> None:
    tx.tell(EntryFact(name, entry_view(entry), next_fact_number(tx)))


def raise_alarm(tx: Transaction, entry: RowMapping, *, kind: str) -> None:
    tx.tell(
        AlarmRaised(
            {
                "alarm": entry["id"],
                "kind": kind,
                "entry": entry["id"],
                "reference": entry["reference"],
                "priority": entry["priority"],
            }
        )
    )


def band_of(reader: Connection | Transaction, conversation: ConversationId) -> str | None:
    """An honest wait in words, from the very order that serves; None when no honest one can be
    given.
    """
    connection = reader.connection if isinstance(reader, Transaction) else reader
    ahead = ahead_of(connection, conversation)
    if ahead is None:
        return None
    wording = waiting_band(ahead, recent_waits=recent_waits(connection))
    return band_words(wording) if wording else None
