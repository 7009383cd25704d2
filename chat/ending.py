"""What the bot's part of an enquiry ends in: an answer, a signpost, a request taken, a team told,
or a person.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select

from bot.directory import DirectoryAnswer
from chat.enquiries import add_outcomes, change_enquiry, enquiry_of, hand_to
from chat.follow_up import leave_work
from chat.passing import QUIET, bring_person
from chat.passing import Need as PersonNeed
from chat.references import LONDON
from chat.service import Service
from chat.speaking import say
from chat.states import Act, next_state
from chat.transcript import record, tell_state
from handoff.timers import cancel_timers
from models.store import Transaction
from models.tables import messages
from models.vocabulary import (
    ConversationId,
    ConversationState,
    EnquiryId,
    EnquiryKind,
    EnquiryStatus,
    Need,
    OwnerKind,
    Priority,
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
    _close_unless_clinical(tx, held, codes=("INFO_GIVEN",), kind=EnquiryKind.INFORMATION, now=now)
    return row


def _close_unless_clinical(
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
    found = service.directory.search(_asked(tx, held), today=today, needs=needs, place=place)
    kind = EnquiryKind.NAVIGATION
    if not found.services:
        row = say(service, tx, held, wording_id="sign.none", now=now, ref=f"{ref}:none")
        _close_unless_clinical(tx, row, codes=("UNMET_NEED",), kind=kind, now=now)
        return row
    row = _show(service, tx, held, found, ref=ref, now=now)
    _close_unless_clinical(tx, row, codes=("SIGNPOST_EXTERNAL",), kind=kind, now=now)
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
    cards = [
        card
        for hit in hits
        if (card := service.directory.card(hit.id, today=today, distance_km=hit.distance_km))
    ]
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


def _intro(*, count: int, has_place: bool, is_local: bool) -> str:
    if has_place and not is_local:
        return "sign.national"
    if not has_place:
        return "sign.card.noplace"
    return "sign.card.one" if count == 1 else "sign.card.intro"


def pass_appointment_request(
    service: Service, tx: Transaction, held: RowMapping, *, now: datetime
) -> RowMapping:
    """A request for the booking team, due on the working-day clock.

    The bot changes and shows no appointment.
    """
    enquiry = EnquiryId(held["enquiry_id"])
    codes = ("APPT_CHANGE_PASSED",)
    due = leave_work(service, tx, held, codes=codes, due_at=None, now=now)
    add_outcomes(tx, enquiry, codes=codes, status=EnquiryStatus.TRACKING, now=now)
    hand_to(
        tx,
        enquiry,
        status=EnquiryStatus.TRACKING,
        owner=(OwnerKind.LIST, "appointments"),
        next_step="contact_person",
        due_at=due,
        kind=EnquiryKind.APPOINTMENT.value,
        route="RT-15",
    )
    return record(
        tx, held, kind="request_saved", by="bot", now=now, detail={"list": "appointments"}
    )


def complete_enquiry(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    arguments: Mapping[str, Any],
    now: datetime,
) -> RowMapping:
    """A form is at its end.

    Clinical: a person, unless their own team can wait for it. Feedback: passed on.
    """
    kind = EnquiryKind(str(arguments["kind"]))
    enquiry = EnquiryId(held["enquiry_id"])
    change_enquiry(tx, enquiry, kind=kind.value)
    match kind:
        case EnquiryKind.CLINICAL_KNOWN if _can_wait(tx, enquiry, arguments):
            return _tell_team(service, tx, held, now=now)
        case EnquiryKind.CLINICAL_NEW | EnquiryKind.CLINICAL_KNOWN:
            return _queue_clinical(service, tx, held, kind=kind, now=now)
        case EnquiryKind.FEEDBACK:
            return _pass_feedback(service, tx, held, now=now)
        case EnquiryKind.INFORMATION | EnquiryKind.NAVIGATION:
            _close_unless_clinical(tx, held, codes=("INFO_GIVEN",), kind=kind, now=now)
            return held
        case _:
            return _queue_clinical(service, tx, held, kind=kind, now=now)


def _can_wait(tx: Transaction, enquiry: EnquiryId, arguments: Mapping[str, Any]) -> bool:
    """Only a plain yes: not sure counts as sooner."""
    captured = enquiry_of(tx, enquiry)["captured"]
    return bool((arguments.get("can_wait") or captured.get("can_wait")) == "can_wait")


def _tell_team(service: Service, tx: Transaction, held: RowMapping, *, now: datetime) -> RowMapping:
    """RT-05: their own team is told, tracked until it accepts; the person hears who and by when."""
    enquiry = EnquiryId(held["enquiry_id"])
    codes = ("EXISTING_TEAM",)
    team = enquiry_of(tx, enquiry)["captured"].get("team_or_worker") or "existing_team"
    due = leave_work(service, tx, held, codes=codes, due_at=None, now=now)
    add_outcomes(tx, enquiry, codes=codes, status=EnquiryStatus.TRACKING, now=now)
    hand_to(
        tx,
        enquiry,
        status=EnquiryStatus.TRACKING,
        owner=(OwnerKind.TEAM, str(team)),
        next_step="team_accepts",
        due_at=due,
        clinical=True,
        route="RT-05",
    )
    due_words = service.calendar.in_words(due) if due else ""
    return say(
        service, tx, held, wording_id="clinical.known.passed", now=now, params={"due": due_words}
    )


def _queue_clinical(
    service: Service, tx: Transaction, held: RowMapping, *, kind: EnquiryKind, now: datetime
) -> RowMapping:
    """RT-06 and RT-07: a practitioner; sooner or not sure is urgent, else routine."""
    captured = enquiry_of(tx, EnquiryId(held["enquiry_id"]))["captured"]
    sooner = captured.get("can_wait") in {"sooner", "not_sure"}
    known = kind is EnquiryKind.CLINICAL_KNOWN
    need = PersonNeed(
        Priority.URGENT if sooner or known else Priority.ROUTINE,
        wording_id="clinical.known.sooner" if known else "clinical.start",
        clinical=True,
    )
    change_enquiry(
        tx, EnquiryId(held["enquiry_id"]), route="RT-06" if known else "RT-07", clinical=True
    )
    return bring_person(service, tx, held, need=need, now=now)


def _pass_feedback(
    service: Service, tx: Transaction, held: RowMapping, *, now: datetime
) -> RowMapping:
    """RT-29: a complaint never blocks care; it is passed on with a due time."""
    enquiry = EnquiryId(held["enquiry_id"])
    codes = ("FEEDBACK_LOGGED",)
    due = leave_work(service, tx, held, codes=codes, due_at=None, now=now)
    add_outcomes(tx, enquiry, codes=codes, status=EnquiryStatus.TRACKING, now=now)
    hand_to(
        tx,
        enquiry,
        status=EnquiryStatus.TRACKING,
        owner=(OwnerKind.LIST, "feedback"),
        next_step="contact_person",
        due_at=due,
        route="RT-29",
    )
    return held


def close_with_bot(
    service: Service, tx: Transaction, held: RowMapping, *, is_quiet: bool, now: datetime
) -> RowMapping:
    """The end of a conversation that never left the bot.

    Nothing clinical is closed: it goes to the queue's list.
    """
    enquiry = EnquiryId(held["enquiry_id"])
    known = enquiry_of(tx, enquiry)
    if known["clinical"] and known["status"] == EnquiryStatus.OPEN.value:
        return _keep_for_review(service, tx, held, now=now)
    act = Act.ENDED_QUIETLY if is_quiet else Act.BOT_ENDED
    row = say(
        service,
        tx,
        held,
        wording_id="close.ref",
        now=now,
        speaker=Speaker.SYSTEM,
        with_choices=False,
    )
    if known["status"] == EnquiryStatus.OPEN.value:
        codes = () if known["outcomes"] else ("INFO_GIVEN",)
        add_outcomes(tx, enquiry, codes=codes, status=EnquiryStatus.CLOSED, now=now)
    row = record(
        tx,
        row,
        kind="closed",
        by="clock" if is_quiet else "enquirer",
        now=now,
        state=next_state(ConversationState(row["state"]), act).value,
        closed_at=now,
        asks=None,
        form=None,
        form_asks=None,
    )
    cancel_timers(tx, ConversationId(row["id"]), kinds=(QUIET,), now=now)
    tell_state(tx, row)
    return row


def _keep_for_review(
    service: Service, tx: Transaction, held: RowMapping, *, now: datetime
) -> RowMapping:
    """Clinical and left unfinished: a clinician reads it within a working day; the numbers are
    shown.
    """
    enquiry = EnquiryId(held["enquiry_id"])
    codes = ("TO_NONURGENT_TRIAGE",)
    due = leave_work(service, tx, held, codes=codes, due_at=None, now=now)
    hand_to(
        tx,
        enquiry,
        status=EnquiryStatus.TRACKING,
        owner=(OwnerKind.LIST, "review"),
        next_step="clinical_review",
        due_at=due,
    )
    due_words = service.calendar.in_words(due) if due else ""
    row = say(
        service,
        tx,
        held,
        wording_id="clinical.message.left",
        now=now,
        params={"due": due_words},
        speaker=Speaker.SYSTEM,
        with_choices=False,
    )
    row = record(
        tx,
        row,
        kind="closed",
        by="clock",
        now=now,
        state=next_state(ConversationState(row["state"]), Act.MESSAGE_LEFT).value,
        closed_at=now,
        asks=None,
        form=None,
        form_asks=None,
    )
    cancel_timers(tx, ConversationId(row["id"]), kinds=(QUIET,), now=now)
    tell_state(tx, row)
    return row
