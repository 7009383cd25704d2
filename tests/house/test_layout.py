"""The shape of the code: short modules that say their duty, short flat functions, one clock."""

import ast
import statistics

import pytest

from tests.house.product import FOLDERS, ROOT, Function, modules

LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
MEDIAN_MODULE = 120
DEEPEST = 3
POSITIONAL = 4  # the service, its open transaction, and two more
LONGEST_OPENING = 5  # one to three sentences' worth of lines, and the blank between

VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
# The one place that reads the clock of the machine.
CLOCKS = {"web/watch.py"}
NESTING = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)

every_module = pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)


@every_module
def test_module_opens_with_its_duty(module):
    opening = ast.get_docstring(module.tree)
    assert opening, "say in one to three lines what the module is for and what it must not do"
    assert len(opening.splitlines()) <= LONGEST_OPENING


@every_module
def test_module_is_short(module):
    assert len(module.text.splitlines()) <= LONGEST_MODULE


@every_module
def test_module_has_a_name_that_says_something(module):
    assert module.path.stem not in VAGUE_NAMES
    assert module.path.parent.name not in VAGUE_NAMES


@every_module
def test_functions_are_short(module):
    long = [
        f"{function.name}: {_lines(function)}"
        for function, _ in module.functions()
        if _lines(function) > LONGEST_FUNCTION
    ]
    assert long == []


@every_module
def test_functions_are_flat(module):
    deep = [
        f"{function.name}: {_depth(function)}"
        for function, _ in module.functions()
        if _depth(function) > DEEPEST
    ]
    assert deep == []


@every_module
def test_arguments_after_the_second_are_named_by_the_caller(module):
    crowded = [
        f"{function.name}: {_positional(function) - is_method}"
        for function, is_method in module.functions()
        if _positional(function) - is_method > POSITIONAL
    ]
    assert crowded == []


@every_module
def test_nothing_but_the_watch_reads_the_clock(module):
    if module.name in CLOCKS:
        return
    read = [
        f"line {node.lineno}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date"}
    ]
    assert read == []


def test_the_median_module_is_small():
    sizes = [len(module.text.splitlines()) for module in modules()]
    assert statistics.median(sizes) <= MEDIAN_MODULE


def test_there_are_five_folders_and_each_is_a_package():
    assert all((ROOT / folder / "__init__.py").is_file() for folder in FOLDERS)


def _lines(function: Function) -> int:
    """Lines of a function without its docstring."""
    end = function.end_lineno or function.lineno
    opening = function.body[0]
    if ast.get_docstring(function, clean=False) is not None:
        return end - function.lineno + 1 - ((opening.end_lineno or 0) - opening.lineno + 1)
    return end - function.lineno + 1


def _positional(function: Function) -> int:
    return len(function.args.posonlyargs) + len(function.args.args)


def _depth(node: ast.AST) -> int:
    return max((_depth_of(child) for child in ast.iter_child_nodes(node)), default=0)


def _depth_of(node: ast.AST) -> int:
    if isinstance(node, (Function, ast.Lambda)):
        return 0
    if isinstance(node, ast.If) and len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        # An elif stands beside its if, not inside it.
        inside = [1 + _deepest(node.body), _depth_of(node.orelse[0])]
        return max(inside)
    return _depth(node) + isinstance(node, NESTING)


def _deepest(nodes: list[ast.stmt]) -> int:
    return max((_depth_of(node) for node in nodes), default=0)
