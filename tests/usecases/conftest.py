"""The service without its edges: real store on a file, real screen, worker and clock; no socket."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.usecases.desk import Desk, open_desk


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as opened:
        yield opened
