"""The directory in and out of files: reads one with a report of what changes, writes it all out.

An entry with faults is left out and named; what the file does not hold is kept.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select
from sqlalchemy.exc import IntegrityError

from bot import directory_csv, directory_store, open_referral
from bot.directory_rows import documents
from bot.directory_store import Change
from bot.open_referral import Read
from models.engine import alone
from models.errors import BadCommandError
from models.tables import directory_services, directory_taxonomies, directory_terms
from models.text import readable

DEMO = "x_cap.demo"


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one entry. `fields`: what changed, or what is wrong."""

    number: int
    name: str
    change: Change | None
    fields: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    entries: list[Entry] = field(default_factory=list)
    kept: int = 0

    def count(self, change: Change | None) -> int:
        return sum(1 for entry in self.entries if entry.change is change)


def import_text(
    url: str, text: str, *, is_csv: bool, demo: bool, now: datetime, dry_run: bool = False
) -> Report:
    """Raise BadCommandError for what is no such file. `demo`: made-up services are let in."""
    with alone(url, keep=not dry_run) as db:
        report = Report()
        seen = set()
        for read in _reads(db, text, is_csv=is_csv):
            report.entries.append(_take(db, read, demo=demo, now=now))
            seen.add(read.document["id"] if read.document else "")
        held = set(db.execute(select(directory_services.c.id)).scalars())
        report.kept = len(held - seen)
        return report


def _reads(db: Connection, text: str, *, is_csv: bool) -> Iterator[Read]:
    if is_csv:
        text = readable(text)
        unknown = directory_csv.unknown_columns(text)
        if unknown:
            raise BadCommandError(hint=f"unknown columns: {', '.join(unknown)}")
        terms = {row["code"]: _term(row) for row in db.execute(select(directory_terms)).mappings()}
        yield from open_referral.read_all(_lines(text, terms))
        return
    try:
        content = _readable(json.loads(text))
    except (ValueError, RecursionError):
        raise BadCommandError(hint="the file is not JSON") from None
    if isinstance(content, Mapping):
        taxonomies = open_referral.read_taxonomies(content.get("taxonomies"))
        directory_store.put_taxonomies(db, taxonomies)
    yield from open_referral.read_all(content)


def _lines(text: str, terms: Mapping[str, Mapping[str, Any]]) -> list[Any]:
    try:
        return list(directory_csv.raw_services(text, terms=terms))
    except csv.Error:
        raise BadCommandError(hint="the file is not CSV") from None


def _readable(part: Any) -> Any:  # noqa: ANN401 - of JSON, anything
    """The same with texts that the store can hold."""
    if isinstance(part, str):
        return readable(part)
    if isinstance(part, list):
        return [_readable(inner) for inner in part]
    if isinstance(part, dict):
        return {readable(name): _readable(inner) for name, inner in part.items()}
    return part


def _term(row: RowMapping) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _take(db: Connection, read: Read, *, demo: bool, now: datetime) -> Entry:
    if read.document is None:
        return Entry(read.number, "", None, read.problems)
    name = read.document["name"]
    if read.document["x_cap"]["demo"] and not demo:
        return Entry(read.number, name, None, (DEMO,))
    before = documents(db, [read.document["id"]]).get(read.document["id"], {})
    try:
        with db.begin_nested():
            change = directory_store.put(db, read.document, now=now)
    except IntegrityError:  # a part of it has the id of another service's part
        return Entry(read.number, name, None, ("id",))
    changed = _changed(before, read.document) if change is Change.CHANGED else ()
    return Entry(read.number, name, change, changed)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    names = sorted({*before, *after})
    return tuple(name for name in names if before.get(name) != after.get(name))


def export_text(url: str, *, as_csv: bool) -> str:
    """Every service that is held, in the order of their names."""
    with alone(url, keep=False) as db:
        ordered = select(directory_services.c.id).order_by(directory_services.c.name)
        ids: Sequence[str] = db.execute(ordered).scalars().all()
        found = documents(db, ids)
        services = [found[service_id] for service_id in ids]
        if as_csv:
            return directory_csv.written(services)
        content = {
            "taxonomies": [
                dict(row) for row in db.execute(select(directory_taxonomies)).mappings()
            ],
            "taxonomy_terms": [
                _term(row) for row in db.execute(select(directory_terms)).mappings()
            ],
            "services": services,
        }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
