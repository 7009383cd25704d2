"""Some hostile inputs in every run of the whole suite; `make fuzz` throws a million."""

import pytest

from tests.fuzz.run import throw

INPUTS = 1500


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [2026])
async def test_nothing_gives_way_to_hostile_input(tmp_path, seed):
    tally = await throw(tmp_path, inputs=INPUTS, seed=seed)
    assert tally.findings == []
    assert tally.total >= INPUTS * 0.9
