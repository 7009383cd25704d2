"""Conversations that people have, played through the real socket on the real assistant.

One service for all of them, many at once: first with a practitioner on shift, then with none.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from bot.rasa_client import RasaDialogue
from tests.journeys.conftest import PATIENT
from tests.journeys.judging import differences
from tests.journeys.manners import faults
from tests.journeys.player import Played, Script, play, scripts
from tests.service import Console, Running, patient_policy, running_service
from web.rasa_process import RasaProcess

pytestmark = [
    pytest.mark.rasa,
    pytest.mark.slow,
    pytest.mark.timeout(600),  # the first test waits for every conversation
    pytest.mark.asyncio(loop_scope="session"),
]

AT_ONCE = 12
QUIET_CLOSE = 21 * 60  # seconds after which a plain conversation has ended by itself
ALL = scripts()
ENOUGH = 150
# The others are modifiers, a clinician's acts, or the clock's.
IN_CONVERSATION = (1, 2, 4, 5, 6, 7, 8, 10, 11, 12, 13, 15, 16, 17, 18, 19, 20, 22, 24, 25, 29, 31)


@dataclass
class Stage:
    """All conversations as they went, by the name of their script."""

    played: dict[str, Played] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stage(
    rasa: RasaProcess, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """Everything is played once, before the first test looks at it."""
    var = tmp_path_factory.mktemp("scripts")
    async with (
        RasaDialogue([rasa.url], token=rasa.token, deadline=PATIENT) as dialogue,
        running_service(
            var, dialogue=dialogue, rate_limits="relaxed", policy=patient_policy(var)
        ) as running,
    ):
        made = Stage()
        staff = await Console().arrive(running.url, username="sue")
        await _play_all(
            running, staff, made, [one for one in ALL if one.shift and not _silent(one)]
        )
        await staff.do("presence:set", {"available": False})
        await _play_all(running, staff, made, [one for one in ALL if not one.shift])
        await staff.do("presence:set", {"available": True})
        silent = [one for one in ALL if one.shift and _silent(one)]
        await _play_all(running, staff, made, silent)
        await running.advance(QUIET_CLOSE)
        for script in silent:
            await _look_up(staff, made, script)
        yield made
        for played in made.played.values():
            await played.person.close()
        await staff.close()


def _silent(script: Script) -> bool:
    return script.leave == "silent"


async def _play_all(running: Running, staff: Console, made: Stage, some: Sequence[Script]) -> None:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(script: Script) -> None:
        async with places:
            try:
                made.played[script.id] = await play(running, script)
                await _look_up(staff, made, script)
            except (AssertionError, TimeoutError) as error:
                made.broken[script.id] = f"{type(error).__name__}: {error}"

    await asyncio.gather(*(one(script) for script in some))


async def _look_up(staff: Console, made: Stage, script: Script) -> None:
    played = made.played.get(script.id)
    if played is None:
        return
    played.messages = await played.person.messages()
    played.enquiry = await staff.enquiry(played.person.reference)


@pytest.mark.parametrize("script", ALL, ids=lambda script: script.id)
async def test_a_conversation_ends_as_it_should(stage, script):
    assert script.id not in stage.broken, stage.broken[script.id]
    played = stage.played[script.id]
    wrong = differences(script, played) + faults(played)
    assert not wrong, "\n".join([*wrong, played.transcript()])


async def test_every_route_of_a_conversation_is_gone_and_there_are_enough():
    gone: set[str] = set()
    for script in ALL:
        expected = script.expect.get("route", [])
        gone |= {expected} if isinstance(expected, str) else set(expected)
    assert len(ALL) >= ENOUGH
    assert gone >= {f"RT-{number:02}" for number in IN_CONVERSATION}
