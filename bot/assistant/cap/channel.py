"""The one way into the assistant: a turn in by HTTP from our own service, its answer out.

Carries readings, never a person's words; logs neither.
"""

from __future__ import annotations

import asyncio
import hmac
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from cap.taking import Assistant, NonsenseError
from cap.turns import BadTurnError, Turn

SHORTEST_TOKEN = 32
REMEMBERED = 2_000  # answers kept for turns that are sent again
LANES = 64
SLOWEST = 5.0  # seconds for one turn; the caller gives up sooner

Take = Callable[[UserMessage], Awaitable[Any]]


class CapInput(InputChannel):
    """`POST turn` and `GET readiness`, for the bearer of the token alone."""

    def __init__(self, token: str) -> None:
        if len(token) < SHORTEST_TOKEN:
            raise ValueError(f"the channel's token needs at least {SHORTEST_TOKEN} characters")
        self._token = f"Bearer {token}".encode()
        self._turns: OrderedDict[tuple[str, str], asyncio.Task[dict[str, Any]]] = OrderedDict()
        self._lanes = [asyncio.Lock() for _ in range(LANES)]

    @classmethod
    def name(cls) -> str:
        return "cap"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> CapInput:
        return cls(str((credentials or {}).get("token", "")))

    def blueprint(self, on_new_message: Take) -> Blueprint:
        routes = Blueprint("cap_channel")

        @routes.get("/readiness")
        async def readiness(request: Request) -> HTTPResponse:
            if not self._may(request):
                return _fault(401, "not_allowed")
            loaded = getattr(request.app.ctx, "agent", None)
            ready = loaded is not None and loaded.is_ready()
            return response.json({"ready": ready}, status=200 if ready else 503)

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            if not self._may(request):
                return _fault(401, "not_allowed")
            try:
                asked = Turn.parse(request.json)
            except BadTurnError as error:
                return _fault(400, f"bad_turn: {error}")
            return await self._answer(asked, Assistant(request.app.ctx.agent, on_new_message))

        return routes

    def _may(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").encode()
        return hmac.compare_digest(given, self._token)

    async def _answer(self, turn: Turn, assistant: Assistant) -> HTTPResponse:
        """A turn sent again gets the answer of the first time, even while that is on its way."""
        key = (turn.conversation, turn.message_id)
        task = self._turns.get(key)
        if task is None:
            task = asyncio.ensure_future(self._take(turn, assistant))
            self._turns[key] = task
            while len(self._turns) > REMEMBERED:
                self._turns.popitem(last=False)
        try:
            return response.json(await asyncio.shield(task))
        except (NonsenseError, TimeoutError) as error:
            return _fault(503, type(error).__name__)
        finally:
            if task.done() and (task.cancelled() or task.exception()):
                self._turns.pop(key, None)

    async def _take(self, turn: Turn, assistant: Assistant) -> dict[str, Any]:
        """One turn at a time in a conversation."""
        lane = self._lanes[hash(turn.conversation) % LANES]
        try:
            async with lane:
                return await asyncio.wait_for(
                    assistant.take(turn, CollectingOutputChannel()), SLOWEST
                )
        except BaseException:
            await assistant.forget(turn.conversation)
            raise


def _fault(status: int, code: str) -> HTTPResponse:
    return response.json({"error": code}, status=status)
