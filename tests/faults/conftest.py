"""A desk for the faults that need no process of their own; on SQLite and PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stores import tmp_path as on_each_store
from tests.usecases.desk import Desk, open_desk

__all__ = ["on_each_store"]


@pytest.fixture
async def desk(on_each_store: Path) -> AsyncIterator[Desk]:
    async with open_desk(on_each_store) as opened:
        yield opened
