"""Which routing rule fits an enquiry, and what it asks for: read from reviewed data.

Pure. Carries nothing out.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from handoff import content
from models.vocabulary import AuthorType, Priority, highest

FILE = Path(__file__).parent / "content" / "routes.toml"
CHILD = 18
UNDER_18_GROUPS = frozenset({"under_11", "11_15", "under_16", "16_17"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rules look at. `about`: clinical, person, referral, appointment, information …

    `danger`: now, signal or none. `shares`: yes, no or unknown. `act`: an outcome that a clinician
    set, or an event of the clock.
    """

    about: str = "other"
    danger: str = "none"
    author: str = "unknown"
    harm_to_other: bool = False
    under_18: bool = False
    known: bool = False
    can_wait: str = "unknown"
    gp_in_area: str = "unknown"
    special: tuple[str, ...] = ()
    shares: str = "unknown"
    hub_first: bool = True
    pressing: bool = False
    wants_talking: bool = False
    help_level: str = "unknown"
    found: bool = True
    act: str = "none"


@dataclass(frozen=True, slots=True)
class Route:
    """A rule with what modifiers add. `id` is that of the reviewed list."""

    id: str
    to: str
    priority: Priority = Priority.ROUTINE
    outcomes: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    asks: str | None = None
    named_route: str | None = None
    tells_team: bool = False
    modified_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    order: int
    when: Mapping[str, Sequence[Any]]
    modifies: tuple[str, ...]
    written: Mapping[str, Any] = field(default_factory=dict)

    def fits(self, facts: Facts) -> bool:
        return all(_is_one(getattr(facts, name), allowed) for name, allowed in self.when.items())


class Routes:
    """The rules in the order of their priority."""

    def __init__(self, rules: Sequence[_Rule]) -> None:
        self._rules = [rule for rule in rules if not rule.modifies]
        self._modifiers = [rule for rule in rules if rule.modifies]

    @classmethod
    @cache
    def load(cls) -> "Routes":
        """Raise KeyError for a rule that the reviewed list does not have."""
        listed = content.read("routing_and_outcomes.json")["rules"]
        order = {row["id"]: row["priority"] for row in listed}
        written = tomllib.loads(FILE.read_text(encoding="utf-8"))
        rules = [
            _Rule(
                id=row.get("rule", name),
                order=order[row.get("rule", name)],
                when=row["when"],
                modifies=tuple(row.get("modifies", ())),
                written=row,
            )
            for name, row in written.items()
        ]
        return cls(sorted(rules, key=lambda rule: rule.order))

    def ids(self) -> frozenset[str]:
        return frozenset(rule.id for rule in (*self._rules, *self._modifiers))

    def route(self, facts: Facts) -> Route:
        """The first rule that fits; the last one fits everything."""
        rule = next(rule for rule in self._rules if rule.fits(facts))
        route = _route(rule)
        for modifier in self._modifiers:
            if rule.id in modifier.modifies and modifier.fits(facts):
                route = _modified(route, modifier)
        return route


def _is_one(value: object, allowed: Sequence[Any]) -> bool:
    if isinstance(value, tuple):
        return bool(set(value) & set(allowed))
    return value in allowed


def _route(rule: _Rule) -> Route:
    row = rule.written
    return Route(
        id=rule.id,
        to=row["to"],
        priority=Priority(row.get("priority", Priority.ROUTINE)),
        outcomes=tuple(row.get("outcomes", ())),
        says=tuple(row.get("says", ())),
        specialties=tuple(row.get("specialties", ())),
        flags=tuple(row.get("flags", ())),
        asks=row.get("asks"),
        named_route=row.get("named_route"),
        tells_team=row.get("tells_team", False),
    )


def _modified(route: Route, modifier: _Rule) -> Route:
    row = modifier.written
    return replace(
        route,
        says=(*route.says, *row.get("says", ())),
        specialties=(*route.specialties, *row.get("specialties", ())),
        modified_by=(*route.modified_by, modifier.id),
    )


def is_under_18(age: object) -> bool:
    """From an age in years, a group, or a date of birth already turned into years."""
    if isinstance(age, int):
        return age < CHILD
    return str(age) in UNDER_18_GROUPS


def danger_of(priority: Priority, *, author: AuthorType | None) -> str:
    """A crew's own call is very urgent without a word of danger."""
    if priority is Priority.EMERGENCY:
        return "now"
    is_crew = author is AuthorType.EMERGENCY_CREW
    return "signal" if priority is Priority.VERY_URGENT and not is_crew else "none"


def most_pressing(route: Route, other: Priority) -> Priority:
    return highest(route.priority, other)
