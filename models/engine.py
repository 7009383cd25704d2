"""Opens a store's database with our settings, for the service and for commands. Holds no rules."""

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url

READERS = 4
_LINK = {
    "connect_timeout": "3",
    # A link whose other end went without a word is noticed in seconds, not in the system's hours.
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    # A node that froze in a transaction gives its locks back.
    "options": "-c idle_in_transaction_session_timeout=30000",
}


def open_engine(url: str) -> Engine:
    """An engine with our settings.

    SQLite transactions begin IMMEDIATE, so writers never upgrade a read lock. On PostgreSQL what
    the address itself says of the link holds before ours.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed,
            connect_args={"check_same_thread": False, "timeout": 15},
            pool_size=READERS + 2,
            hide_parameters=True,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        connect_args=_link_of(parsed),
        pool_size=READERS + 2,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def _link_of(parsed: URL) -> dict[str, Any]:
    return {name: value for name, value in _LINK.items() if name not in parsed.query}


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "cache_size=-32000",
        "temp_store=MEMORY",
        "secure_delete=ON",  # what is erased is overwritten, not only unlinked
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@contextlib.contextmanager
def alone(url: str, *, keep: bool = True) -> Iterator[Connection]:
    """One transaction of a command that runs without a service; undone when told or on an error."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection, _transaction(connection, keep=keep):
            yield connection
    finally:
        engine.dispose()


@contextlib.contextmanager
def _transaction(connection: Connection, *, keep: bool) -> Iterator[None]:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    how = "ROLLBACK"
    try:
        yield
        how = "COMMIT" if keep else "ROLLBACK"
    finally:
        if sqlite:
            connection.exec_driver_sql(how)
        elif how == "COMMIT":
            connection.commit()
