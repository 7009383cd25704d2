"""A referral by phone, letter or email, logged by a plain form. Sent twice, it is kept once."""

import uuid
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from chat import referring
from models.errors import BadCommandError
from models.vocabulary import AuthorType, EnquiryStatus
from web import task_commands as c
from web.commands import parsed
from web.guard import signed_in
from web.keys import SERVICE
from web.pages.render import PAGES, see_other
from web.pages.typed import LONDON, Form, moment_of, text_of, typed

REFERRALS = "/staff/referrals"
CHANNELS = ("phone", "letter", "email")
PRIORITIES = ("routine", "urgent", "very_urgent", "emergency")
REFERRER = ("pro_name_role", "pro_direct")
PERSON = ("call_me", "dob_or_age", "phone", "nhs_number", "gp_practice")


def add_routes(app: web.Application) -> None:
    app.add_routes([web.get(REFERRALS, form_page), web.post(REFERRALS, log)])


async def form_page(request: web.Request) -> web.Response:
    """`?logged=`: what became of the one just logged stands above an empty form."""
    wanted = request.query.get("logged", "")
    told: dict[str, Any] | None = None
    if wanted:
        staff = await signed_in(request)
        told = await referring.logged(request.app[SERVICE], staff, wanted)
    return await _form_page(request, form={"client_ref": _new_ref()}, told=told)


async def _form_page(
    request: web.Request,
    *,
    form: Mapping[str, Any],
    told: Mapping[str, Any] | None = None,
    trouble: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    service = request.app[SERVICE]
    return request.app[PAGES].answer(
        "staff/referral.html",
        status=status,
        staff=await signed_in(request),
        form=form,
        told=told,
        waits=told is not None and told["status"] == EnquiryStatus.WAITING_PERSON.value,
        trouble=trouble or {},
        channels=CHANNELS,
        priorities=PRIORITIES,
        authors=[author.value for author in AuthorType],
        referrer=REFERRER,
        person=PERSON,
        latest=f"{service.now().astimezone(LONDON):%Y-%m-%dT%H:%M}",
    )


async def log(request: web.Request) -> web.Response:
    staff, form = await signed_in(request), await request.post()
    try:
        command = _command(form)
        await referring.log_referral(request.app[SERVICE], staff, command.referral())
    except BadCommandError as error:
        wrong = error.hint.rpartition(".")[2]
        told = {wrong: request.app[PAGES].say(f"referral.wrong.{_known(wrong)}")}
        kept = typed(form) | ({"client_ref": _new_ref()} if wrong == "client_ref" else {})
        return await _form_page(request, form=kept, trouble=told, status=error.status)
    return see_other(f"{REFERRALS}?logged={command.client_ref}")


def _command(form: Form) -> c.LogEnquiry:
    captured = {name: text_of(form, name) for name in (*REFERRER, *PERSON)}
    command: c.LogEnquiry = parsed(
        c.LogEnquiry,
        {
            "channel": text_of(form, "channel"),
            "text": text_of(form, "text"),
            "priority": text_of(form, "priority"),
            "author": text_of(form, "author"),
            "received_at": moment_of(form, "received_at") or None,
            "client_ref": text_of(form, "client_ref"),
            "captured": {name: said for name, said in captured.items() if said},
        },
    )
    return command


def _new_ref() -> str:
    return str(uuid.uuid4())


def _known(name: str) -> str:
    """What can be wrong and has a sentence of its own."""
    return name if name in {"channel", "text", "priority", "author", "received_at"} else "other"
