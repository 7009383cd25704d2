"""The end of a clinical form: a practitioner, their own team, the children's hub, a message left,
or the help of their own area. The routing rules say which.
"""

from datetime import datetime

from sqlalchemy import RowMapping

from chat.endings import Ending, close_unless_clinical
from chat.enquiries import add_outcomes, change_enquiry, enquiry_of, hand_to
from chat.facts_known import facts_known
from chat.follow_up import leave_work
from chat.message_left import leave_message
from chat.need import Need
from chat.passing import bring_person
from chat.presence import on_shift
from chat.routes import Route, Routes
from chat.service import Service
from chat.speaking import say
from chat.transcript import change
from handoff.tasks import add_task
from models.store import Transaction
from models.vocabulary import (
    ConversationId,
    EnquiryId,
    EnquiryKind,
    EnquiryStatus,
    OwnerKind,
)

HUB_FORM, CONSENT = "hub_form", "share_consent"
HUB = "children_hub"


def end_clinical(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    kind: EnquiryKind,
    ref: str,
    now: datetime,
) -> RowMapping:
    facts = facts_known(service, tx, held, about="clinical", now=now)
    route = Routes.load().route(facts)
    change_enquiry(tx, EnquiryId(held["enquiry_id"]), route=route.id)
    match route.to:
        case "hub" if facts.shares == "unknown":
            return _offer_hub(service, tx, held, ref=ref, now=now)
        case "hub":
            return _tell_hub(service, tx, held, now=now)
        case "team":
            return _tell_team(service, tx, held, now=now)
        case "close":
            return _explain_own_area(service, tx, held, route=route, ref=ref, now=now)
        case "routine" if not on_shift(service, tx, now):
            return leave_message(
                service, tx, held, kind=kind.value, named_route=route.named_route, now=now
            )
        case _:
            return _queue(service, tx, held, route=route, now=now)


def end_hub_offer(
    service: Service, tx: Transaction, held: RowMapping, *, now: datetime
) -> RowMapping:
    """Yes: the hub is told. Anything else: a practitioner of ours, as for anybody."""
    consent = enquiry_of(tx, EnquiryId(held["enquiry_id"]))["captured"].get(CONSENT)
    if consent is True:
        return _tell_hub(service, tx, held, now=now)
    route = Routes.load().route(facts_known(service, tx, held, about="clinical", now=now))
    if not on_shift(service, tx, now):
        kind = EnquiryKind.CLINICAL_NEW.value
        return leave_message(service, tx, held, kind=kind, now=now)
    return _queue(service, tx, held, route=route, now=now)


def _offer_hub(
    service: Service, tx: Transaction, held: RowMapping, *, ref: str, now: datetime
) -> RowMapping:
    """RT-08: nothing is passed on without a yes."""
    row = say(service, tx, held, wording_id="u18.info", now=now, asks=CONSENT, ref=f"{ref}:hub")
    return change(tx, ConversationId(row["id"]), form=HUB_FORM, form_asks=CONSENT, asks=CONSENT)


def _tell_hub(service: Service, tx: Transaction, held: RowMapping, *, now: datetime) -> RowMapping:
    """RT-08: a warm redirect, tracked until the hub accepts."""
    row = _pass_on(service, tx, held, code="CHILD_HUB", team=HUB, route="RT-08", now=now)
    return say(service, tx, held, wording_id="u18.passed", now=now, params=_due(service, row))


def _tell_team(service: Service, tx: Transaction, held: RowMapping, *, now: datetime) -> RowMapping:
    """RT-05: their own team is told, tracked until it accepts; the person hears who and by when."""
    captured = enquiry_of(tx, EnquiryId(held["enquiry_id"]))["captured"]
    named = captured.get("team_or_worker")
    team = "existing_team" if named in {None, "declined"} else str(named)
    row = _pass_on(service, tx, held, code="EXISTING_TEAM", team=team, route="RT-05", now=now)
    return say(
        service, tx, held, wording_id="clinical.known.passed", now=now, params=_due(service, row)
    )


def _pass_on(
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    code: str,
    team: str,
    route: str,
    now: datetime,
) -> RowMapping:
    enquiry = EnquiryId(held["enquiry_id"])
    due = leave_work(service, tx, held, codes=(code,), due_at=None, now=now, detail={"team": team})
    add_outcomes(tx, enquiry, codes=(code,), status=EnquiryStatus.TRACKING, now=now)
    return hand_to(
        tx,
        enquiry,
        status=EnquiryStatus.TRACKING,
        owner=(OwnerKind.TEAM, team),
        next_step="team_accepts",
        due_at=due,
        clinical=True,
        route=route,
    )


def _due(service: Service, enquiry: RowMapping) -> dict[str, str]:
    due = enquiry["due_at"]
    return {"due": service.calendar.in_words(due) if due else ""}


def _explain_own_area(
    service: Service, tx: Transaction, held: RowMapping, *, route: Route, ref: str, now: datetime
) -> RowMapping:
    """RT-22: the help of their own area, never a refusal; a person on request."""
    row = held
    for wording in route.says:
        row = say(service, tx, row, wording_id=wording, now=now, ref=f"{ref}:{wording}")
    ending = Ending(route.outcomes, route.id, EnquiryKind.CLINICAL_NEW)
    close_unless_clinical(tx, row, ending=ending, now=now)
    return row


def _queue(
    service: Service, tx: Transaction, held: RowMapping, *, route: Route, now: datetime
) -> RowMapping:
    """RT-06, RT-07 and the named routes: a practitioner; RT-06 tells their own team as well."""
    enquiry = EnquiryId(held["enquiry_id"])
    first, *more = route.says or ("handoff.unsure",)
    need = Need(
        route.priority,
        wording_id=first,
        says=more,
        specialties=route.specialties,
        clinical=True,
        about="clinical",
        asks_details=True,
    )
    row = bring_person(service, tx, held, need=need, now=now)
    queued = change_enquiry(tx, enquiry, route=route.id)
    if route.tells_team:
        team = queued["captured"].get("team_or_worker")
        add_task(
            tx,
            ConversationId(held["id"]),
            enquiry=enquiry,
            work_list="existing_team",
            kind="EXISTING_TEAM_LIAISED",
            due_at=queued["due_at"],
            now=now,
            detail={"team": team} if team not in {None, "declined"} else None,
        )
    return row
