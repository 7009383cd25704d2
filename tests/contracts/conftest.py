"""One real Rasa for the contract tests, and a conversation that remembers what our store would."""

import itertools
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.dialogue import Answer, Command, Line, Turn
from bot.rasa_client import RasaDialogue
from models.readings import FieldAnswer, Intent, Understanding
from models.vocabulary import ConversationId, FieldId, FieldStatus
from web.rasa_process import RasaProcess

PATIENT = timedelta(seconds=20)  # a loaded machine may be slow; the deadline has a test of its own
_numbers = itertools.count(1)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def rasa() -> AsyncIterator[RasaProcess]:
    """A supervised Rasa, trained if stale and ready; it serves to the end of the session."""
    with tempfile.TemporaryDirectory() as var:
        async with RasaProcess.supervised(Path(var)) as process:
            await process.until_ready(timedelta(seconds=120))
            yield process


@pytest_asyncio.fixture
async def dialogue(rasa: RasaProcess) -> AsyncIterator[RasaDialogue]:
    async with RasaDialogue([rasa.url], token=rasa.token, deadline=PATIENT) as opened:
        yield opened


@dataclass
class Talk:
    """A conversation as the service holds it: what was captured is replaced, never forgotten."""

    dialogue: RasaDialogue
    conversation: str = field(default_factory=lambda: f"talk-{next(_numbers)}")
    captured: dict[FieldId, Any] = field(default_factory=dict)
    asks: FieldId | None = None
    active_form: str | None = None
    misses: int = 0
    turns: int = 0

    def turn(self, intent: Intent, *, choice: str | None = None, **reading: Any) -> Turn:
        self.turns += 1
        given: dict[str, Any] = {"confidence": 0.9, "confident_non_clinical": True}
        return Turn(
            conversation=ConversationId(self.conversation),
            episode=1,
            message_id=f"{self.conversation}:{self.turns}",
            text="words that stay with the service",
            understanding=Understanding(intent=intent, **(given | reading)),
            choice=choice,
            asks=self.asks,
            active_form=self.active_form,
            misses=self.misses,
            captured=dict(self.captured),
        )

    async def say(self, intent: Intent, **reading: Any) -> Answer:
        return self.keep(await self.dialogue.answer(self.turn(intent, **reading)))

    async def answers(self, value: Any, status: FieldStatus = FieldStatus.OK) -> Answer:
        """Answer the open question."""
        assert self.asks is not None
        return await self.say(Intent.ANSWER, answer=FieldAnswer(self.asks, status, value))

    async def asked_then_answers(self, **values: Any) -> list[Answer]:
        """Answer each question as it comes; the order of `values` is the order expected."""
        found = []
        for name, value in values.items():
            assert self.asks == name
            found.append(await self.answers(value))
        return found

    def keep(self, answer: Answer) -> Answer:
        self.captured |= {name: one for name, one in answer.captured.items() if one is not None}
        self.asks, self.active_form = answer.asks, answer.active_form
        self.misses = 0 if answer.understood else self.misses + 1
        return answer


def said(answer: Answer) -> list[str]:
    """What an answer says and wants done, in order, by id and name."""
    return [
        step.wording_id if isinstance(step, Line) else f"! {step.kind.value}"
        for step in answer.steps
    ]


def command(answer: Answer) -> Command:
    """The one command of an answer."""
    (found,) = [step for step in answer.steps if isinstance(step, Command)]
    return found


@pytest.fixture
def talk(dialogue: RasaDialogue) -> Talk:
    return Talk(dialogue)
