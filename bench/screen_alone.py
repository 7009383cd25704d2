"""The screen by itself on one core: `python -m bench.screen_alone`. Prints its figures as JSON."""

import json
import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import psutil

from bench.timing import percentile

if TYPE_CHECKING:
    from handoff.screening import Screen

LINES = (
    "Hello, can somebody help me",
    "I would like to change my appointment next Tuesday because I have work",
    "Everything feels heavy since the funeral and I don't see the point of the days any more",
    "my son is 14 and he will not come out of his room, he has stopped eating with us",
    "What is the number of the walking group in Melton",
    "no",
    "I have been on the list since March. I rang twice and was told to wait. I am not sleeping.",
    "i dont want to be here anymore",
)
ROUNDS = 25
MIB = 1024 * 1024


def main() -> None:
    """One core from here on, the threads that libraries start included."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    own = psutil.Process()
    before, began = own.memory_info().rss, time.perf_counter()
    from handoff.screening import Screen  # noqa: PLC0415 - its import is part of its cold start

    screen = Screen.load()
    _read(screen, LINES[0], ())
    started = time.perf_counter() - began
    took = []
    for number in range(ROUNDS):
        for at, line in enumerate(LINES):
            said, earlier = f"{line} {number}", LINES[max(0, at - 4) : at]
            begun = time.perf_counter()
            _read(screen, said, earlier)
            took.append(time.perf_counter() - begun)
    figures = {
        "p95_ms": percentile(took, 0.95) * 1000,
        "p50_ms": percentile(took, 0.5) * 1000,
        "start_s": started,
        "memory_mib": (own.memory_info().rss - before) / MIB,
        "messages": len(took),
    }
    print(json.dumps(figures))


def _read(screen: "Screen", text: str, earlier: Sequence[str]) -> None:
    """As the service reads: rules, features, model."""
    screen.first(text)
    features = screen.features(text, earlier)
    assert features is not None, "the screen is broken"
    screen.second(features, None)


if __name__ == "__main__":
    main()
