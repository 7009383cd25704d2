"""Documents that cannot rot: every command, file, function, setting and test they name exists."""

import ast
import os
import re
from functools import cache
from pathlib import Path

import pytest

from tests.house.product import FOLDERS, ROOT, named_tests
from web.cli.__main__ import command_names
from web.settings import PREFIX, Settings

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
# Made on the machine, never committed.
MADE = ("var/", ".venv", ".uv", "secrets/", ".env", "bot/assistant/.venv", "bot/assistant/trained")
SUFFIXES = (".py", ".md", ".toml", ".yaml", ".yml", ".json", ".jsonl", ".lock", ".html", ".js")

every_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT))
)


@every_document
def test_links_lead_somewhere(document):
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text())
    broken = [
        target
        for target in targets
        if "://" not in target and not (document.parent / target).exists()
    ]
    assert broken == []


@every_document
def test_named_files_exist(document):
    broken = [
        word
        for word in _code(document)
        if _looks_like_a_path(word) and not word.startswith(MADE) and not _exists(word)
    ]
    assert broken == []


@every_document
def test_named_commands_exist(document):
    text = document.read_text()
    goals = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    unknown = [f"make {goal}" for goal in re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE)]
    unknown = [command for command in unknown if command.removeprefix("make ") not in goals]
    for word in re.findall(r"cap-chat ([a-z]+)", text):
        if word not in command_names():
            unknown.append(f"cap-chat {word}")
    assert unknown == []


@pytest.mark.parametrize(
    "document",
    [*DOCUMENTS, ROOT / "Dockerfile", ROOT / "compose.yaml", ROOT / ".ci" / "run"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_named_settings_exist(document):
    named = set(re.findall(PREFIX + r"[A-Z0-9_]*[A-Z0-9]", document.read_text()))
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    assert named <= known


@every_document
def test_named_functions_exist(document):
    pattern = re.compile(rf"(?:{'|'.join(FOLDERS)})(?:\.[a-z_]+)+(?:\.[A-Za-z_]+)?")
    missing = [
        word
        for word in _code(document)
        if pattern.fullmatch(word.removesuffix("()")) and not _defined(word.removesuffix("()"))
    ]
    assert missing == []


@every_document
def test_named_tests_exist(document):
    named = set(re.findall(r"`(test_[a-z0-9_]+)`", document.read_text()))
    assert named <= {name for names in named_tests().values() for name in names}


def _code(document: Path) -> list[str]:
    return re.findall(r"`([^`\n]+)`", document.read_text())


def _looks_like_a_path(word: str) -> bool:
    if not re.fullmatch(r"\.?[A-Za-z0-9_][A-Za-z0-9_./-]*", word) or "//" in word:
        return False
    return ("/" in word and (ROOT / word.partition("/")[0]).exists()) or word.endswith(SUFFIXES)


def _exists(word: str) -> bool:
    """From the root, or as the end of a path whose beginning the text has given before."""
    name = word.rstrip("/")
    return (ROOT / name).exists() or any(path.endswith(f"/{name}") for path in _paths())


@cache
def _paths() -> frozenset[str]:
    """Everything in the tree but what tools make: environments, caches."""
    found: set[str] = set()
    for folder, inner, files in os.walk(ROOT):
        inner[:] = [name for name in inner if not name.startswith((".", "__")) and name != "var"]
        found.update(f"{folder}/{name}" for name in [*inner, *files])
    return frozenset(found)


def _defined(word: str) -> bool:
    parts = word.split(".")
    for length in range(len(parts), 0, -1):
        base = ROOT.joinpath(*parts[:length])
        rest = parts[length:]
        if base.with_suffix(".py").is_file():
            return not rest or rest[0] in _names(base.with_suffix(".py"))
        if base.is_dir():
            return not rest
    return False


def _names(path: Path) -> set[str]:
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
