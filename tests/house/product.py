"""What house tests look at: the product's modules, parsed once a run. Holds no rules of its own."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("models", "handoff", "bot", "chat", "web")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    def functions(self) -> Iterator[tuple[Function, bool]]:
        """Every function, and whether it is a method."""
        methods = {
            id(inner)
            for outer in ast.walk(self.tree)
            if isinstance(outer, ast.ClassDef)
            for inner in outer.body
        }
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node, id(node) in methods


@cache
def modules() -> tuple[Module, ...]:
    """The product's own modules: no migrations (they are history), no environments."""
    found = []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT).parts
            if ".venv" in parts or "versions" in parts or "__pycache__" in parts:
                continue
            text = path.read_text(encoding="utf-8")
            found.append(Module(path, text, ast.parse(text)))
    return tuple(found)


@cache
def named_tests() -> dict[str, frozenset[str]]:
    """The test functions of every test file, by the file's path from the root."""
    return {
        str(path.relative_to(ROOT)): frozenset(
            node.name
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, Function) and node.name.startswith("test_")
        )
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
    }
