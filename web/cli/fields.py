"""`cap-chat fields`: a filter that reads answers to questions, each by the reader it names."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from bot.fields import READERS, filter_line
from bot.practices import use_list
from handoff.first_reader import FirstReader
from handoff.sanitise import sanitise
from models.vocabulary import Priority
from web.cli import stream
from web.cli.day import today
from web.cli.messages import message_of, read
from web.cli.records import BadLineError, Record, Shape, Written, answer_all
from web.readers import Readers, load_readers
from web.settings import Settings

SHAPE = Shape(texts=frozenset({"field", "answer"}))


def run(_options: argparse.Namespace, settings: Settings) -> int:
    return stream.run(partial(build, settings), source=sys.stdin.buffer, sink=sys.stdout)


def build(settings: Settings) -> stream.Work:
    use_list(settings.practices)
    return partial(_work, load_readers(), FirstReader.load())


def _work(readers: Readers, rules: FirstReader, lines: Sequence[bytes]) -> list[Written]:
    return answer_all(lines, shape=SHAPE, answer=partial(answer, readers, rules))


def answer(readers: Readers, rules: FirstReader, record: Record) -> Mapping[str, Any]:
    """The line of the contract: value, status, and the priority when there is risk in it."""
    if record["field"] not in READERS:
        raise BadLineError("field is not one of the readers")
    return filter_line(
        record,
        today=today(),
        danger=partial(_by_the_rules, rules),
        doubtful=partial(_by_the_screen, readers),
    )


def _by_the_rules(rules: FirstReader, text: str) -> Priority | None:
    found = rules.read(sanitise(text)).priority
    return None if found is Priority.NONE else found


def _by_the_screen(readers: Readers, text: str) -> Priority | None:
    """What both readers together say of it."""
    found = read(readers, message_of({"id": None, "text": text})).verdict.priority
    return None if found is Priority.NONE else found
