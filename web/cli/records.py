"""One line of a filter: JSON in, JSON out, and what a bad line becomes. Knows no streams."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

Record = Mapping[str, Any]
Answer = Callable[[Record], Mapping[str, Any]]


class BadLineError(ValueError):
    """This line is not what the filter reads; the others go on. Never repeats the line's words."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a filter's record holds: texts it must have, texts and lists of texts it may have."""

    texts: frozenset[str]
    optional_texts: frozenset[str] = frozenset()
    optional_lists: frozenset[str] = frozenset()

    def check(self, record: Record) -> None:
        """Raise BadLineError for what is missing, unknown or of another type."""
        known = {"id"} | self.texts | self.optional_texts | self.optional_lists
        unknown = sorted(set(record) - known)
        if unknown:
            raise BadLineError("this filter does not know every field of the line")
        for name in sorted({"id"} | self.texts):
            if name not in record:
                raise BadLineError(f"{name} is missing")
        for name in sorted(self.texts):
            _check_text(name, record[name])
        for name in sorted(self.optional_texts):
            if record.get(name) is not None:
                _check_text(name, record[name])
        for name in sorted(self.optional_lists):
            _check_list(name, record.get(name))


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise BadLineError(f"{name} is not text")


def _check_list(name: str, value: object) -> None:
    if value is None:
        return
    if not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        raise BadLineError(f"{name} is not a list of texts")


@dataclass(frozen=True, slots=True)
class Written:
    """One line of output, without its newline, and whether the line it answers was bad."""

    line: str
    bad: bool


def answer_all(lines: Sequence[bytes], *, shape: Shape, answer: Answer) -> list[Written]:
    return [answer_line(line, shape=shape, answer=answer) for line in lines]


def answer_line(line: bytes, *, shape: Shape, answer: Answer) -> Written:
    """The answer, or `{"id", "error"}` with the id when it could be read. Raises nothing."""
    identity: Any = None
    try:
        record = _parse(line)
        identity = record.get("id")
        shape.check(record)
        return Written(_dump(answer(record)), bad=False)
    except BadLineError as error:
        return failed(identity, str(error))
    except Exception as error:  # one line's trouble must not take the others down
        return failed(identity, f"could not be read ({type(error).__name__})")


def failed(identity: object, reason: str) -> Written:
    return Written(_dump({"id": identity, "error": reason}), bad=True)


def _parse(line: bytes) -> Record:
    try:
        record = json.loads(line.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadLineError("the line is not JSON") from error
    if not isinstance(record, dict):
        raise BadLineError("the line is not a JSON object")
    return record


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError


def _dump(record: Mapping[str, Any]) -> str:
    return json.dumps(record, separators=(", ", ": "))
