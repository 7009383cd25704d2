"""The limits of the store itself: durable inserts in groups, and one claim after the other, with
nothing around them.
"""

import time
import uuid

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    insert,
    select,
    update,
)

from models.engine import open_engine

_TABLES = MetaData()
kept = Table(
    "kept",
    _TABLES,
    Column("number", Integer, primary_key=True),
    Column("client_ref", String, nullable=False, unique=True),
    Column("said", String, nullable=False),
)
entries = Table(
    "entry",
    _TABLES,
    Column("number", Integer, primary_key=True),
    Column("state", String, nullable=False, index=True),
    Column("holder", String),
)
SAID = "Could you tell me when the booking team is open"


def limit_engine(url: str) -> Engine:
    """Opened as the product opens its own store, with the bare tables in it."""
    engine = open_engine(url)
    _TABLES.drop_all(engine)
    _TABLES.create_all(engine)
    return engine


def group_commits(url: str, *, group: int, seconds: float) -> float:
    """Rows a second that can be made durable when `group` of them share a commit."""
    engine = limit_engine(url)
    number, began = 0, time.perf_counter()
    with engine.connect() as connection:
        while time.perf_counter() - began < seconds:
            rows = [
                {"number": number + one, "client_ref": uuid.uuid4().hex, "said": SAID}
                for one in range(group)
            ]
            _begin(engine, connection)
            connection.execute(insert(kept), rows)
            _commit(engine, connection)
            number += group
    took = time.perf_counter() - began
    engine.dispose()
    return number / took


def claim_statements(url: str, how_many: int) -> float:
    """Claims a second by one guarded statement and one commit each."""
    engine = limit_engine(url)
    first = select(entries.c.number).where(entries.c.state == "waiting")
    claim = (
        update(entries)
        .where(entries.c.number == first.order_by(entries.c.number).limit(1).scalar_subquery())
        .values(state="claimed", holder="somebody")
        .returning(entries.c.number)
    )
    with engine.connect() as connection:
        _begin(engine, connection)
        waiting = [{"number": number, "state": "waiting"} for number in range(how_many)]
        connection.execute(insert(entries), waiting)
        _commit(engine, connection)
        began = time.perf_counter()
        for _ in range(how_many):
            _begin(engine, connection)
            connection.execute(claim).one()
            _commit(engine, connection)
        took = time.perf_counter() - began
    engine.dispose()
    return how_many / took


def _begin(engine: Engine, connection: Connection) -> None:
    if engine.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _commit(engine: Engine, connection: Connection) -> None:
    if engine.dialect.name == "sqlite":
        connection.exec_driver_sql("COMMIT")
    else:
        connection.commit()
