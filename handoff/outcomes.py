"""The outcomes and the rule for closing: what ends an enquiry, what is missing, what is left to do.

Pure. An enquiry that may not close is tracked, with an owner, a next step and a due time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handoff import content
from handoff.policy import ClockKind
from models.errors import BadCommandError
from models.vocabulary import Role, WordingId

PLAN = ("plan_for_person", "next_owner", "next_step", "due_at")
"""What a clinical close always says. Any outcome that may not close needs all but the plan."""

CLINICAL_GROUP = "clinical"
BOT = "bot"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Work that an outcome leaves: on which list, watched by which clock, if any.

    `within` names the policy's length for a due time where no clock gives one.
    """

    outcome: str
    work_list: str
    clock: ClockKind | None = None
    within: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    code: str
    label: str
    group: str
    set_by: frozenset[str]
    may_close: bool
    needs: tuple[str, ...] = ()
    follow_up: FollowUp | None = None
    stops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CloseForm:
    """What a practitioner fills in to end a conversation. Blank text counts as not said."""

    outcomes: tuple[str, ...]
    plan_for_person: str | None = None
    next_owner: str | None = None
    next_step: str | None = None
    due_at: datetime | None = None
    reason: str | None = None
    incident_reference: str | None = None
    duplicate_of: str | None = None


class Outcomes:
    """All outcomes by code, and who may set which."""

    def __init__(
        self, outcomes: Mapping[str, Outcome], *, acts_as: Mapping[Role, frozenset[str]]
    ) -> None:
        self._outcomes = dict(outcomes)
        self._acts_as = dict(acts_as)

    @classmethod
    def load(cls) -> "Outcomes":
        """From the reviewed data. Raises KeyError or ValueError when it does not fit together."""
        rules = content.read("outcome_rules.json")
        listed = content.read("routing_and_outcomes.json")["outcomes"]
        acts_as = {Role(role): frozenset(names) for role, names in rules["acts_as"].items()}
        return cls({row["code"]: _outcome(row, rules) for row in listed}, acts_as=acts_as)

    def all(self) -> tuple[Outcome, ...]:
        """In the order of the reviewed list."""
        return tuple(self._outcomes.values())

    def outcome(self, code: str) -> Outcome:
        """Raises BadCommandError for a code that is not one."""
        if code not in self._outcomes:
            raise BadCommandError(hint="outcomes")
        return self._outcomes[code]

    def may_close(self, codes: Sequence[str]) -> bool:
        """Whether these outcomes, given together, end the enquiry: each of them must.

        One that must be followed up keeps it tracked, whatever stands beside it.
        """
        return bool(codes) and all(self.outcome(code).may_close for code in codes)

    def may_set(self, codes: Sequence[str], *, role: Role) -> bool:
        """Whether this role may set all of them."""
        names = self._acts_as[role]
        return all(self.outcome(code).set_by & names for code in codes)

    def bot_may_set(self, codes: Sequence[str], *, clinical: bool) -> bool:
        """The bot never closes a clinical enquiry, whatever the outcome."""
        allowed = all(BOT in self.outcome(code).set_by for code in codes)
        return allowed and not (clinical and self.may_close(codes))

    def is_clinical(self, codes: Sequence[str]) -> bool:
        return any(self.outcome(code).group == CLINICAL_GROUP for code in codes)

    def missing_for_close(self, close: CloseForm, *, clinical: bool, role: Role) -> tuple[str, ...]:
        """What stands in the way of this close, as field names; empty when nothing does.

        `set_by` means that an outcome is not this role's to set. Raises BadCommandError for an
        unknown outcome.
        """
        if not close.outcomes:
            return ("outcomes",)
        wanted = list(self._wanted(close.outcomes, clinical=clinical))
        missing = [name for name in dict.fromkeys(wanted) if not _is_said(getattr(close, name))]
        if not self.may_set(close.outcomes, role=role):
            missing.append("set_by")
        return tuple(missing)

    def _wanted(self, codes: Sequence[str], *, clinical: bool) -> tuple[str, ...]:
        needs = tuple(name for code in codes for name in self.outcome(code).needs)
        if clinical or self.is_clinical(codes):
            return (*PLAN, *needs)
        return needs if self.may_close(codes) else (*PLAN[1:], *needs)

    def follow_up(self, codes: Sequence[str]) -> tuple[FollowUp, ...]:
        """The work these outcomes leave behind, each once."""
        left = [self.outcome(code).follow_up for code in dict.fromkeys(codes)]
        return tuple(each for each in left if each is not None)

    def stops(self, codes: Sequence[str]) -> tuple[str, ...]:
        """Clocks that these outcomes end, by the start of their name; "" is every clock."""
        return tuple(dict.fromkeys(p for code in codes for p in self.outcome(code).stops))


def closing_wording(*, clinical: bool) -> WordingId:
    """What is said at the end; the clinical one has the plan and what to do if things get worse."""
    return WordingId("close.clinical") if clinical else WordingId("close.ref")


def _is_said(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None


def _outcome(row: Mapping[str, Any], rules: Mapping[str, Any]) -> Outcome:
    code = row["code"]
    left = rules["follow_up"].get(code)
    if (left is not None) is not row["needs_follow_up"]:
        raise ValueError(f"{code}: follow-up is not as the list of outcomes says")
    return Outcome(
        code=code,
        label=row["label"],
        group=row["group"],
        set_by=frozenset(row["set_by"]),
        may_close=row["may_close"],
        needs=tuple(rules["needs"].get(code, ())),
        follow_up=None if left is None else _follow_up(code, left),
        stops=tuple(rules["stops"].get(code, ())),
    )


def _follow_up(code: str, left: Mapping[str, Any]) -> FollowUp:
    clock = None if left["clock"] is None else ClockKind(left["clock"])
    return FollowUp(code, left["list"], clock, left.get("within"))
