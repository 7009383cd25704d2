"""Answers in people's own words: tables written by hand before the readers were run on them."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.fields import READERS, read_answer
from models.vocabulary import FieldStatus

TABLES = Path(__file__).parent / "answers"
TUESDAY = date(2026, 3, 10)
RIGHT = 0.97


@dataclass(frozen=True, slots=True)
class Row:
    """What was typed to which reader, and what is right. Two statuses: either is right."""

    reader: str
    answer: str
    statuses: frozenset[str]
    value: Any

    def right(self, status: FieldStatus, value: object) -> bool:
        if status not in self.statuses:
            return False
        stored = status in {FieldStatus.OK, FieldStatus.PARTIAL}
        return value == self.value if stored and self.value is not None else True

    def wrongly_stored(self, status: FieldStatus, value: object) -> bool:
        """A value was taken that the person did not give: worse than asking again."""
        return status is FieldStatus.OK and not self.right(status, value)


def rows(table: str) -> Iterator[Row]:
    reader = ""
    for line in (TABLES / f"{table}.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("["):
            reader = line.strip("[]")
            continue
        answer, statuses, value = (part.strip() for part in line.split("|"))
        yield Row(reader, answer, frozenset(statuses.split("/")), _value(reader, value))


def _value(reader: str, written: str) -> Any:
    kinds: Mapping[str, Callable[[str], Any]] = {"age": int, "preferred_time": _times}
    if not written:
        return None
    if written in {"yes", "no"}:
        return written == "yes"
    return kinds.get(reader, str)(written)


def _times(written: str) -> Mapping[str, Any]:
    lists = {"days", "not_days", "parts"}
    pairs = [part.partition("=") for part in written.split()]
    return {
        name: (value.split(",") if name in lists else value or True) for name, _, value in pairs
    }


def read(row: Row) -> tuple[FieldStatus, Any]:
    found = read_answer(row.reader, row.answer, today=TUESDAY)
    return found.status, found.value


def told(row: Row) -> str:
    status, value = read(row)
    said = json.dumps(value, ensure_ascii=False, default=str)
    wanted = "/".join(sorted(row.statuses))
    return f"{row.reader}: {row.answer!r} → {status} {said}, not {wanted} {row.value!r}"


@pytest.mark.parametrize("table", ["first", "second", "third"])
def test_answers_are_read_as_people_meant_them(table: str) -> None:
    every = list(rows(table))
    assert {row.reader for row in every} == set(READERS)
    wrong = [row for row in every if not row.right(*read(row))]
    assert 1 - len(wrong) / len(every) >= RIGHT, "\n".join(told(row) for row in wrong)


@pytest.mark.parametrize("table", ["first", "second", "third"])
def test_no_wrong_value_is_taken(table: str) -> None:
    wrong = [row for row in rows(table) if row.wrongly_stored(*read(row))]
    assert not wrong, "\n".join(told(row) for row in wrong)
