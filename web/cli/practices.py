"""`cap-chat practices import`: takes in the published list of GP practices, with a report."""

import argparse
import sys
from pathlib import Path

from bot.practice_import import Became, Taken, keep, take
from bot.practices import Practice, read_list
from models.errors import BadCommandError
from web.settings import Settings

QUIET = frozenset({Became.UNCHANGED, Became.PASSED_OVER})


def run(options: argparse.Namespace, settings: Settings) -> int:
    """1 when a line was refused; the others are taken in all the same."""
    taken = take(_text(options.file), _held(settings.practices))
    if not options.dry_run:
        keep(taken.practices, settings.practices)
    _say(taken, dry_run=options.dry_run)
    return 1 if taken.count(Became.REFUSED) else 0


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return path.read_text(encoding="cp1252")
    except OSError:
        raise BadCommandError(hint="the file cannot be read") from None


def _held(path: Path) -> tuple[Practice, ...]:
    return read_list(path) if path.exists() else ()


def _say(taken: Taken, *, dry_run: bool) -> None:
    for line in taken.lines:
        if line.became not in QUIET:
            faults = f": {', '.join(line.faults)}" if line.faults else ""
            sys.stdout.write(f"{line.became.value:9} line {line.number:5} {line.code}{faults}\n")
    counts = [f"{taken.count(became)} {became.value}" for became in Became]
    counts.append(f"{taken.kept} not in the file, kept")
    sys.stdout.write(("dry run: " if dry_run else "") + ", ".join(counts) + "\n")
