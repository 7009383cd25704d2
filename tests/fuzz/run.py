"""Throws so many hostile inputs at a service of its own and counts what gave way."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

from tests.fuzz.inputs import Chance
from tests.fuzz.targets import everything
from tests.service import running_service

TOGETHER = 4
MOST_KEPT = 20


@dataclass
class Tally:
    inputs: dict[str, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.inputs.values())


async def throw(
    folder: Path, *, inputs: int, seed: int, tell: Callable[[str], None] = lambda _line: None
) -> Tally:
    """The same seed and number throw the same inputs."""
    tally = Tally()
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # quotes what it was sent
    logging.getLogger("engineio").setLevel(logging.CRITICAL)
    async with (
        running_service(folder, rate_limits="relaxed") as service,
        everything(service) as targets,
    ):
        shares = sum(share for share, _target in targets.values())
        for name, (share, target) in targets.items():
            number = max(1, inputs * share // shares)
            turns = iter(range(number))
            found: list[str] = []

            async def work(name=name, target=target, turns=turns, found=found):
                for turn in turns:
                    finding = await target(Chance(crc32(f"{seed} {name} {turn}".encode())))
                    if finding:
                        found.append(finding)

            await asyncio.gather(*(work() for _ in range(TOGETHER)))
            tally.inputs[name] = number
            tally.findings += [f"{name}: {finding}" for finding in found[:MOST_KEPT]]
            tell(f"{name:13} {number:8} inputs {len(found):4} findings")
        tally.findings += await _alive(service)
    return tally


async def _alive(service) -> list[str]:
    """After all of it the service still answers, and its store holds together."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(30):
            await service.settle()
            return []
    return ["the service did not come to rest"]
