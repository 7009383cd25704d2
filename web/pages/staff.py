"""The console's page. The queue itself comes by the socket, not here."""

from typing import Any

from aiohttp import web

from chat.phoning import RESULTS
from chat.roles import roles
from chat.staff import SignedIn
from chat.views import stamp
from handoff import streams
from handoff.record_forms import record_forms
from models.vocabulary import Priority, Role
from web.guard import signed_in
from web.keys import SERVICE
from web.pages.render import PAGES, see_other
from web.pages.replies import replies
from web.pages.tasks import LISTS

CONSOLE = "/staff"
SCRIPT_WORDS = ("console.", "priority.", "announce.", "sender.", "send.", "role.")
CLOSING = "close.clinical"
STREAMED = frozenset({"NONURGENT_ASSESSMENT"})
"""Outcomes with which a clinician chooses a stream."""


def add_routes(app: web.Application) -> None:
    app.add_routes(
        [
            web.get(CONSOLE, console),
        ]
    )


async def console(request: web.Request) -> web.Response:
    staff = await signed_in(request)
    pages = request.app[PAGES]
    if not roles().may(staff.role, "queue:use") and roles().may(staff.role, "tasks:use"):
        return see_other(LISTS)
    if not roles().may(staff.role, "queue:use"):
        return pages.answer("staff/no_queue.html", staff=staff)
    return pages.answer(
        "staff/console.html",
        staff=staff,
        outcomes=_outcomes(request, staff.role),
        priorities=[priority.value for priority in reversed(Priority)],
        worse=_goodbye(request)[-1],
        streams=list(streams.load().values()),
        specialties=sorted(streams.SPECIALTIES),
        records=record_forms(),
        replies=replies(),
        results=RESULTS,
        supervises=staff.role is Role.SUPERVISOR,
        bootstrap=_bootstrap(request, staff),
        script_words=pages.for_script(*SCRIPT_WORDS),
    )


def _outcomes(request: web.Request, role: Role) -> dict[str, list[dict[str, Any]]]:
    """What this role may set, by group, in the order of the reviewed list."""
    outcomes = request.app[SERVICE].outcomes
    groups: dict[str, list[dict[str, Any]]] = {}
    for outcome in outcomes.all():
        if outcomes.may_set((outcome.code,), role=role):
            row = {
                "code": outcome.code,
                "label": outcome.label,
                "needs": [*outcome.needs, *(["stream"] if outcome.code in STREAMED else [])],
                "may_close": outcome.may_close,
            }
            groups.setdefault(outcome.group, []).append(row)
    return groups


def _goodbye(request: web.Request) -> list[str]:
    """What a clinical conversation ends with, as the person will read it: what was agreed, and
    what to do if things get worse. Gaps of the practitioner's are left open.
    """
    service = request.app[SERVICE]
    bubbles = service.wording.message(CLOSING).bubbles
    return [bubble.replace("{cap_phone}", service.places["cap_phone"]) for bubble in bubbles]


def _bootstrap(request: web.Request, staff: SignedIn) -> dict[str, Any]:
    service = request.app[SERVICE]
    policy = service.policy
    return {
        "staff": {"id": staff.id, "name": staff.name, "title": staff.title},
        "supervises": staff.role is Role.SUPERVISOR,
        "specialties": list(staff.specialties),
        "categories": dict(record_forms().categories),
        "services": dict(record_forms().services),
        "renew_seconds": policy.lease_renew.total_seconds(),
        "alarm_seconds": policy.alarm_repeat.total_seconds(),
        "limit": policy.message_length,
        "now": stamp(service.now()),
        "outcomes": {outcome.code: outcome.label for outcome in service.outcomes.all()},
        "goodbye": _goodbye(request)[0],
    }
