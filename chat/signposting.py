"""What the bot tells: reviewed answers and places that may help. Closes nothing clinical."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, select

from bot.directory import DirectoryAnswer, Hit, Only
from chat import unmet_needs
from chat.endings import Ending, close_unless_clinical
from chat.enquiries import enquiry_of
from chat.helping import offer_help
from chat.references import LONDON
from chat.service import Service
from chat.speaking import say
from models.statements import KEY
from models.store import Transaction
from models.tables import messages
from models.vocabulary import (
    EnquiryId,
    EnquiryKind,
    Need,
    Speaker,
)

SERVICES_SHOWN = 5
SERVICES_CHOSEN = 2
ANSWERED = Ending(("INFO_GIVEN",), "RT-16", EnquiryKind.INFORMATION)
SHOWN = Ending(("SIGNPOST_EXTERNAL",), "RT-17", EnquiryKind.NAVIGATION)
CHOSEN = Ending(("SIGNPOST_EXTERNAL",), "RT-18", EnquiryKind.NAVIGATION)
UNMET = Ending(("UNMET_NEED",), "RT-20", EnquiryKind.NAVIGATION)

SEARCHED_TURNS = 3
_LAST_CARDS = (
    select(messages.c.cards)
    .where(
        messages.c.conversation_id == bindparam(KEY),
        messages.c.speaker != Speaker.ENQUIRER.value,
    )
    .order_by(messages.c.seq.desc())
    .limit(1)
)


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
    close_unless_clinical(tx, held, ending=ANSWERED, now=now)
    return row


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
    local = now.astimezone(LONDON)
    found = service.directory.search(
        tx.connection, _asked(tx, held), local=local, needs=needs, place=place
    )
    if not found.services or _is_of_no_topic(enquiry, found):
        unmet_needs.count(tx, found, now=now)
        row = say(service, tx, held, wording_id="sign.none", now=now, ref=f"{ref}:none")
        close_unless_clinical(tx, row, ending=UNMET, now=now)
        return row
    row = _show(service, tx, held, found, ref=ref, now=now)
    close_unless_clinical(tx, row, ending=SHOWN, now=now)
    return offer_help(service, tx, row, ref=ref, now=now)


def _is_of_no_topic(enquiry: RowMapping, found: DirectoryAnswer) -> bool:
    """ "Something else", and no word of what: a list of everything would help nobody."""
    return enquiry["captured"].get("need_topics") == ["other"] and not found.topics


def show_chosen(
    service: Service, tx: Transaction, held: RowMapping, *, ref: str, now: datetime
) -> RowMapping:
    """RT-18: the same places again, those first that suit what matters to them."""
    enquiry = enquiry_of(tx, EnquiryId(held["enquiry_id"]))
    local = now.astimezone(LONDON)
    needs, place = _needs(enquiry, {}), _place(enquiry, {})
    wants_free = "free" in (enquiry["captured"].get("prefs") or ())
    found = service.directory.search(
        tx.connection, _asked(tx, held), local=local, needs=needs, place=place
    )
    free = service.directory.search(
        tx.connection,
        _asked(tx, held),
        local=local,
        needs=needs,
        place=place,
        only=Only(free=True),
    )
    chosen = free if wants_free and free.services else found
    if not chosen.services:
        return say(service, tx, held, wording_id="sign.more.none", now=now, ref=f"{ref}:none")
    best = replace(chosen, services=chosen.services[:SERVICES_CHOSEN])
    return _show(service, tx, held, best, ref=ref, now=now)


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
    if cards == _just_shown(tx, held):
        return say(service, tx, held, wording_id="sign.more.none", now=now, ref=f"{ref}:more")
    is_local = any(hit.distance_km is not None for hit in hits)
    wording = _of_hours(found) or _intro(
        count=len(cards), has_place=found.place is not None, is_local=is_local
    )
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


def _just_shown(tx: Transaction, held: RowMapping) -> list[dict[str, Any]]:
    """The cards of the last thing that was said to them: the same again would help nobody."""
    return tx.execute(_LAST_CARDS, {KEY: held["id"]}).scalar() or []


def _card(service: Service, tx: Transaction, hit: Hit, *, today: date) -> dict[str, Any] | None:
    return service.directory.card(tx.connection, hit.id, today=today, distance_km=hit.distance_km)


def _of_hours(found: DirectoryAnswer) -> str | None:
    """What is said instead when none of them is known to be open when they asked."""
    if not found.none_open or found.opening is None:
        return None
    return "sign.closed.now" if found.opening.now else "sign.closed.then"


def _intro(*, count: int, has_place: bool, is_local: bool) -> str:
    if has_place and not is_local:
        return "sign.national"
    if not has_place:
        return "sign.card.noplace"
    return "sign.card.one" if count == 1 else "sign.card.intro"
