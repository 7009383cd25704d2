"""`cap-chat understand`: a filter that says what each message is about and in which language."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from web.cli import stream
from web.cli.messages import SHAPE, message_of, understand
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
    """The line of the contract: kinds, needs, language."""
    meant = understand(readers, message_of(record))
    return {
        "id": record["id"],
        "kinds": [kind.value for kind in meant.kinds],
        "needs": [need.value for need in meant.needs],
        "language": meant.language,
    }
