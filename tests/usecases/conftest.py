"""The service without its edges: real store, SQLite and PostgreSQL, real screen, worker and clock;
no socket.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stores import tmp_path
from tests.usecases.desk import Desk, open_desk

__all__ = ["tmp_path"]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as opened:
        yield opened
