"""What a clock does at each step of its alarm list, from the reviewed data. Does nothing itself."""

from enum import StrEnum
from functools import cache
from typing import Any

from handoff import content
from handoff.policy import ClockKind


class ClockAct(StrEnum):
    """Who is called at a step: the owner, the supervisors; or the person who waits is told."""

    OWNER = "owner"
    SUPERVISOR = "supervisor"
    PERSON = "person"


def acts_near(kind: ClockKind, step: int) -> tuple[ClockAct, ...]:
    """At alarm number `step`, counted from 0, before the clock is due."""
    near = _steps(kind)["near"]
    return tuple(map(ClockAct, near[min(step, len(near) - 1)])) if near else ()


def acts_when_due(kind: ClockKind) -> tuple[ClockAct, ...]:
    return tuple(map(ClockAct, _steps(kind)["due"]))


@cache
def _steps(kind: ClockKind) -> dict[str, Any]:
    written = content.read("clock_steps.json")
    found: dict[str, Any] = written["clocks"].get(kind.value, written["usual"])
    return found
