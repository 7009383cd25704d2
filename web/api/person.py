"""The person's side over HTTP: the same use cases as the socket, for when sockets fail and for
programs.
"""

from typing import Any

from aiohttp import web

from chat import enquirer
from models.errors import BadCommandError, NotSignedInError
from models.vocabulary import ClientRef, ConversationId, LeaveHow
from web import commands as c
from web.address import address_of
from web.api.body import body_as
from web.keys import SERVICE, SETTINGS

COOKIE = "cap_chat"
COOKIE_LIFE = 60 * 60 * 24 * 14


def add_routes(app: web.Application) -> None:
    app.add_routes(
        [
            web.post("/api/conversations", start),
            web.post("/api/conversations/resume", resume),
            web.get("/api/conversation/messages", since),
            web.post("/api/conversation/messages", send),
            web.post("/api/conversation/person", ask_for_person),
            web.post("/api/conversation/leave", leave),
        ]
    )


async def start(request: web.Request) -> web.Response:
    service = request.app[SERVICE]
    command: c.StartConversation = await body_as(request, c.StartConversation)
    enquirer.check_may_start(service, address=address_of(request), text=command.text)
    started = await enquirer.start(
        service,
        author=command.author,
        text=command.text,
        client_ref=ClientRef(str(command.client_ref)) if command.client_ref else None,
        address=address_of(request),
    )
    return opened(request, started)


async def resume(request: web.Request) -> web.Response:
    service = request.app[SERVICE]
    service.pace.check_resume(address_of(request))
    command: c.Resume = await body_as(request, c.Resume)
    return opened(request, await enquirer.resume(service, command.resume_code))


def opened(request: web.Request, started: enquirer.Started) -> web.Response:
    answer = web.json_response(
        {
            "conversation": started.conversation,
            "token": started.token,
            "resume_code": started.resume_code,
            "reference": started.reference,
            "messages": started.messages,
            "state": started.state,
        },
        status=201,
    )
    keep_token(request, answer, started.token)
    return answer


def keep_token(request: web.Request, response: web.StreamResponse, token: str) -> None:
    """The browser holds the token where no script can read it."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=COOKIE_LIFE,
        httponly=True,
        samesite="Lax",
        secure=request.app[SETTINGS].secure_cookies,
        path="/",
    )


def forget_token(response: web.StreamResponse) -> None:
    response.del_cookie(COOKIE, path="/")


async def whose(request: web.Request) -> ConversationId:
    """The conversation that the bearer token or the cookie opens. Raises NotSignedInError."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    token = given.strip() if scheme.lower() == "bearer" else request.cookies.get(COOKIE)
    if not token:
        raise NotSignedInError
    return await enquirer.by_token(request.app[SERVICE], token)


async def since(request: web.Request) -> web.Response:
    conversation = await whose(request)
    asked = request.query.get("since", "0")
    if not asked.isdecimal() or len(asked) > 15:  # noqa: PLR2004 - beyond any message number
        raise BadCommandError(hint="since")
    found = await enquirer.since(request.app[SERVICE], conversation, int(asked))
    return web.json_response({"messages": found.messages, "state": found.state})


async def send(request: web.Request) -> web.Response:
    conversation = await whose(request)
    command: c.SendMessage = await body_as(request, c.SendMessage)
    sent = await enquirer.send(
        request.app[SERVICE],
        conversation,
        client_ref=ClientRef(str(command.client_ref)),
        text=command.text,
        choice=command.choice,
        address=address_of(request),
    )
    kept: dict[str, Any] = {"ok": True, "seq": sent.seq, "at": sent.at}
    return web.json_response(kept, status=201)


async def ask_for_person(request: web.Request) -> web.Response:
    conversation = await whose(request)
    state = await enquirer.ask_for_person(request.app[SERVICE], conversation)
    return web.json_response({"ok": True, "state": state})


async def leave(request: web.Request) -> web.Response:
    """Also by `sendBeacon`: a body of any content type, or none (then: away)."""
    conversation = await whose(request)
    raw = await request.read()
    command: c.Leave = await body_as(request, c.Leave) if raw else c.Leave(how=LeaveHow.AWAY)
    await enquirer.leave(request.app[SERVICE], conversation, how=command.how)
    answer = web.json_response({"ok": True})
    if command.how is LeaveHow.QUICK_EXIT:
        forget_token(answer)
        answer.headers["Clear-Site-Data"] = '"storage"'
    return answer
