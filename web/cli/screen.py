"""`cap-chat screen`: a filter that says how pressing each message is and whom it would reach."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from chat.routing import reach
from web.cli import stream
from web.cli.messages import SHAPE, message_of, read
from web.cli.records import Record, Written, answer_all
from web.readers import Readers, load_readers
from web.settings import Settings


def run(_options: argparse.Namespace, _settings: Settings) -> int:
    return stream.run(build, source=sys.stdin.buffer, sink=sys.stdout)


def build() -> stream.Work:
    return partial(_work, load_readers())


def _work(readers: Readers, lines: Sequence[bytes]) -> list[Written]:
    return answer_all(lines, shape=SHAPE, answer=partial(answer, readers))


def answer(readers: Readers, record: Record) -> Mapping[str, Any]:
    """The line of the contract: priority, reach, and the words that raised it."""
    reading = read(readers, message_of(record))
    return {
        "id": record["id"],
        "priority": reading.verdict.priority.value,
        "reach": reach(reading.verdict, reading.understanding).value,
        "signals": [
            {"id": signal.id, "start": signal.start, "end": signal.end}
            for signal in reading.verdict.signals
        ],
    }
