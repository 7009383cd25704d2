"""The bench of twenty faults: runs the tests that prove each, and prints which of them held.

`make faults`. Ends with 1 when one did not hold. What proves a fault stands in `faults.toml`.
"""

import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parents[1]
FILE = Path(__file__).parent / "faults.toml"
HELD, BROKE, NOT_RUN = "held", "BROKE", "NOT RUN"


@dataclass(frozen=True, slots=True)
class Fault:
    """`holds`: what must be true when it happens. `tests`: `file::function` under tests/."""

    name: str
    holds: str
    tests: tuple[str, ...]


def faults() -> list[Fault]:
    written = tomllib.loads(FILE.read_text(encoding="utf-8"))["fault"]
    return [Fault(row["name"], row["holds"], tuple(row["tests"])) for row in written]


@dataclass(eq=False)
class Results:
    """A plugin that remembers how each test ended, however often it ran."""

    ended: dict[str, list[str]] = field(default_factory=dict)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when == "call" or report.outcome != "passed":
            path, _, rest = report.nodeid.removeprefix("tests/").partition("::")
            self.ended.setdefault(f"{path}::{rest.partition('[')[0]}", []).append(report.outcome)


def judged(fault: Fault, ended: Mapping[str, Sequence[str]]) -> str:
    """Held only when each of its tests ran and passed each time."""
    found = [ended.get(test, ()) for test in fault.tests]
    if any(outcome != "passed" for outcomes in found for outcome in outcomes):
        return BROKE
    return HELD if all(found) else NOT_RUN


def table(ended: Mapping[str, Sequence[str]]) -> str:
    rows = [
        (str(number), fault.name, judged(fault, ended), fault.holds)
        for number, fault in enumerate(faults(), start=1)
    ]
    head = ("", "fault", "result", "what must be true")
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    ]
    held = sum(row[2] == HELD for row in rows)
    return "\n".join([*lines, "", f"{held} of {len(rows)} held"])


def main() -> int:
    results = Results()
    nodes = sorted({f"{TESTS}/{test}" for fault in faults() for test in fault.tests})
    pytest.main(["-q", "--no-header", "--disable-warnings", "-p", "no:xdist", *nodes], [results])
    sys.stdout.write(f"\n{table(results.ended)}\n")
    return int(any(judged(fault, results.ended) != HELD for fault in faults()))


if __name__ == "__main__":
    sys.exit(main())
