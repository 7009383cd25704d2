"""Fills an empty directory with the starter services. Changes nothing that is there."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from bot import directory_store, open_referral
from bot.wording import CONTENT
from models.tables import directory_services

DIRECTORY_FILE = CONTENT / "directory.json"


def fill_if_empty(db: Connection, *, demo: bool, now: datetime) -> int:
    """Yields how many were added. `demo`: made-up examples as well."""
    held = db.execute(select(func.count()).select_from(directory_services)).scalar_one()
    return 0 if held else fill(db, demo=demo, now=now)


def fill(db: Connection, *, demo: bool, now: datetime, path: Path = DIRECTORY_FILE) -> int:
    stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    directory_store.put_taxonomies(db, stored["taxonomies"])
    directory_store.put_terms(db, stored["taxonomy_terms"])
    added = 0
    for read in open_referral.read_all(stored):
        if read.document is None:
            raise ValueError(f"starter service {read.number}: {', '.join(read.problems)}")
        if demo or not read.document["x_cap"]["demo"]:
            directory_store.put(db, read.document, now=now)
            added += 1
    return added
