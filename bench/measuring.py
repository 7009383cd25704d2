"""Measures figure after figure, bounded in time; one that fails is told and the rest go on."""

import asyncio
import os
import time
from collections.abc import Sequence

from bench.figures import Figure, Result, Sample
from bench.report import Run, as_line
from bench.stage import Stage

MOST_SECONDS = 900.0
"""For one figure, its start included."""


async def measure_all(figures: Sequence[Figure], stage: Stage, *, quick: bool) -> Run:
    began, before = time.time(), os.getloadavg()
    results = []
    for figure in figures:
        result = await _measure(figure, stage)
        results.append(result)
        print(as_line(result), flush=True)
    return Run(results, quick=quick, load=(before, os.getloadavg()), seconds=time.time() - began)


async def _measure(figure: Figure, stage: Stage) -> Result:
    samples: list[Sample] = []
    try:
        async with asyncio.timeout(MOST_SECONDS), figure.open(stage) as measure:
            for _ in range(figure.repeats or stage.sizes.repeats):
                samples.append(await measure())  # noqa: PERF401 - the samples before a failure are told
    except Exception as error:  # the edge of a row: whatever broke, the others are still measured
        return Result(figure, samples, f"{type(error).__name__}: {error}")
    return Result(figure, samples)
