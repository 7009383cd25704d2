"""`cap-chat fields`: a filter that reads answers to questions, each by the reader it names."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from bot.fields import READERS, filter_line
from handoff.screening import Screen
from web.cli import stream
from web.cli.day import today
from web.cli.messages import danger_by
from web.cli.records import BadLineError, Record, Shape, Written, answer_all
from web.settings import Settings

SHAPE = Shape(texts=frozenset({"field", "answer"}))


def run(_options: argparse.Namespace, _settings: Settings) -> int:
    return stream.run(build, source=sys.stdin.buffer, sink=sys.stdout)


def build() -> stream.Work:
    return partial(_work, Screen.load())


def _work(screen: Screen, lines: Sequence[bytes]) -> list[Written]:
    return answer_all(lines, shape=SHAPE, answer=partial(answer, screen))


def answer(screen: Screen, record: Record) -> Mapping[str, Any]:
    """The line of the contract: value, status, and the priority when there is risk in it."""
    if record["field"] not in READERS:
        raise BadLineError("field is not one of the readers")
    return filter_line(record, today=today(), danger=danger_by(screen))
