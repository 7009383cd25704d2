"""The specialty streams: what choosing one needs. Only clinicians choose; age never decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handoff import content
from models.errors import BadCommandError

SPECIALTIES = frozenset({"CAMHS", "AMH", "MHSOP", "LD"})
MIXED_NEEDS = 2
_MOVES_BETWEEN = (range(17, 20), range(64, 67))


@dataclass(frozen=True, slots=True)
class Stream:
    """`hints` are for a clinician to think with, never a rule. `sub` are the services within it."""

    code: str
    name: str
    age_hint: str
    hints: tuple[str, ...]
    sub: tuple[str, ...] = ()
    mixes: bool = False


@dataclass(frozen=True, slots=True)
class StreamChoice:
    """What triage passes on with a request to schedule."""

    stream: str
    specialties: Sequence[str] = ()
    sub: str | None = None


def load() -> Mapping[str, Stream]:
    """The streams by code, from the reviewed data."""
    listed = content.read("routing_and_outcomes.json")["streams"]
    return {
        row["code"]: Stream(
            code=row["code"],
            name=row["name"],
            age_hint=row["age_hint"],
            hints=tuple(row["hints"]),
            sub=tuple(row.get("sub", ())),
            mixes="requires" in row,
        )
        for row in listed
    }


def missing_for_stream(choice: StreamChoice, *, streams: Mapping[str, Stream]) -> tuple[str, ...]:
    """Field names that the choice lacks. Raises BadCommandError for what is no stream or specialty.

    A mixed stream is for two or more specialties together; a specialist one names its service.
    """
    stream = streams.get(choice.stream)
    if stream is None or not set(choice.specialties) <= SPECIALTIES:
        raise BadCommandError(hint="stream")
    if choice.sub is not None and choice.sub not in stream.sub:
        raise BadCommandError(hint="stream")
    missing = []
    if stream.mixes and len(set(choice.specialties)) < MIXED_NEEDS:
        missing.append("specialties")
    if stream.sub and choice.sub is None:
        missing.append("sub")
    return tuple(missing)


def is_age_of_moving(age: int) -> bool:
    """Whether a clinician is asked to think about a planned move between specialties."""
    return any(age in ages for ages in _MOVES_BETWEEN)
