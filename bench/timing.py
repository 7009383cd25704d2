"""Rates and latencies of what is called. Knows nothing of what it times."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Sequence

Act = Callable[[], Awaitable[object]]


async def per_second(acts: Sequence[Act], seconds: float) -> float:
    """How many a second when each of `acts` is done again as soon as it has ended."""
    began = time.perf_counter()
    until = began + seconds

    async def again_and_again(act: Act) -> int:
        done = 0
        while time.perf_counter() < until:
            await act()
            done += 1
        return done

    done = await asyncio.gather(*(again_and_again(act) for act in acts))
    return sum(done) / (time.perf_counter() - began)


async def latencies(act: Act, *, seconds: float, pause: float = 0.0) -> list[float]:
    """Seconds that each took, one after the other."""
    took: list[float] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        took.append(await seconds_of(act))
        if pause:
            await asyncio.sleep(pause)
    return took


async def seconds_of(act: Act) -> float:
    began = time.perf_counter()
    await act()
    return time.perf_counter() - began


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of `values` that at least `share` of them do not exceed."""
    in_order = sorted(values)
    return in_order[max(0, math.ceil(share * len(in_order)) - 1)]
