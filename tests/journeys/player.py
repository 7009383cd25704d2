"""Plays a script of one person through the real socket, and what the service made of it.

Answers what is asked by the id of the question, as another program would. Judges nothing.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, func, select

from models.tables import outbox
from tests.service import Person, Running

SCRIPTS = Path(__file__).parent / "scripts"
MOST_TURNS = 30
PATIENCE = 60.0  # seconds for one turn on a loaded machine
SAFE = {"tap": "i-am-safe-for-now", "say": "I am safe for now"}
NOT_SAID = "skip"
LONG, MOST_CHARACTERS = "LONG:", 4000
FILLER = "We moved here in May and the garden was full of apple trees and the bus goes every hour. "
Words = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Script:
    """What somebody writes. `answers`: by question asked; `then`: in order, when none is open.

    A turn is words, or `{tap, say}` for a quick reply. `leave`: how they go, `silent` for not
    another word. `shift`: whether a practitioner is signed in.
    """

    id: str
    open: Words
    expect: Mapping[str, Any]
    author: str | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    then: Sequence[Words] = ()
    leave: str | None = None
    shift: bool = True
    about: str = ""


def scripts() -> list[Script]:
    """Every script of the folder. A field that is none, or a name used twice, is an error."""
    found = [
        _script(row)
        for path in sorted(SCRIPTS.glob("*.yaml"))
        for row in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    ]
    ids = [script.id for script in found]
    assert len(ids) == len(set(ids)), sorted({one for one in ids if ids.count(one) > 1})
    return found


def _script(row: Mapping[str, Any]) -> Script:
    """Everything written is words: `yes` is what somebody typed, not a truth."""
    return Script(**{**row, "shift": row.get("shift") != "false", "open": _whole(row["open"])})


def _whole(words: Words) -> Words:
    """`LONG:` stands for a paste of as many characters as one message may have."""
    if not isinstance(words, str) or not words.startswith(LONG):
        return words
    rest = f" {words.removeprefix(LONG)}"
    return (FILLER * (MOST_CHARACTERS // len(FILLER) + 1))[: MOST_CHARACTERS - len(rest)] + rest


@dataclass
class Played:
    """A conversation as it went: every message the person could see, and the questions put."""

    script: Script
    person: Person
    messages: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    turns: int = 0
    state: str = "with_bot"
    asked_with_bot: list[str] = field(default_factory=list)
    enquiry: dict[str, Any] = field(default_factory=dict)

    @property
    def asks(self) -> str | None:
        """The question now open."""
        said = [one for one in self.messages if one["speaker"] != "enquirer"]
        return said[-1].get("asks") if said else None

    def transcript(self) -> str:
        """What was said, for whoever reads a failure. Made-up words of scripts alone."""
        return "\n".join(
            f"  {one['speaker'][:4]} {one.get('wording_id', ''):<24} {one['text'][:110]}"
            f"{' ?' + one['asks'] if one.get('asks') else ''}"
            for one in self.messages
        )


async def play(running: Running, script: Script) -> Played:
    """The whole script, to its last word, or until the service has nothing more to ask."""
    start = {"author": script.author} if script.author else {}
    played = Played(script, await Person().arrive(running.url, **start))
    given = {name: _listed(answer) for name, answer in script.answers.items()}
    rest = list(script.then)
    await say(running, played, script.open)
    while played.turns < MOST_TURNS:
        words = _next_words(played, given, rest)
        if words is None:
            break
        await say(running, played, words)
    if script.leave is not None and script.leave != "silent":
        await played.person.do("conversation:leave", {"how": script.leave})
        await _look(running, played)
    return played


def _next_words(played: Played, given: dict[str, list[Words]], rest: list[Words]) -> Words | None:
    """The answer to what is asked; what was not foreseen is left out, and noted."""
    asks = played.asks
    if asks is None:
        return rest.pop(0) if rest else None
    played.asked.append(asks)
    if played.state == "with_bot":
        played.asked_with_bot.append(asks)
    if given.get(asks):
        return given[asks].pop(0)
    if played.script.leave == "silent":
        return None
    played.unanswered.append(asks)
    return SAFE if asks == "safe_now" else NOT_SAID


def _listed(answer: Any) -> list[Words]:
    return list(answer) if isinstance(answer, list) else [answer]


async def say(running: Running, played: Played, words: Words) -> None:
    played.turns += 1
    if isinstance(words, str):
        await played.person.send(words)
    else:
        await played.person.send(words["say"], choice=words["tap"])
    await _look(running, played)


async def _look(running: Running, played: Played) -> None:
    """Until everything sent is attended to; then the transcript as the person sees it."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if not await running.service.store.read(lambda db: _open_work(db, played)):
                break
            await played.person.client.sleep(0.01)
    played.messages = await played.person.messages()
    played.state = (await played.person.state())["state"]


def _open_work(db: Connection, played: Played) -> int:
    statement = select(func.count()).where(
        outbox.c.conversation_id == played.person.conversation, outbox.c.done_at.is_(None)
    )
    return db.execute(statement).scalar_one()
