"""What an enquiry has come to when the bot has said a certain sentence: from reviewed data.

Closes nothing clinical, and nothing that somebody else has already taken on.
"""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import RowMapping

from chat.enquiries import add_outcomes, enquiry_of
from models.store import Transaction
from models.vocabulary import EnquiryId, EnquiryKind, EnquiryStatus, Priority

FILE = Path(__file__).parent / "content" / "endings.toml"


@dataclass(frozen=True, slots=True)
class Ending:
    """`beside_a_form`: also while a form is offered that need not be filled in. `again`: with what
    it had ended before, if it had.
    """

    outcomes: tuple[str, ...]
    route: str
    kind: EnquiryKind
    beside_a_form: bool = False
    again: bool = False


@cache
def endings() -> dict[str, Ending]:
    """By wording."""
    written = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        wording: Ending((), "", EnquiryKind.INFORMATION, again=True)
        if row.get("again")
        else Ending(
            tuple(row["outcomes"]),
            row["route"],
            EnquiryKind(row["kind"]),
            beside_a_form=row.get("beside_a_form", False),
        )
        for wording, row in written.items()
    }


def end_after(tx: Transaction, held: RowMapping, wording_id: str, *, now: datetime) -> None:
    ending = endings().get(wording_id)
    if ending is None:
        return
    known = enquiry_of(tx, EnquiryId(held["enquiry_id"]))
    if not ending.again:
        close_unless_clinical(tx, held, ending=ending, now=now)
    elif known["outcomes"] and known["kind"]:
        before = Ending((), known["route"], EnquiryKind(known["kind"]))
        close_unless_clinical(tx, held, ending=before, now=now)


def close_unless_clinical(
    tx: Transaction, held: RowMapping, *, ending: Ending, now: datetime
) -> None:
    """The bot closes nothing clinical, and nothing that is already tracked for somebody."""
    enquiry = EnquiryId(held["enquiry_id"])
    known = enquiry_of(tx, enquiry)
    in_form = held["form"] is not None and not ending.beside_a_form
    clinical = known["clinical"] or Priority(known["priority"]).at_least(Priority.URGENT)
    if clinical or known["status"] != EnquiryStatus.OPEN.value or in_form:
        return
    captured = {**known["captured"], "enquiry_kind": known["kind"] or ending.kind.value}
    add_outcomes(
        tx,
        enquiry,
        codes=ending.outcomes,
        status=EnquiryStatus.CLOSED,
        now=now,
        kind=known["kind"] or ending.kind.value,
        route=ending.route,
        captured=captured,
    )
