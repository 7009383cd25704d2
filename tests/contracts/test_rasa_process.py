"""The assistant's process: it comes back when it dies, dies when we do, trains only when stale."""

import os
import signal
import subprocess
import sys
import textwrap
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from bot.rasa_client import RasaDialogue
from models.errors import DialogueUnavailableError
from models.readings import FieldAnswer, Intent
from models.vocabulary import FieldId, FieldStatus
from tests.contracts.conftest import PATIENT, Talk, said
from web import rasa_process
from web.rasa_process import RasaProcess, model_path, train

pytestmark = [pytest.mark.rasa, pytest.mark.slow]

NAME, OK = FieldId("call_me"), FieldStatus.OK
ROOT = Path(__file__).resolve().parents[2]


async def test_killed_in_mid_form_a_fresh_one_goes_on_from_what_the_turn_carries(tmp_path):
    async with RasaProcess.supervised(tmp_path) as rasa:
        await rasa.until_ready()
        async with RasaDialogue([rasa.url], token=rasa.token, deadline=PATIENT) as dialogue:
            talk = Talk(dialogue)
            await talk.say(Intent.APPOINTMENT)
            await talk.asked_then_answers(appt_action="cancel", author_type="carer")
            await talk.say(Intent.INFORMATION, faq="cafes")
            first = rasa.pid
            assert first is not None

            os.kill(first, signal.SIGKILL)
            with pytest.raises(DialogueUnavailableError):
                await dialogue.answer(talk.turn(Intent.GREETING))
            await rasa.until_ready(after=first)

            assert rasa.pid != first
            answers = await talk.asked_then_answers(
                call_me="Sam Lee", dob_or_age="1985-04-23", appt_when="May", phone="07700900123"
            )
            assert said(answers[0]) == ["ask.dob_or_age.other"]
            assert said(answers[-1]) == ["! appointment_change", "appt.done"]
            assert talk.captured[FieldId("author_type")] == "carer"
            ended = rasa.pid
    assert ended is not None
    assert not psutil.pid_exists(ended)
    assert (rasa.pid, rasa.healthy) == (None, False)


async def test_a_process_that_hangs_is_replaced(tmp_path):
    often = timedelta(milliseconds=50)
    async with RasaProcess.supervised(tmp_path, look_every=often) as rasa:
        await rasa.until_ready()
        hung = rasa.pid
        assert hung is not None
        os.kill(hung, signal.SIGSTOP)
        await rasa.until_ready(after=hung)
        assert not psutil.pid_exists(hung)


async def test_the_log_says_where_and_never_what_even_when_it_says_all(tmp_path, monkeypatch):
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")  # where Rasa writes texts, slots and events
    async with RasaProcess.supervised(tmp_path) as own:
        await own.until_ready()
        async with RasaDialogue([own.url], token=own.token, deadline=PATIENT) as dialogue:
            talk = Talk(dialogue)
            await talk.say(Intent.APPOINTMENT)
            await talk.asked_then_answers(appt_action="cancel", author_type="Zanzibar")
            strange = {FieldId("no_such_field"): "Zanzibar"}
            await talk.say(Intent.ANSWER, answer=FieldAnswer(NAME, OK, "Zanzibar"), details=strange)
    log = (tmp_path / "rasa.log").read_text()
    assert "debug at rasa.core.processor" in log
    assert "Zanzibar" not in log
    assert "words that stay" not in log
    assert own.token not in log


def test_when_we_are_killed_the_assistant_ends_too(tmp_path):
    model = train()
    program = textwrap.dedent(
        f"""
        import asyncio, sys
        from pathlib import Path
        from web.rasa_process import RasaProcess

        async def main():
            async with RasaProcess.supervised(Path({str(tmp_path)!r})) as rasa:
                await rasa.until_ready()
                print("child", rasa.pid, flush=True)
                await asyncio.sleep(60)

        asyncio.run(main())
        """
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    told = next(line for line in parent.stdout if line.startswith("child "))
    child = psutil.Process(int(told.split()[1]))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    _gone, alive = psutil.wait_procs([child], timeout=10)
    assert alive == []
    assert model.is_file()


def test_a_model_is_trained_when_the_sources_change_and_not_before(tmp_path, monkeypatch):
    sources = tmp_path / "assistant"
    sources.mkdir()
    (sources / "config.yml").write_text("one: 1\n")
    monkeypatch.setattr(rasa_process, "ASSISTANT", sources)
    first = model_path(tmp_path)
    assert model_path(tmp_path) == first
    (sources / "config.yml").write_text("one: 2\n")
    second = model_path(tmp_path)
    assert second != first

    second.write_bytes(b"trained before")
    assert train(tmp_path) == second  # there is no environment to train with: it did not try
    second.unlink()
    with pytest.raises(FileNotFoundError):
        train(tmp_path)


async def test_sources_that_rasa_refuses_leave_us_waiting_and_not_broken(tmp_path, monkeypatch):
    monkeypatch.setattr(rasa_process, "ASSISTANT", tmp_path)
    async with RasaProcess.supervised(tmp_path, models=tmp_path) as rasa:
        with pytest.raises(TimeoutError):
            await rasa.until_ready(timedelta(milliseconds=200))
        assert not rasa.healthy
