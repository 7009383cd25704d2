"""Who may import whom: the contracts of pyproject.toml hold, and decisions stay pure."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import bot
import chat
import handoff
import models
import web
from tests.house.product import ROOT, modules

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]

# Run by name and never imported: the work is the point.
SCRIPTS = {"models/migrations/env.py"}


def test_the_import_contracts_are_kept():
    checker = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [checker, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout[-3000:]


def test_the_five_folders_are_ours_and_not_a_library_of_the_same_name():
    for package in (models, handoff, bot, chat, web):
        assert str(package.__file__).startswith(str(ROOT))


def test_only_the_bot_adapter_knows_the_aiohttp_client_outside_web():
    knowing = {
        module.name
        for module in modules()
        if not module.name.startswith("web/") and "aiohttp" in _imported(module.tree)
    }
    assert knowing <= {"bot/rasa_client.py"}


def test_only_one_module_makes_an_engine():
    making = {
        module.name
        for module in modules()
        if any(
            isinstance(node, ast.Call) and getattr(node.func, "id", "") == "create_engine"
            for node in ast.walk(module.tree)
        )
    }
    assert making <= {"models/engine.py"}


def test_every_module_named_pure_in_the_contracts_exists():
    named = {
        source
        for contract in CONTRACTS["contracts"]
        if contract["type"] == "forbidden"
        for source in contract["source_modules"]
    }
    missing = [
        name
        for name in sorted(named)
        if not (ROOT / name.replace(".", "/")).is_dir()
        and not (ROOT / f"{name.replace('.', '/')}.py").is_file()
    ]
    assert missing == []


def test_nothing_happens_at_import():
    """A module body declares; no statement of it is a bare call."""
    busy = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        if module.name not in SCRIPTS
        for node in module.tree.body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]
    assert busy == []


def _imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names
