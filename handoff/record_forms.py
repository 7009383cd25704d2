"""What a safeguarding record and a 999 call of ours ask for, from reviewed data. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from handoff import content


@dataclass(frozen=True, slots=True)
class RecordForms:
    """Labels by id, in the reviewed order; `needed` are the checks without which nobody called."""

    categories: Mapping[str, str]
    services: Mapping[str, str]
    checklist: Mapping[str, str]
    needed: frozenset[str]

    def missing_checks(self, checked: Collection[str]) -> tuple[str, ...]:
        """Needed ones that are not among these, in order."""
        return tuple(name for name in self.checklist if name in self.needed and name not in checked)


@cache
def record_forms() -> RecordForms:
    written = content.read("records.json")
    rows = written["emergency_checklist"]
    return RecordForms(
        categories={row["id"]: row["label"] for row in written["safeguarding_categories"]},
        services={row["id"]: row["label"] for row in written["emergency_services"]},
        checklist={row["id"]: row["label"] for row in rows},
        needed=frozenset(row["id"] for row in rows if row["needed"]),
    )
