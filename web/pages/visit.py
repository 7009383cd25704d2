"""What a visit to the conversation shows: whose it is, what was said, what can be done."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from chat import enquirer
from models.errors import NotSignedInError
from models.vocabulary import ConversationId
from web.api.person import whose
from web.keys import SERVICE
from web.pages import showing
from web.pages.render import PAGES

SCRIPT_WORDS = (
    "chat.", "banner.", "sender.", "send.", "offline.", "announce.", "card.", "hours.", "day.",
)  # fmt: skip
GREETING = "greet.first"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a form could not be done, in a sentence; what the person typed is kept for them."""

    message: str
    text: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True)
class Visit:
    """`conversation` is None before the first message."""

    conversation: ConversationId | None
    messages: list[dict[str, Any]] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)
    resume_code: str = ""


async def visit(request: web.Request) -> Visit:
    """What this browser's cookie opens; an unknown or old cookie opens nothing."""
    try:
        conversation = await whose(request)
    except NotSignedInError:
        return Visit(None)
    service = request.app[SERVICE]
    found = await enquirer.since(service, conversation, 0)
    messages = list(found.messages)
    while messages and messages[-1]["seq"] < found.state["last_seq"]:
        found = await enquirer.since(service, conversation, messages[-1]["seq"])
        messages += found.messages
    code = service.keys.resume_code(conversation)
    return Visit(conversation, messages, found.state, code)


def show(request: web.Request, seen: Visit, trouble: Trouble | None = None) -> web.Response:
    """The whole conversation on one page, complete without a script."""
    pages = request.app[PAGES]
    messages = seen.messages or _greeting(request)
    dialled = pages.numbers.dialled_by(request.app[SERVICE].choices)
    return pages.answer(
        "chat.html",
        status=trouble.status if trouble else 200,
        visit=seen,
        messages=messages,
        state=seen.state or {"state": "with_bot", "last_seq": 0},
        choices=showing.open_choices(messages),
        dialled=dialled,
        quick_exits=_quick_exits(request),
        trouble=trouble,
        client_ref=str(uuid.uuid4()),
        reloads=request.query.get("reload") == "on",
        bootstrap=_bootstrap(request, seen, dialled),
        script_words=pages.for_script(*SCRIPT_WORDS),
        limit=request.app[SERVICE].policy.message_length,
    )


def _greeting(request: web.Request) -> list[dict[str, Any]]:
    """The first words, before there is a conversation: the same that it will then begin with."""
    service = request.app[SERVICE]
    now = service.now().isoformat()
    said = service.wording.say(GREETING, service.places)
    lines: list[dict[str, Any]] = [
        {"seq": 0, "at": now, "speaker": "bot", "text": bubble, "wording_id": GREETING}
        for bubble in said.bubbles
    ]
    lines[-1]["choices"] = [{"id": choice.id, "label": choice.label} for choice in said.choices]
    return lines


def _quick_exits(request: web.Request) -> list[str]:
    choices = request.app[SERVICE].choices
    return [
        name
        for name in sorted(choices.ids())
        if (meaning := choices.get(name)) is not None and meaning.action == "quick_exit"
    ]


def _bootstrap(request: web.Request, seen: Visit, dialled: dict[str, str]) -> dict[str, Any]:
    """What the script starts from. The words of the messages are in the page itself, once."""
    pages = request.app[PAGES]
    return {
        "started": seen.conversation is not None,
        "state": seen.state or None,
        "last_seq": seen.messages[-1]["seq"] if seen.messages else 0,
        "limit": request.app[SERVICE].policy.message_length,
        "dialled": dialled,
        "quick_exits": _quick_exits(request),
        "exit": pages.say("exit.address"),
        "numbers": {
            number.id: {
                "href": number.href,
                "call": pages.say(f"help.{number.id}.call"),
                "for": pages.say(f"help.{number.id}.for"),
            }
            for number in pages.numbers.all()
        },
    }
