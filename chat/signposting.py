"""What the bot tells: reviewed answers and places that may help. Closes nothing clinical."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, select

from bot.directory import DirectoryAnswer, Hit
from chat import unmet_needs
from chat.enquiries import add_outcomes, enquiry_of
from chat.references import LONDON
from chat.service import Service
from chat.speaking import say
from models.store import Transaction
from models.tables import messages
from models.vocabulary import (
    EnquiryId,
    EnquiryKind,
    EnquiryStatus,
    Need,
    Speaker,
)

SERVICES_SHOWN = 5


SEARCHED_TURNS = 3


def answer_faq(
    service: Service, tx: Transaction, held: RowMapping, *, faq_id: str, ref: str, now: datetime
) -> RowMapping:
    """A reviewed answer, then whether it helped. The enquiry has had its information."""
    text = service.faq.say(faq_id, service.places)
    row = say(
        service,
        tx,
        held,
        wording_id="faq.answer",
        now=now,
        params={"answer": text},
        cards=({"kind": "faq", "id": faq_id},),
        ref=f"{ref}:faq",
    )
    row = say(service, tx, row, wording_id="faq.helped", now=now, ref=f"{ref}:helped")
    close_unless_clinical(tx, held, codes=("INFO_GIVEN",), kind=EnquiryKind.INFORMATION, now=now)
    return row


def close_unless_clinical(
    tx: Transaction,
    held: RowMapping,
    *,
    codes: Sequence[str],
    kind: EnquiryKind,
    now: datetime,
) -> None:
    """The bot closes nothing clinical, and nothing that is already tracked for somebody."""
    enquiry = EnquiryId(held["enquiry_id"])
    known = enquiry_of(tx, enquiry)
    open_still = known["status"] == EnquiryStatus.OPEN.value
    if known["clinical"] or not open_still or held["form"] is not None:
        return
    add_outcomes(
        tx,
        enquiry,
        codes=codes,
        status=EnquiryStatus.CLOSED,
        now=now,
        kind=known["kind"] or kind.value,
    )


def signpost(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    arguments: Mapping[str, Any],
    ref: str,
    now: datetime,
) -> RowMapping:
    """Places that may help, nearest first; nothing found is said and counted as unmet need."""
    enquiry = enquiry_of(tx, EnquiryId(held["enquiry_id"]))
    needs, place = _needs(enquiry, arguments), _place(enquiry, arguments)
    today = now.astimezone(LONDON).date()
    found = service.directory.search(
        tx.connection, _asked(tx, held), today=today, needs=needs, place=place
    )
    kind = EnquiryKind.NAVIGATION
    if not found.services:
        unmet_needs.count(tx, found, now=now)
        row = say(service, tx, held, wording_id="sign.none", now=now, ref=f"{ref}:none")
        close_unless_clinical(tx, row, codes=("UNMET_NEED",), kind=kind, now=now)
        return row
    row = _show(service, tx, held, found, ref=ref, now=now)
    close_unless_clinical(tx, row, codes=("SIGNPOST_EXTERNAL",), kind=kind, now=now)
    return row


def _asked(tx: Transaction, held: RowMapping) -> str:
    """The words of the search: the person's own, newest first that named a topic or place."""
    statement = (
        select(messages.c.text)
        .where(
            messages.c.conversation_id == held["id"],
            messages.c.enquiry_id == held["enquiry_id"],
            messages.c.speaker == Speaker.ENQUIRER.value,
        )
        .order_by(messages.c.seq)
    )
    return " . ".join(tx.execute(statement).scalars().all()[-SEARCHED_TURNS:])


def _needs(enquiry: RowMapping, arguments: Mapping[str, Any]) -> list[Need]:
    topics = arguments.get("need_topics") or enquiry["captured"].get("need_topics") or []
    listed = [topics] if isinstance(topics, str) else list(topics)
    named = listed or list(enquiry["needs"])
    return [Need(topic) for topic in named if topic in set(Need)]


def _place(enquiry: RowMapping, arguments: Mapping[str, Any]) -> str | None:
    place = arguments.get("place") or enquiry["captured"].get("place")
    return place if isinstance(place, str) and place != "declined" else None


def _show(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    found: DirectoryAnswer,
    *,
    ref: str,
    now: datetime,
) -> RowMapping:
    hits = found.services[:SERVICES_SHOWN]
    today = now.astimezone(LONDON).date()
    cards = [card for hit in hits if (card := _card(service, tx, hit, today=today))]
    is_local = any(hit.distance_km is not None for hit in hits)
    wording = _intro(count=len(cards), has_place=found.place is not None, is_local=is_local)
    return say(
        service,
        tx,
        held,
        wording_id=wording,
        now=now,
        params={
            "n": str(len(cards)),
            "topic": " and ".join(topic.replace("_", " ") for topic in found.topics) or "this",
            "place": found.place or "",
        },
        cards=cards,
        ref=f"{ref}:places",
    )


def _card(service: Service, tx: Transaction, hit: Hit, *, today: date) -> dict[str, Any] | None:
    return service.directory.card(tx.connection, hit.id, today=today, distance_km=hit.distance_km)


def _intro(*, count: int, has_place: bool, is_local: bool) -> str:
    if has_place and not is_local:
        return "sign.national"
    if not has_place:
        return "sign.card.noplace"
    return "sign.card.one" if count == 1 else "sign.card.intro"
