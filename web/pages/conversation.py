"""`/chat`: the whole conversation at one address, by plain forms; the script builds upon it.

Every form ends in the page again, with what was typed kept when it could not be sent.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import web

from chat import enquirer
from models.errors import BadCommandError, NotSignedInError, ServiceError
from models.vocabulary import ClientRef, ConversationId, LeaveHow
from web.address import address_of
from web.api.person import forget_token, keep_token, whose
from web.keys import SENTENCES, SERVICE
from web.pages.render import PAGES, see_other
from web.pages.visit import Trouble, show, visit

CHAT = "/chat"
LATEST = "/chat#latest"
ANSWER_WAITS, ANSWER_LOOKS = 0.1, 20
"""Seconds between looks and how many: without a script the answer must be on the next page."""

Form = dict[str, str]
Act = Callable[[web.Request, Form], Awaitable[web.Response]]


def add_routes(app: web.Application) -> None:
    app.add_routes(
        [web.get(CHAT, open_page), web.post(CHAT, take_form), web.get("/leave", leave_quickly)]
    )


async def open_page(request: web.Request) -> web.Response:
    return show(request, await visit(request))


async def take_form(request: web.Request) -> web.Response:
    """One form of the page. The buttons of the quick replies say `choice`, the others `act`."""
    form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    name = "choose" if form.get("choice") else form.get("act", "send")
    try:
        act = ACTS.get(name)
        if act is None:
            raise BadCommandError(hint="act")
        return await act(request, form)
    except ServiceError as error:
        told = request.app[SENTENCES].told(error)["message"]
        if name == "resume":
            told = request.app[PAGES].say("resume.wrong")
        trouble = Trouble(str(told), form.get("text", ""), error.status)
        return show(request, await visit(request), trouble)


async def _send(request: web.Request, form: Form) -> web.Response:
    text = form.get("text", "")
    if not text.strip():
        return see_other(LATEST)
    return await _keep(request, form, text=text)


async def _choose(request: web.Request, form: Form) -> web.Response:
    meaning = request.app[SERVICE].choices.get(form.get("choice", ""))
    if meaning is None:
        raise BadCommandError(hint="choice")
    return await _keep(request, form, text=meaning.label, choice=meaning.id)


async def _keep(
    request: web.Request, form: Form, *, text: str, choice: str | None = None
) -> web.Response:
    service = request.app[SERVICE]
    ref = _client_ref(form)
    conversation, answer = await _opened(request, text)
    sent = await enquirer.send(
        service,
        conversation,
        client_ref=ref,
        text=text,
        choice=choice,
        address=address_of(request),
    )
    await _until_answered(request, conversation, after=sent.seq)
    return answer


def _client_ref(form: Form) -> ClientRef:
    """The page carries one, so that the same form sent twice is kept once."""
    try:
        return ClientRef(str(uuid.UUID(form.get("client_ref", ""))))
    except ValueError:
        return ClientRef(str(uuid.uuid4()))


async def _opened(
    request: web.Request, text: str | None = None
) -> tuple[ConversationId, web.Response]:
    """This browser's conversation, begun now if it has none, and the way back to the page."""
    answer = see_other(LATEST)
    try:
        return await whose(request), answer
    except NotSignedInError:
        service = request.app[SERVICE]
        enquirer.check_may_start(service, address=address_of(request), text=text)
        started = await enquirer.start(
            service, author=None, text=None, client_ref=None, address=address_of(request)
        )
        keep_token(request, answer, started.token)
        return started.conversation, answer


async def _until_answered(
    request: web.Request, conversation: ConversationId, *, after: int
) -> None:
    """A moment for the answer to arrive; the page is shown with or without it."""
    for _ in range(ANSWER_LOOKS):
        found = await enquirer.since(request.app[SERVICE], conversation, after)
        if found.messages:
            return
        await asyncio.sleep(ANSWER_WAITS)


async def _ask_for_person(request: web.Request, _form: Form) -> web.Response:
    conversation, answer = await _opened(request)
    await enquirer.ask_for_person(request.app[SERVICE], conversation)
    return answer


async def _finish(request: web.Request, _form: Form) -> web.Response:
    conversation = await whose(request)
    await enquirer.leave(request.app[SERVICE], conversation, how=LeaveHow.DONE)
    return see_other(LATEST)


async def _forget(_request: web.Request, _form: Form) -> web.Response:
    """Off this device. The conversation itself is kept by the service."""
    answer = see_other("/")
    forget_token(answer)
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


async def _resume(request: web.Request, form: Form) -> web.Response:
    service = request.app[SERVICE]
    service.pace.check_resume(address_of(request))
    started = await enquirer.resume(service, form.get("resume_code", ""))
    answer = see_other(LATEST)
    keep_token(request, answer, started.token)
    return answer


ACTS: dict[str, Act] = {
    "send": _send,
    "choose": _choose,
    "person": _ask_for_person,
    "finish": _finish,
    "forget": _forget,
    "resume": _resume,
}


async def leave_quickly(request: web.Request) -> web.Response:
    """Out at once, to an everyday page; this device forgets the chat, the service keeps it.

    A plain link, so that it works without a script; other sites cannot do it for somebody.
    """
    answer = see_other(request.app[PAGES].say("exit.address"))
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return answer
    forget_token(answer)
    answer.headers["Clear-Site-Data"] = '"storage"'
    with suppress(NotSignedInError):
        conversation = await whose(request)
        await enquirer.leave(request.app[SERVICE], conversation, how=LeaveHow.QUICK_EXIT)
    return answer
