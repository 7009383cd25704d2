"""Reads a saved request back in plain words, so that the person can see and correct it.

Says only what they told, by reviewed words for each field.
"""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping

from chat.enquiries import enquiry_of
from chat.service import Service
from chat.speaking import say
from models.store import Transaction
from models.vocabulary import EnquiryId

FILE = Path(__file__).parent / "content" / "summary.toml"
SHOWN_DIGITS = 3
_NUMBERS = frozenset({"phone"})
_NOT_TOLD = (None, "", "declined", "not_asked")


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    written: Mapping[str, Mapping[str, str]] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return written


def read_back(service: Service, tx: Transaction, held: RowMapping, *, now: datetime) -> RowMapping:
    """One sentence with a card for the page to print or save; nothing when nothing was told."""
    told = list(in_plain_words(enquiry_of(tx, EnquiryId(held["enquiry_id"]))["captured"]))
    if not told:
        return held
    parts = [f"{label} {value}" for label, value in told]
    card = {"kind": "summary", "rows": [{"label": label, "value": v} for label, v in told]}
    return say(
        service,
        tx,
        held,
        wording_id="turn.summary",
        now=now,
        params={"summary": "; ".join(parts)},
        cards=(card,),
    )


def in_plain_words(captured: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Label and value of everything told that is read back, in the reviewed order."""
    for name, label in _words()["fields"].items():
        value = captured.get(name)
        if not isinstance(value, dict | list) and value in _NOT_TOLD:
            continue
        yield label, _masked(str(value)) if name in _NUMBERS else _plainly(value)


def _masked(number: str) -> str:
    return f"…{number[-SHOWN_DIGITS:]}"


def _times(value: Mapping[str, Any]) -> Iterator[str]:
    """What suits somebody, as the contract has it: parts and days, days that do not, hours."""
    words, said = _words()["values"], _words()["times"]
    for name in ("parts", "days"):
        yield from (words.get(one, str(one)) for one in value.get(name, ()))
    if value.get("not_days"):
        days = ", ".join(words.get(one, str(one)) for one in value["not_days"])
        yield said["not_days"].format(days=days)
    for name in ("from", "to"):
        if value.get(name):
            yield said[name].format(time=value[name])


def _plainly(value: object) -> str:
    words = _words()["values"]
    if isinstance(value, dict):
        return ", ".join(_times(value)) or words["any"]
    if isinstance(value, list):
        return ", ".join(words.get(str(one), str(one)) for one in value)
    text = str(value)
    try:
        return f"{date.fromisoformat(text):%-d %B %Y}"
    except ValueError:
        return words.get(text, text)
