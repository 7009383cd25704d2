"""The assistant's own files: Rasa accepts them, and they name what the service knows, all of it."""

import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.capture import MOST_QUESTIONS, CaptureSchema, Requirement
from bot.dialogue import CommandKind
from bot.wording import Wording
from models.readings import Intent
from models.vocabulary import EnquiryKind, FieldId
from web.rasa_process import ASSISTANT, train

pytestmark = pytest.mark.rasa

FORMS = {
    "appointment_form": EnquiryKind.APPOINTMENT,
    "clinical_form": EnquiryKind.CLINICAL_NEW,
    "clinical_known_form": EnquiryKind.CLINICAL_KNOWN,
    "feedback_form": EnquiryKind.FEEDBACK,
    "navigation_form": EnquiryKind.NAVIGATION,
    "pro_form": EnquiryKind.PRO_ROUTINE,
}
# Slots that are the channel's notes and no field.
NOTES = {"missed_before", "moved", "in_other_words", "fault", "faq", "chosen", "asked", "set_aside"}
NOTES |= {"at_work", "in_form", "about_other"}


def test_rasa_finds_no_fault_in_the_files():
    found = _rasa("data", "validate", "--domain", "domain", "--data", "data")
    assert found.returncode == 0, found.stdout[-3000:]
    assert _faults(found.stdout) == []


def test_rasa_names_a_rule_that_leads_nowhere(tmp_path):
    rules = "rules:\n- rule: x\n  steps:\n  - intent: greeting\n  - action: utter_nothing\n"
    (tmp_path / "rules.yml").write_text(f'version: "3.1"\n{rules}')
    found = _rasa("data", "validate", "--domain", "domain", "--data", str(tmp_path))
    assert any("utter_nothing" in fault for fault in _faults(found.stdout))


def test_whole_conversations_go_as_the_stories_tell(tmp_path):
    found = _core_test("tests", out=tmp_path)
    assert found.returncode == 0, found.stdout[-3000:]


def test_a_story_that_goes_otherwise_is_noticed(tmp_path):
    told = (ASSISTANT / "tests" / "test_dialogues.yml").read_text()
    (tmp_path / "test_otherwise.yml").write_text(
        told.replace("action: utter_handoff_asked", "action: utter_goodbye")
    )
    assert _core_test(str(tmp_path), out=tmp_path).returncode != 0


@pytest.mark.parametrize(
    "use",
    [
        "import tensorflow as tf; tf.keras.Model()",
        "import tensorflow as tf; tf.constant(3)",
        "from rasa.utils.tensorflow.models import RasaModel as M; M()",
        "import aiogram; aiogram.Bot('token')",
    ],
)
def test_what_is_left_out_can_be_imported_and_not_used(use):
    found = subprocess.run(
        [_python(), "-W", "ignore", "-c", f"from cap import stand_ins as s; s.install(); {use}"],
        cwd=ASSISTANT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode != 0
    assert "LeftOutError" in found.stderr


def test_intents_are_exactly_those_of_our_readings():
    named = [name for one in _domain()["intents"] for name in one]
    assert sorted(named) == sorted(intent.value for intent in Intent)


def test_entities_never_steer_the_rules():
    assert all(how == {"use_entities": []} for one in _domain()["intents"] for how in one.values())


def test_slots_are_exactly_the_fields_of_the_schema_and_our_notes():
    assert set(_domain()["slots"]) == set(CaptureSchema.load().ids()) | NOTES


@pytest.mark.parametrize(("form", "kind"), FORMS.items())
def test_a_form_asks_what_the_schema_lets_it_ask(form, kind):
    asked = _domain()["forms"][form]["required_slots"]
    schema = CaptureSchema.load()
    allowed = {field.id: field.requirement for field in schema.fields_for(kind)}
    assert set(asked) <= set(allowed)
    required = {
        name for name, requirement in allowed.items() if requirement is Requirement.REQUIRED
    }
    # The narrative is what was written first, author_type comes from the form before, and how the
    # chat was is asked after it.
    assert required - set(asked) <= {"narrative", "author_type", "feedback"}


def test_no_path_can_ask_more_than_six():
    forms = _domain()["forms"]
    path = [
        *forms["clinical_form"]["required_slots"],
        *forms["clinical_known_form"]["required_slots"],
    ]
    assert len(path) <= MOST_QUESTIONS


def test_every_field_that_is_asked_can_be_asked_in_other_words_and_explained():
    responses = _domain()["responses"]
    explained = {
        condition["value"]
        for one in responses["utter_why_ask"]
        for condition in one["condition"]
        if condition["name"] == "requested_slot"
    }
    for form in FORMS:
        for name in _domain()["forms"][form]["required_slots"]:
            ways = responses[f"utter_ask_{name}"]
            assert {way["custom"]["asks"] for way in ways} == {name}
            assert any(way["custom"]["say"].startswith(f"again.{name}") for way in ways)
            assert ways[-1]["custom"]["say"].startswith(f"ask.{name}")
            assert name in explained


@pytest.mark.parametrize("kind", [EnquiryKind.APPOINTMENT])
@pytest.mark.parametrize("field", ["call_me", "dob_or_age"])
def test_booking_is_asked_for_with_the_wording_that_the_schema_names(kind, field):
    asked = {one.id: one for one in CaptureSchema.load().fields_for(kind)}[FieldId(field)]
    said = {one["custom"]["say"] for one in _domain()["responses"][f"utter_ask_{field}"]}
    assert {asked.question, asked.again} <= said


def test_responses_hold_ids_and_commands_and_not_one_sentence():
    wording = Wording.load()
    for name, ways in _domain()["responses"].items():
        for way in ways:
            assert set(way) <= {"condition", "custom"}, name
            custom = way["custom"]
            if "say" in custom:
                assert set(custom) <= {"say", "asks"}, name
                assert wording.message(custom["say"]).bubbles
            else:
                assert CommandKind(custom["command"])
                assert set(custom.get("with", [])) <= set(_domain()["slots"])
                assert "wording" not in custom or wording.message(custom["wording"]).bubbles


def test_only_the_due_time_is_left_for_the_service_to_fill():
    wording = Wording.load()
    needed = {
        placeholder
        for ways in _domain()["responses"].values()
        for way in ways
        if "say" in way["custom"]
        for placeholder in wording.message(way["custom"]["say"]).placeholders
    }
    assert needed == {"due"}


@cache
def _domain() -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for path in sorted((ASSISTANT / "domain").glob("*.yml")):
        for part, content in yaml.safe_load(path.read_text()).items():
            if isinstance(content, dict):
                whole.setdefault(part, {}).update(content)
            else:
                whole[part] = content
    return whole


def _faults(told: str) -> list[str]:
    """Rasa's warnings, but for one kind: forms put their questions without any rule saying so."""
    return [
        line
        for line in told.splitlines()
        if "rasa/shared/utils/io.py" in line
        and not line.endswith("is not used in any story or rule.")
    ]


def _core_test(stories: str, *, out: Path) -> "subprocess.CompletedProcess[str]":
    options = ["--fail-on-prediction-errors", "--endpoints", "endpoints.yml", "--out", str(out)]
    return _rasa("test", "core", "-s", stories, "-m", str(train()), *options)


def _rasa(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [_python(), "-W", "ignore", "launch.py", *command],
        cwd=ASSISTANT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _python() -> str:
    return str(ASSISTANT / ".venv" / "bin" / "python")
