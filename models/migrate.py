"""Brings a store to this version's tables, and says how far it is.

Refuses a store that is newer than the program.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from models.engine import open_engine
from models.errors import UnavailableError

SCRIPTS = Path(__file__).parent / "migrations"


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def newest() -> str:
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    if head is None:
        raise UnavailableError(hint="no migrations")
    return head


def current(url: str) -> str | None:
    """The store's version; None for an empty one."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def upgrade(url: str) -> bool:
    """Safe to run again; True when something changed. Raises UnavailableError for a newer store."""
    path = make_url(url).database
    if make_url(url).get_backend_name() == "sqlite" and path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    before = current(url)
    if before == newest():
        return False
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            command.upgrade(configuration(connection), "head")
            connection.commit()
    except CommandError as error:
        raise UnavailableError(hint="the store is newer than this program") from error
    finally:
        engine.dispose()
    return True
