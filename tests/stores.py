"""Which store a test's service runs on: SQLite in the test's own folder, or a real PostgreSQL.

A suite whose conftest imports `tmp_path` from here runs every test that has a folder on both.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import drop, prepared_database
from tests.service import DATABASES, prepare

STORES = [
    "sqlite",
    pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.slow]),
]


@pytest.fixture(params=STORES)
def tmp_path(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The test's folder; a service or command that is started in it keeps its store as told."""
    if request.param == "sqlite":
        yield tmp_path
        return
    address = DATABASES[tmp_path] = prepared_database(prepare)
    monkeypatch.setenv("CAP_CHAT_DATABASE_URL", address)
    yield tmp_path
    del DATABASES[tmp_path]
    drop(address)
