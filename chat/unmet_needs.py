"""What people looked for and nobody offers, counted by month: of no person, no words, no time."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.directory import DirectoryAnswer
from bot.places import Gazetteer
from chat.references import LONDON
from chat.roles import roles
from chat.service import Service
from chat.staff import SignedIn
from models.store import Transaction
from models.tables import unmet_needs

REPORT = "unmet_need"
UNKNOWN = "unknown"
KEYS = ("month", "topic", "district", "audience")
COLUMNS = (*KEYS, "times")
FEWEST_TOLD = 5


def count(tx: Transaction, looked_for: DirectoryAnswer, *, now: datetime) -> None:
    """One more for each topic; the place as its district, the audience as an age band."""
    for topic in looked_for.topics or (UNKNOWN,):
        row = {
            "month": f"{now.astimezone(LONDON):%Y-%m}",
            "topic": topic,
            "district": _district(looked_for.place),
            "audience": str(looked_for.audience.get("age_band", UNKNOWN)),
        }
        same = [unmet_needs.c[name] == row[name] for name in KEYS]
        more = update(unmet_needs).where(*same).values(times=unmet_needs.c.times + 1)
        if tx.execute(more).rowcount == 0:
            tx.execute(insert(unmet_needs), {**row, "times": 1})


def _district(place: str | None) -> str:
    gazetteer = Gazetteer.load()
    known = gazetteer.named(place) if place else None
    return (gazetteer.district_of(known)[0] if known else "") or UNKNOWN


async def report(service: Service, staff: SignedIn) -> list[dict[str, Any]]:
    """By month, the most wanted first. Raises NotAllowedError."""
    roles().check_action(staff.role, "report:unmet_need")

    return await service.store.read(counted)


def counted(db: Connection) -> list[dict[str, Any]]:
    """Every count as it is, by month, the most wanted first."""
    ordered = select(unmet_needs).order_by(
        unmet_needs.c.month.desc(), unmet_needs.c.times.desc(), unmet_needs.c.topic
    )
    return [dict(row) for row in db.execute(ordered).mappings()]


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """The sheet for commissioners. It leaves the service, so a small count is not told: a few
    people of one band and district could be known again.
    """
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({**row, "times": _told(row["times"])} for row in rows)
    return sheet.getvalue()


def _told(times: int) -> int | str:
    return times if times >= FEWEST_TOLD else f"fewer than {FEWEST_TOLD}"
