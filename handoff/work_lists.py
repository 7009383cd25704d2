"""The work lists: how a task on each may go on or end, and what an answer must say.

Pure. Who works which list stands with the roles; rows are written elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, assert_never

from handoff import content, streams
from handoff.policy import ClockKind
from models.errors import BadCommandError, NotFoundError

BACK = "back"
OWNER = "owner"
REVIEW = "review"


class FieldKind(StrEnum):
    """How a field is filled in: a line, several sentences, a time, a choice or more, or a yes."""

    LINE = "line"
    WORDS = "words"
    TIME = "time"
    ONE_OF = "one_of"
    MANY_OF = "many_of"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    label: str
    kind: FieldKind
    choices: Mapping[str, str] = field(default_factory=dict)

    def is_said(self, value: object) -> bool:
        """Whether something was filled in. Raises BadCommandError for what is no answer."""
        match self.kind:
            case FieldKind.LINE | FieldKind.WORDS:
                said, right = bool(str(value or "").strip()), isinstance(value, str)
            case FieldKind.TIME:
                said, right = value is not None, isinstance(value, datetime)
            case FieldKind.ONE_OF:
                said, right = bool(value), isinstance(value, str) and value in self.choices
            case FieldKind.MANY_OF:
                said = bool(value)
                right = isinstance(value, list | tuple) and all(
                    isinstance(one, str) and one in self.choices for one in value
                )
            case FieldKind.YES:
                said, right = value is True, isinstance(value, bool)
            case _:
                assert_never(self.kind)
        if value and not right:
            raise BadCommandError(hint=self.name)
        return said


@dataclass(frozen=True, slots=True)
class Result:
    """One way a task goes on (`goes_on` is its state then) or ends.

    `opens` is the next list: one by name, the one it came from, or the enquiry's owner.
    `checks_entry`: the directory's entry behind the task is right as it stands, today.
    """

    id: str
    label: str
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    goes_on: str | None = None
    opens: str | None = None
    keeps: tuple[ClockKind, ...] = ()
    starts: tuple[ClockKind, ...] = ()
    sets: Mapping[str, str] = field(default_factory=dict)
    only: frozenset[str] = frozenset()
    due_from: str | None = None
    ends_all: bool = False
    checks_entry: bool = False

    @property
    def asked(self) -> tuple[str, ...]:
        return (*self.needs, *self.may)


@dataclass(frozen=True, slots=True)
class WorkList:
    """`kept_by` says what keeps its clock: accepting, completing, or only a result of its own.

    `watches` are the enquiry's own clocks that go on while a task is open here.
    """

    id: str
    label: str
    next_step: str
    clock: ClockKind | None
    kept_by: str
    results: Mapping[str, Result]
    watches: frozenset[ClockKind] = frozenset()
    by_team: bool = False
    then_due: int = 1
    asks: tuple[str, ...] = ()

    def result(self, name: str) -> Result:
        """Raises BadCommandError for what cannot happen on this list."""
        if name not in self.results:
            raise BadCommandError(hint="result")
        return self.results[name]


class WorkLists:
    """All lists by name, and the fields that their results ask for."""

    def __init__(self, lists: Mapping[str, WorkList], *, fields: Mapping[str, Field]) -> None:
        self.lists, self.fields = dict(lists), dict(fields)

    @classmethod
    def load(cls) -> "WorkLists":
        """From the reviewed data. Raises KeyError or ValueError when it does not fit together."""
        written = content.read("work_lists.json")
        choices = {**written["choices"], **_choices_of_streams()}
        fields = {
            name: Field(name, row["label"], FieldKind(row["kind"]), choices.get(row.get("of"), {}))
            for name, row in written["fields"].items()
        }
        lists = {name: _list(name, row, written) for name, row in written["lists"].items()}
        for work_list in lists.values():
            for result in work_list.results.values():
                _check_fits(result, fields, lists)
        return cls(lists, fields=fields)

    def work_list(self, name: str) -> WorkList:
        """Raises NotFoundError."""
        if name not in self.lists:
            raise NotFoundError
        return self.lists[name]

    def missing(self, result: Result, said: Mapping[str, Any]) -> tuple[str, ...]:
        """Fields that the answer lacks; empty when none.

        Raises BadCommandError for a field that was not asked for or is no answer to it.
        """
        return self.missing_of(result.needs, said, may=result.may)

    def missing_of(
        self, needs: Sequence[str], said: Mapping[str, Any], *, may: Sequence[str] = ()
    ) -> tuple[str, ...]:
        for name in said:
            if name not in {*needs, *may}:
                raise BadCommandError(hint=name)
        filled = {name: self.fields[name].is_said(said.get(name)) for name in (*needs, *may)}
        return tuple(name for name in needs if not filled[name])


def _choices_of_streams() -> Mapping[str, Mapping[str, str]]:
    found = streams.load()
    subs = {sub: _in_words(sub) for stream in found.values() for sub in stream.sub}
    return {
        "streams": {stream.code: stream.name for stream in found.values()},
        "specialties": {code: code for code in sorted(streams.SPECIALTIES)},
        "sub_services": subs,
    }


def _in_words(code: str) -> str:
    return code.replace("_", " ").capitalize()


def _list(name: str, row: Mapping[str, Any], written: Mapping[str, Any]) -> WorkList:
    rows = {**written.get(row.get("results_of", ""), {}), **row.get("results", {})}
    own = set(row.get("results", {}))
    results = {
        each: _result(each, rows[each]) for each in rows if each not in row.get("without", ())
    }
    added = tuple(row.get("adds_needs", ()))
    return WorkList(
        id=name,
        label=row["label"],
        next_step=row["next_step"],
        clock=ClockKind(row["clock"]) if "clock" in row else None,
        kept_by=row["kept_by"],
        results={
            each: found if each in own else replace(found, needs=(*added, *found.needs))
            for each, found in results.items()
        },
        watches=frozenset(map(ClockKind, row.get("watches", ()))),
        by_team=row.get("accepted_by") == "team",
        then_due=row.get("then_due", 1),
        asks=tuple(row.get("asks", ())),
    )


def _result(name: str, row: Mapping[str, Any]) -> Result:
    return Result(
        id=name,
        label=row["label"],
        needs=tuple(row["needs"]),
        may=tuple(row.get("may", ())),
        outcomes=tuple(row.get("outcomes", ())),
        goes_on=row.get("goes_on"),
        opens=row.get("opens"),
        keeps=tuple(map(ClockKind, row.get("keeps", ()))),
        starts=tuple(map(ClockKind, row.get("starts", ()))),
        sets=row.get("sets", {}),
        only=frozenset(row.get("only", ())),
        due_from=row.get("due_from"),
        ends_all=row.get("ends_all", False),
        checks_entry=row.get("checks_entry", False),
    )


def _check_fits(result: Result, fields: Mapping[str, Field], lists: Mapping[str, WorkList]) -> None:
    unknown = {*result.asked, *result.sets} - set(fields)
    if unknown or result.opens not in {None, BACK, OWNER, *lists}:
        raise ValueError(f"{result.id}: names what is not there")
