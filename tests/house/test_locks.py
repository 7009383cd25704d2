"""Locks: every package pinned and hashed, no address named, in step with what is asked for."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.house.product import ROOT

PROJECTS = {
    "requirements.lock": ("pyproject.toml", None),
    "requirements-dev.lock": ("pyproject.toml", "dev"),
    "bot/assistant/requirements.lock": ("bot/assistant/pyproject.toml", None),
}
LOCKS = (*PROJECTS, "requirements-uv.lock", "requirements-audit.lock")
PIN = re.compile(r"([A-Za-z0-9._-]+)(\[[a-z0-9,_-]+\])?==([^\s;\\]+)")


@pytest.mark.parametrize("name", LOCKS)
def test_every_pinned_package_has_hashes(name):
    blocks = _blocks((ROOT / name).read_text())
    assert blocks
    for block in blocks:
        assert PIN.match(block), block[:60]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block[:60]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address(name):
    text = (ROOT / name).read_text()
    assert "//" not in text
    assert not re.search(r"^\s*(-i|-f|-e|--(extra-)?index-url|--find-links)\b", text, re.MULTILINE)
    assert " @ " not in text


@pytest.mark.parametrize("name", PROJECTS)
def test_a_lock_satisfies_what_its_project_asks_for(name):
    project, group = PROJECTS[name]
    asked = _asked(ROOT / project, group)
    pinned = _pinned(ROOT / name)
    unmet = [
        str(requirement)
        for requirement in asked
        if not _meets(pinned.get(_plain(requirement.name)), requirement)
    ]
    assert unmet == []


def test_tests_run_on_the_very_versions_that_serve():
    run, dev = _pinned(ROOT / "requirements.lock"), _pinned(ROOT / "requirements-dev.lock")
    assert {name: version for name, version in run.items() if dev.get(name) != version} == {}


def test_no_committed_file_is_a_lock_that_carries_addresses():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    names = {Path(path).name for path in listed}
    assert names.isdisjoint({"uv.lock", "poetry.lock", "package-lock.json", "yarn.lock"})


def _meets(pinned: Version | None, requirement: Requirement) -> bool:
    return pinned is not None and pinned in requirement.specifier


def _blocks(lock: str) -> list[str]:
    return [block for block in re.split(r"\n(?=\S)", lock.strip()) if block]


def _pinned(lock: Path) -> dict[str, Version]:
    found = [PIN.match(block) for block in _blocks(lock.read_text())]
    return {_plain(pin[1]): Version(pin[3]) for pin in found if pin}


def _asked(project: Path, group: str | None) -> list[Requirement]:
    read = tomllib.loads(project.read_text())
    lines = list(read["project"]["dependencies"])
    if group:
        lines += read["dependency-groups"][group]
    asked = [Requirement(line) for line in lines]
    return [one for one in asked if one.marker is None or one.marker.evaluate()]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
