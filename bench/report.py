"""A run as a table for people and as JSON for programs."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.figures import Result

GOOD = frozenset({"goal", "floor"})
Load = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Run:
    """`load`: the machine's load averages (1, 5, 15 minutes) before and after."""

    results: Sequence[Result]
    quick: bool
    load: tuple[Load, Load]
    seconds: float


def is_good(run: Run) -> bool:
    return all(result.verdict in GOOD for result in run.results)


def as_json(run: Run) -> str:
    told = {
        "quick": run.quick,
        "machine": {"processors": os.cpu_count(), "python": platform.python_version()},
        "load_average": {"before": list(run.load[0]), "after": list(run.load[1])},
        "seconds": round(run.seconds, 1),
        "figures": [_figure(result) for result in run.results],
    }
    return json.dumps(told, indent=1) + "\n"


def _figure(result: Result) -> dict[str, Any]:
    figure = result.figure
    return {
        "name": figure.name,
        "title": figure.title,
        "unit": figure.unit,
        "better": figure.better.value,
        "floor": figure.floor,
        "goal": figure.goal,
        "value": result.value,
        "samples": [sample.value for sample in result.samples],
        "parts": result.parts,
        "verdict": result.verdict,
        "faults": [sample.fault for sample in result.samples if sample.fault],
        "trouble": result.trouble,
    }


def as_line(result: Result) -> str:
    """One row as it is measured, before the widths of the others are known."""
    name, value, floor, goal, verdict, made_of = _cells(result)
    return f"{name:16} {value:>9}  floor {floor:>5}  goal {goal:>5}  {verdict:16} {made_of}"


def as_table(run: Run) -> str:
    """Aligned, widest cell first found; load averages below it."""
    heads = ("figure", "value", "floor", "goal", "verdict", "made of")
    rows = [heads, *(_cells(result) for result in run.results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads) - 1)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    ]
    return "\n".join([*lines, circumstances(run)])


def circumstances(run: Run) -> str:
    before, after = (" ".join(f"{one:.1f}" for one in load) for load in run.load)
    how = "quick" if run.quick else "whole"
    return (
        f"{how} run, {run.seconds:.0f} s, {os.cpu_count()} processors, "
        f"load average {before} before, {after} after"
    )


def made_of(result: Result) -> str:
    """The absolute numbers, and why the figure must not count, if so."""
    parts = ", ".join(f"{name} {short(one)}" for name, one in result.parts.items())
    faults = [sample.fault for sample in result.samples if sample.fault]
    return "; ".join(text for text in (parts, *faults, result.trouble) if text)


def _cells(result: Result) -> tuple[str, ...]:
    figure = result.figure
    value = "-" if result.value is None else f"{short(result.value)}{figure.unit}"
    bars = short(figure.floor), short(figure.goal)
    return figure.name, value, *bars, result.verdict, made_of(result)


def short(number: float) -> str:
    return f"{number:.0f}" if abs(number) >= 100 or number == 0 else f"{number:.3g}"
