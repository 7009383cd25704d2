"""`cap-chat directory search | import | export | unmet`: the directory of community services."""

import argparse
import atexit
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from bot.directory import Directory, filter_line
from bot.directory_store import Change
from chat.directory_file import Report, export_text, import_text
from chat.seed import seed_directory
from chat.unmet_needs import as_csv, counted
from models.engine import alone, open_engine
from models.errors import BadCommandError
from models.migrate import current, newest, upgrade
from web.cli import stream
from web.cli.day import here
from web.cli.records import Record, Shape, Written, answer_all
from web.settings import Mode, Settings
from web.watch import Watch

SHAPE = Shape(texts=frozenset({"query"}))


def run(options: argparse.Namespace, settings: Settings) -> int:
    match options.what:
        case "import":
            return _import(options, settings)
        case "export":
            sys.stdout.write(export_text(settings.database_url, as_csv=options.csv))
            return 0
        case "unmet":
            with alone(settings.database_url, keep=False) as db:
                sys.stdout.write(as_csv(counted(db)))
            return 0
        case _:
            build = partial(build_search, settings)
            return stream.run(build, source=sys.stdin.buffer, sink=sys.stdout)


def build_search(settings: Settings) -> stream.Work:
    """Search the service's own store; where there is none, the starter services."""
    is_demo = settings.mode is Mode.DEVELOPMENT
    url = settings.database_url if _is_there(settings) else _starters(demo=is_demo)
    return partial(_work, Directory.load(demo=is_demo), open_engine(url))


def _is_there(settings: Settings) -> bool:
    path = make_url(settings.database_url).database
    if settings.database_url.startswith("sqlite") and not (path and Path(path).exists()):
        return False
    return current(settings.database_url) == newest()


def _starters(*, demo: bool) -> str:
    """The address of a store of this process's own, gone when the process is."""
    folder = tempfile.mkdtemp(prefix="cap-chat-directory-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    url = f"sqlite:///{folder}/directory.db"
    upgrade(url)
    seed_directory(url, demo=demo, now=Watch().now())
    return url


def _work(directory: Directory, engine: Engine, lines: Sequence[bytes]) -> list[Written]:
    with engine.connect() as db:
        return answer_all(lines, shape=SHAPE, answer=partial(answer, directory, db))


def answer(directory: Directory, db: Any, record: Record) -> Mapping[str, Any]:  # noqa: ANN401
    """The line of the contract: what was looked for, where, for whom, when, and what was found."""
    return filter_line(record, directory=directory, db=db, local=here())


def _import(options: argparse.Namespace, settings: Settings) -> int:
    path: Path = options.file
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise BadCommandError(hint="the file cannot be read as UTF-8 text") from None
    report = import_text(
        settings.database_url,
        text,
        is_csv=path.suffix.lower() == ".csv",
        demo=settings.mode is Mode.DEVELOPMENT,
        now=Watch().now(),
        dry_run=options.dry_run,
    )
    _say(report, dry_run=options.dry_run)
    return 1 if report.count(None) else 0


def _say(report: Report, *, dry_run: bool) -> None:
    for entry in report.entries:
        if entry.change is Change.UNCHANGED:
            continue
        what = entry.change.value if entry.change else "refused"
        fields = f": {', '.join(entry.fields)}" if entry.fields else ""
        sys.stdout.write(f"{what:9} {entry.number:5} {entry.name}{fields}\n")
    counts = [f"{report.count(change)} {change.value}" for change in Change]
    counts += [f"{report.count(None)} refused", f"{report.kept} not in the file, kept"]
    sys.stdout.write(("dry run: " if dry_run else "") + ", ".join(counts) + "\n")
