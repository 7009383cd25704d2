"""Priority as it may move: software only raises it; a practitioner lowers it with a reason."""

from collections.abc import Sequence
from itertools import pairwise

from models.errors import BadCommandError, NotAllowedError
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


def is_rising(priorities: Sequence[Priority], *, turns: int = 5) -> bool:
    """Whether the last turns of a conversation, oldest first, never fell and rose at least twice:
    weak signals that count as red together.
    """
    last = priorities[-turns:]
    if len(last) < turns:
        return False
    steps = [later.rank - sooner.rank for sooner, later in pairwise(last)]
    return min(steps) >= 0 and sum(step > 0 for step in steps) >= RISES_NEEDED
