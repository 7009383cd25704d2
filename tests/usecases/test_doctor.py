"""The doctor: names what is wrong and what to do, and is quiet about what is well."""

import hashlib
import json
import os
import socket

import pytest

from chat.seed import seed
from models.migrate import upgrade
from web.cli import doctor
from web.settings import Mode, Settings


def faults(findings):
    return [finding for finding in findings if not finding.is_well]


def own(tmp_path, **named):
    """Settings on a store that nobody has made yet."""
    return Settings(var=tmp_path, database_url=f"sqlite:///{tmp_path}/new.db", **named)


def environment_made_from(tmp_path, stamp):
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    (tmp_path / ".venv" / ".synced").write_text(stamp)
    return tmp_path / ".venv"


def test_an_environment_made_from_its_lock_is_well(tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text("a==1")
    stamp = f"other\n{hashlib.sha256(b'a==1').hexdigest()}\n"
    assert doctor.in_step("it", environment_made_from(tmp_path, stamp), lock).is_well


def test_an_environment_made_from_another_lock_is_named(tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text("a==2")
    finding = doctor.in_step("it", environment_made_from(tmp_path, "abc\n"), lock)
    assert finding.remedy == "make setup"


def test_a_missing_environment_is_named(tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text("a==1")
    assert not doctor.in_step("it", tmp_path / "nowhere", lock).is_well


def test_a_folder_that_can_be_written_is_well(tmp_path):
    assert faults(doctor.check_folder(Settings(var=tmp_path / "new"))) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    (found,) = faults(doctor.check_folder(Settings(var=tmp_path / "file" / "var")))
    assert "CAP_CHAT_VAR" in found.remedy


def test_a_database_that_was_never_migrated_is_named(tmp_path):
    (found,) = faults(doctor.check_database(own(tmp_path)))
    assert found.remedy == "cap-chat migrate"


def test_a_migrated_database_is_well(tmp_path):
    settings = own(tmp_path)
    upgrade(settings.database_url)
    assert faults(doctor.check_database(settings)) == []


def test_demo_accounts_are_named_in_production_alone(tmp_path):
    settings = own(tmp_path)
    upgrade(settings.database_url)
    added = seed(settings.database_url)
    assert faults(doctor.check_database(settings)) == []
    production = own(tmp_path, mode=Mode.PRODUCTION)
    (found,) = faults(doctor.check_database(production))
    assert found.what.startswith(f"{added} demo accounts")


def test_a_database_out_of_reach_is_named_without_its_address(tmp_path):
    url = "postgresql://cap:secret@127.0.0.1:1/cap?connect_timeout=1"
    (found,) = faults(doctor.check_database(Settings(var=tmp_path, database_url=url)))
    assert "CAP_CHAT_DATABASE_URL" in found.remedy
    assert "secret" not in found.what


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_named(tmp_path, taken_port):
    settings = Settings(var=tmp_path, bind=f"127.0.0.1:{taken_port}")
    (found,) = faults(doctor.check_port(settings))
    assert "CAP_CHAT_BIND" in found.remedy


def test_a_port_that_our_own_service_holds_is_well(tmp_path, taken_port):
    known = {"url": f"http://127.0.0.1:{taken_port}", "pid": os.getpid()}
    (tmp_path / "run.json").write_text(json.dumps(known))
    settings = Settings(var=tmp_path, bind=f"127.0.0.1:{taken_port}")
    assert faults(doctor.check_port(settings)) == []


def test_unsafe_production_is_named(tmp_path):
    settings = Settings(var=tmp_path, mode=Mode.PRODUCTION)
    found = [finding.what for finding in faults(doctor.check_settings(settings))]
    assert any("PUBLIC_URL" in what for what in found)
    assert any("CAP_PHONE" in what for what in found)


def test_a_setting_that_means_nothing_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("CAP_CHAT_BNID", "x")
    found = [finding.what for finding in faults(doctor.check_settings(Settings(var=tmp_path)))]
    assert "CAP_CHAT_BNID is set and means nothing" in found
