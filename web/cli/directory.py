"""`cap-chat directory search`: a filter that finds services for searches in plain words."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from bot.directory import Directory, filter_line
from web.cli import stream
from web.cli.day import today
from web.cli.records import Record, Shape, Written, answer_all
from web.settings import Settings

SHAPE = Shape(texts=frozenset({"query"}))


def run(_options: argparse.Namespace, _settings: Settings) -> int:
    return stream.run(build, source=sys.stdin.buffer, sink=sys.stdout)


def build() -> stream.Work:
    return partial(_work, Directory.load())


def _work(directory: Directory, lines: Sequence[bytes]) -> list[Written]:
    return answer_all(lines, shape=SHAPE, answer=partial(answer, directory))


def answer(directory: Directory, record: Record) -> Mapping[str, Any]:
    """The line of the contract: what was looked for, where, for whom, when, and what was found."""
    return filter_line(record, directory=directory, today=today())
