"""People who keep to no script: seeded walks, each of which ends in something, none in a loop."""

import asyncio
import os
import random
from collections.abc import Sequence
from typing import Any

import pytest
import pytest_asyncio

from bot.rasa_client import RasaDialogue
from tests.journeys.conftest import PATIENT
from tests.journeys.manners import faults
from tests.journeys.player import Played, Script, say, scripts
from tests.service import Console, Person, patient_policy, running_service

WALKS = int(os.environ.get("WALKS", "60"))  # 200 in the long suite

pytestmark = [
    pytest.mark.rasa,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(120 + 4 * WALKS),
]
AT_ONCE = 12
LONGEST = 14  # things that one person says
STRAY = (
    "why do you ask",
    "go back",
    "skip",
    "start again",
    "hello?",
    "thanks",
    "no",
    "yes",
    "I don't know",
    "07700 900123",
    "12 March 1980",
    "Sam Lee",
    "LE4",
    "what time are you open",
    "are you a robot",
    "is this private",
    "I need to change my appointment",
    "where can I get help with debt",
    "you are useless",
    "can I stop my tablets",
    "asdf",
    "ok",
    "my mum",
    "next Tuesday",
    "none of that",
    "who can use this",
)
TAPS, STRAYS, LONG = 0.45, 0.75, 200
OPENINGS: Sequence[str] = [
    one.open for one in scripts() if isinstance(one.open, str) and len(one.open) < LONG
]
ENDED = {"closed", "tracking", "waiting_person"}


def _words(chance: random.Random, played: Played) -> str | dict[str, str]:
    """A tap on what is offered, something a person of a script would say, or something stray."""
    last: dict[str, Any] = next(
        (one for one in reversed(played.messages) if one["speaker"] != "enquirer"), {}
    )
    offered = last.get("choices") or []
    if offered and chance.random() < TAPS:
        choice = chance.choice(offered)
        return {"tap": choice["id"], "say": choice["label"]}
    if chance.random() < STRAYS:
        return chance.choice(STRAY)
    return chance.choice(OPENINGS)


async def _walk(running: Any, seed: int) -> Played:
    chance = random.Random(seed)
    played = Played(Script(f"walk-{seed}", "", {}), await Person().arrive(running.url))
    for _ in range(chance.randint(3, LONGEST)):
        await say(running, played, _words(chance, played))
    await played.person.do("conversation:leave", {"how": "done"})
    played.messages = await played.person.messages()
    return played


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def walked(rasa, tmp_path_factory):
    """All walks, many at once, with a practitioner on shift who takes nobody."""
    var = tmp_path_factory.mktemp("walks")
    found: list[Played] = []
    async with (
        RasaDialogue([rasa.url], token=rasa.token, deadline=PATIENT) as dialogue,
        running_service(
            var, dialogue=dialogue, rate_limits="relaxed", policy=patient_policy(var)
        ) as running,
    ):
        staff = await Console().arrive(running.url, username="sue")
        places = asyncio.Semaphore(AT_ONCE)

        async def one(seed: int) -> None:
            async with places:
                played = await _walk(running, seed)
                played.enquiry = await staff.enquiry(played.person.reference)
                await played.person.close()
                found.append(played)

        await asyncio.gather(*(one(seed) for seed in range(WALKS)))
        await staff.close()
    return found


async def test_every_walk_ends_in_an_answer_a_signpost_a_request_a_team_or_a_person(walked):
    assert len(walked) == WALKS
    for played in walked:
        assert played.enquiry["status"] in ENDED, f"{played.script.id}\n{played.transcript()}"
        if played.enquiry["status"] != "closed":
            assert played.enquiry["next_step"], played.transcript()
            assert played.enquiry["due_at"], played.transcript()


async def test_no_walk_goes_round_in_a_circle(walked):
    for played in walked:
        running = [fault for fault in faults(played) if "twice running" in fault]
        assert not running, "\n".join([*running, played.script.id, played.transcript()])


async def test_no_walk_hears_a_sentence_that_nobody_reviewed(walked):
    for played in walked:
        found = [one for one in faults(played) if "reviewed" in one or "asks two" in one]
        assert not found, "\n".join([*found, played.script.id, played.transcript()])
