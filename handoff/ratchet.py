"""Priority as it may move: software only raises it; a practitioner lowers it with a reason."""

from collections.abc import Sequence
from itertools import pairwise

from models.errors import BadCommandError, NotAllowedError
from models.readings import Verdict
from models.vocabulary import Priority, Role, highest

RISES_NEEDED = 2
_MAY_LOWER = frozenset({Role.PRACTITIONER, Role.TRIAGE_CLINICIAN})


def raised(current: Priority, found: Priority) -> Priority:
    """The higher of the two: whatever is found later, a priority once reached stays."""
    return highest(current, found)


def check_lowering(current: Priority, wanted: Priority, *, role: Role, reason: str) -> None:
    """Let a raise pass. Raises NotAllowedError or BadCommandError for a lowering that may not be.

    Lowering is a clinical judgement: a clinician's, with the reason in words.
    """
    if wanted.at_least(current):
        return
    if role not in _MAY_LOWER:
        raise NotAllowedError(hint="only a practitioner lowers a priority")
    if not any(character.isalpha() for character in reason):
        raise BadCommandError(hint="reason")


def adds_up(
    verdicts: Sequence[Verdict], *, ambers_that_are_red: int = 2, rising_turns: int = 5
) -> bool:
    """Whether weak signals over one conversation's verdicts, oldest first, count as red together.

    They do with two ambers that no fault explains, or when the last five turns never fell and
    rose at least twice.
    """
    ambers = sum(verdict.amber and not verdict.fault for verdict in verdicts)
    return ambers >= ambers_that_are_red or _is_rising(verdicts[-rising_turns:], rising_turns)


def _is_rising(verdicts: Sequence[Verdict], turns: int) -> bool:
    if len(verdicts) < turns:
        return False
    steps = [later.priority.rank - sooner.priority.rank for sooner, later in pairwise(verdicts)]
    return min(steps) >= 0 and sum(step > 0 for step in steps) >= RISES_NEEDED
