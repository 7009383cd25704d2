"""What is known of an enquiry, as the routing rules look at it. Reads rows, decides nothing."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping

from chat.enquiries import enquiry_of
from chat.references import LONDON
from chat.routes import Facts, danger_of, is_under_18
from chat.service import Service
from models.store import Transaction
from models.vocabulary import AuthorType, Concern, EnquiryId, Kind, Priority

_TALKING = re.compile(
    r"\b(?:talking (?:therap\w+|help|treatments?)|counsell\w+|cbt|someone to talk (?:it|things)"
    r"|therapy|therapist)\b",
    re.IGNORECASE,
)


def facts_known(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    about: str,
    now: datetime,
    concern: Concern = Concern.SELF,
    pressing: bool = False,
) -> Facts:
    """The enquiry's own facts; those that only the caller knows are given."""
    enquiry = enquiry_of(tx, EnquiryId(held["enquiry_id"]))
    captured: Mapping[str, Any] = enquiry["captured"]
    author = AuthorType(held["author"]) if held["author"] else None
    harm = concern in {Concern.ABUSE, Concern.CHILD} or Kind.SAFEGUARDING.value in enquiry["kinds"]
    priority = Priority(held["priority"])
    return Facts(
        about=about,
        danger=danger_of(priority, author=author),
        author=author.value if author else str(captured.get("author_type") or "unknown"),
        harm_to_other=harm and priority.at_least(Priority.URGENT),
        under_18=is_under_18(_age(captured.get("dob_or_age"), today=now.astimezone(LONDON).date())),
        known=captured.get("known_to_services") in {True, "yes"},
        can_wait=str(captured.get("can_wait") or "unknown"),
        gp_in_area=str(captured.get("gp_in_area") or "unknown"),
        special=tuple(captured.get("special_route") or ()),
        shares=_shares(captured.get("share_consent")),
        hub_first=service.children_hub_first,
        pressing=pressing,
        wants_talking=bool(_TALKING.search(str(captured.get("narrative") or ""))),
        help_level=str(captured.get("help_level") or "unknown"),
    )


def _age(value: object, *, today: date) -> object:
    """Years, where a date of birth was given; else the value as it is."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        born = date.fromisoformat(value)
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return value


def _shares(consent: object) -> str:
    if consent is None:
        return "unknown"
    return "yes" if consent is True else "no"
