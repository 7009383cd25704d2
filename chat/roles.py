"""Who may do what: one table of roles by commands, actions, routes and fields.

What the table does not name is denied.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from models.errors import NotAllowedError, NotFoundError
from models.vocabulary import Role

FILE = Path(__file__).parent / "content" / "roles.json"


class Open(StrEnum):
    """Rules of a route that no staff role decides."""

    ANYONE = "anyone"
    PERSON = "person"
    """Whoever holds the conversation's token: the use case opens it by nothing else."""


class Reach(StrEnum):
    """Which records a role may open without saying why."""

    ALL = "all"
    WORK_LIST = "work_list"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Roles:
    commands: Mapping[str, frozenset[Role]]
    actions: Mapping[str, frozenset[Role]]
    records: Mapping[Role, Reach]
    hidden_fields: Mapping[Role, frozenset[str]]
    work_lists: Mapping[str, frozenset[Role]]
    reads_all_lists: frozenset[Role]
    routes: Mapping[str, str]

    def check_command(self, role: Role, command: str) -> None:
        """Raises NotAllowedError, also for a command without a rule."""
        if role not in self.commands.get(command, ()):
            raise NotAllowedError

    def check_action(self, role: Role, action: str) -> None:
        """Raises NotAllowedError, also for an action without a rule."""
        if not self.may(role, action):
            raise NotAllowedError

    def may(self, role: Role, action: str) -> bool:
        return role in self.actions.get(action, ())

    def works_on(self, role: Role) -> tuple[str, ...]:
        """The work lists whose tasks this role takes on, in the order of the table."""
        return tuple(name for name, allowed in self.work_lists.items() if role in allowed)

    def lists_read(self, role: Role) -> tuple[str, ...]:
        """The work lists that this role sees."""
        return tuple(self.work_lists) if role in self.reads_all_lists else self.works_on(role)

    def rule_of(self, method: str, path: str) -> str:
        """The rule of a route by its pattern. Raises NotFoundError when there is none."""
        asked = "GET" if method == "HEAD" else method
        rule = self.routes.get(f"{asked} {path}")
        if rule is None:
            raise NotFoundError
        return rule

    def shown(self, role: Role, record: Mapping[str, Any]) -> dict[str, Any]:
        """The record without the fields that this role does not see."""
        hidden = self.hidden_fields.get(role, frozenset())
        return {name: value for name, value in record.items() if name not in hidden}


@cache
def roles() -> Roles:
    table = json.loads(FILE.read_text(encoding="utf-8"))
    return Roles(
        commands=_by_role(table["commands"]),
        actions=_by_role(table["actions"]),
        records={Role(role): Reach(reach) for role, reach in table["records"].items()},
        hidden_fields={
            Role(role): frozenset(fields) for role, fields in table["hidden_fields"].items()
        },
        work_lists=_by_role(table["work_lists"]),
        reads_all_lists=frozenset(map(Role, table["reads_all_lists"])),
        routes=table["routes"],
    )


def _by_role(rules: Mapping[str, list[str]]) -> dict[str, frozenset[Role]]:
    return {name: frozenset(map(Role, allowed)) for name, allowed in rules.items()}
