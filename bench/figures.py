"""What a figure is: its name, its floor and goal, how it is measured, and what came of it."""

import statistics
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum

from bench.stage import Stage


class Better(StrEnum):
    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement: the figure, and the absolute numbers that it was made of, by name.

    `fault` says why the figure must not count, such as an entry that two people were given.
    """

    value: float
    parts: Mapping[str, float] = field(default_factory=dict)
    fault: str | None = None


Measure = Callable[[], Awaitable[Sample]]
Opened = AbstractAsyncContextManager[Measure]
Opening = AsyncIterator[Measure]
"""What the generator behind an `Opened` yields: once, when everything it measures is up."""


class NotMeasurableError(RuntimeError):
    """The machine or the product lacks what this figure needs; says what."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of the table. `open` starts what it needs and yields what measures once."""

    name: str
    title: str
    unit: str
    better: Better
    floor: float
    goal: float
    open: Callable[[Stage], Opened]
    by_default: bool = True
    repeats: int | None = None
    """Where one more sample would cost more than it tells. None: as the run."""

    def reaches(self, value: float, bar: float) -> bool:
        return value >= bar if self.better is Better.HIGHER else value <= bar


@dataclass(frozen=True, slots=True)
class Result:
    """All samples of one figure. Without samples, `trouble` says why."""

    figure: Figure
    samples: Sequence[Sample]
    trouble: str | None = None

    @property
    def value(self) -> float | None:
        return statistics.median(s.value for s in self.samples) if self.samples else None

    @property
    def parts(self) -> dict[str, float]:
        names = list(self.samples[0].parts) if self.samples else []
        return {name: statistics.median(s.parts[name] for s in self.samples) for name in names}

    @property
    def verdict(self) -> str:
        """In one word or two: goal, floor, below the floor, faulty, or not measured."""
        if self.value is None:
            return "not measured"
        if any(sample.fault for sample in self.samples):
            return "faulty"
        if self.figure.reaches(self.value, self.figure.goal):
            return "goal"
        return "floor" if self.figure.reaches(self.value, self.figure.floor) else "below the floor"
