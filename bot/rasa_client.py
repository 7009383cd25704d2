"""The dialogue port over HTTP: hands one reading to Rasa and checks its answer strictly.

Sends no words of the person's, and lets none into the error that everything else becomes.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Self

import aiohttp
from aiohttp import hdrs

from bot.dialogue import Answer, Command, CommandKind, Line, Turn
from bot.rasa_metadata import turn_as_sent
from models.errors import DialogueUnavailableError
from models.vocabulary import FieldId, WordingId

DEADLINE = timedelta(seconds=3)
READY_WITHIN = timedelta(seconds=2)
_ANSWER = frozenset({"message_id", "steps", "asks", "active_form", "captured", "understood"})
_OK = 200


class RasaDialogue:
    """Several Rasa processes may serve: a conversation keeps to one, and moves on if that is gone.

    An async context manager, which holds the one session. `token` is the bearer token of the
    channel; `deadline` is for one turn, all told.
    """

    def __init__(self, urls: Sequence[str], *, token: str, deadline: timedelta = DEADLINE) -> None:
        self._urls = tuple(url.rstrip("/") for url in urls)
        self._headers = {hdrs.AUTHORIZATION: f"Bearer {token}"}
        self._deadline = deadline
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), headers=self._headers, trust_env=False
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def answer(self, turn: Turn) -> Answer:
        """Raise DialogueUnavailableError when down, late, refusing, or speaking nonsense."""
        try:
            async with asyncio.timeout(self._deadline.total_seconds()):
                told = await self._ask(turn)
        except TimeoutError as error:
            raise DialogueUnavailableError(hint="late") from error
        return _answer(told, message_id=turn.message_id)

    async def ready(self) -> bool:
        """Whether any of the processes has its model loaded."""
        return any(await asyncio.gather(*(self._is_ready(url) for url in self._urls)))

    async def _ask(self, turn: Turn) -> object:
        body = turn_as_sent(turn)
        for url in self._in_order(turn):
            try:
                return await self._post(f"{url}/webhooks/cap/turn", body)
            except aiohttp.ClientConnectorError:
                continue  # that process is gone; the turn carries all that another one needs
            except (aiohttp.ClientError, TypeError, ValueError) as error:
                # The cause could quote what was sent or received: it stays out of the error.
                raise DialogueUnavailableError(hint=type(error).__name__) from None
        raise DialogueUnavailableError(hint="down")

    async def _post(self, url: str, body: Mapping[str, Any]) -> object:
        async with self._open.post(url, json=body) as response:
            if response.status != _OK:
                raise DialogueUnavailableError(hint=f"status_{response.status}")
            return await response.json()

    async def _is_ready(self, url: str) -> bool:
        try:
            async with (
                asyncio.timeout(READY_WITHIN.total_seconds()),
                self._open.get(f"{url}/webhooks/cap/readiness") as response,
            ):
                return response.status == _OK
        except (aiohttp.ClientError, TimeoutError):
            return False

    @property
    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise DialogueUnavailableError(hint="closed")
        return self._session

    def _in_order(self, turn: Turn) -> list[str]:
        digest = hashlib.sha256(turn.conversation.encode()).digest()
        first = int.from_bytes(digest[:8]) % len(self._urls)
        return [*self._urls[first:], *self._urls[:first]]


def _answer(told: object, *, message_id: str) -> Answer:
    """Raise DialogueUnavailableError unless `told` is exactly an answer to this message."""
    if not isinstance(told, dict) or set(told) != _ANSWER or told["message_id"] != message_id:
        raise _nonsense("shape")
    asks, form = told["asks"], told["active_form"]
    if not (_is_name_or_none(asks) and _is_name_or_none(form) and (asks is None) == (form is None)):
        raise _nonsense("question")
    if not isinstance(told["captured"], dict) or not isinstance(told["understood"], bool):
        raise _nonsense("captured")
    return Answer(
        steps=_steps(told["steps"]),
        asks=FieldId(asks) if asks else None,
        active_form=form,
        captured={FieldId(name): value for name, value in told["captured"].items()},
        understood=told["understood"],
    )


def _steps(told: object) -> tuple[Line | Command, ...]:
    """Quick replies belong to the last thing said, unless a person is being brought."""
    if not isinstance(told, list) or not told:
        raise _nonsense("steps")
    steps = [_step(step) for step in told]
    lines = [step for step in steps if isinstance(step, Line)]
    commands = [step.kind for step in steps if isinstance(step, Command)]
    offering = lines[-1] if lines and CommandKind.HANDOFF not in commands else None
    return tuple(
        replace(step, choices=True) if isinstance(step, Line) and step is offering else step
        for step in steps
    )


def _step(told: object) -> Line | Command:
    match told:
        case {"say": str(wording), **rest} if wording and set(rest) <= {"asks"}:
            return Line(WordingId(wording), choices=False)
        case {"command": str(kind), "arguments": dict(arguments), **rest} if not rest:
            return Command(_command_kind(kind), arguments)
        case _:
            raise _nonsense("step")


def _command_kind(kind: str) -> CommandKind:
    try:
        return CommandKind(kind)
    except ValueError as error:
        raise _nonsense("command") from error


def _is_name_or_none(value: object) -> bool:
    return value is None or (isinstance(value, str) and bool(value))


def _nonsense(part: str) -> DialogueUnavailableError:
    return DialogueUnavailableError(hint=f"nonsense_{part}")
