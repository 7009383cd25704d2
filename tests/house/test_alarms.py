"""Every alarm of the code has its row in the runbook, with what to do; no row has lost its own."""

import ast
import re

from chat.service_alarms import Trouble
from tests.house.product import ROOT

RAISING = {"raise_alarm", "alarm_of", "_do", "AlarmRaised", "TaskAlarm"}


def alarms() -> set[str]:
    """The kinds that calls name, literally or by a constant of their module."""
    found: set[str] = {trouble.value for trouble in Trouble}
    for path in sorted((ROOT / "chat").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = _constants(tree)
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and _name(call.func) in RAISING:
                found |= {kind for kind in map(_reading(constants), _kinds(call)) if kind}
    return found


def _constants(tree: ast.Module) -> dict[str, str]:
    known: dict[str, str] = {}
    for node in tree.body:
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = (
                zip(target.elts, node.value.elts, strict=True)
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                else [(target, node.value)]
            )
            for name, value in pairs:
                if isinstance(name, ast.Name) and isinstance(value, ast.Constant):
                    known[name.id] = str(value.value)
    return known


def _reading(constants: dict[str, str]):
    def read(value: ast.expr) -> str | None:
        if isinstance(value, ast.Constant):
            return str(value.value)
        return constants.get(value.id) if isinstance(value, ast.Name) else None

    return read


def _name(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")


def _kinds(call: ast.Call) -> list[ast.expr]:
    named = [word.value for word in call.keywords if word.arg in {"kind", "alarm"}]
    for told in call.args:
        if isinstance(told, ast.Dict):
            named += [
                value
                for key, value in zip(told.keys, told.values, strict=True)
                if isinstance(key, ast.Constant) and key.value == "kind"
            ]
    return named


def rows() -> dict[str, str]:
    text = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    part = text.partition("\n## Alarms\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `([a-z_]+)` \|[^|]+\|([^|]+)\|$", part, re.MULTILINE))


def test_every_alarm_has_its_row_and_every_row_its_alarm():
    assert len(alarms()) > len(Trouble) + 5
    assert set(rows()) == alarms()


def test_every_row_says_what_to_do():
    assert [alarm for alarm, do in rows().items() if not do.strip()] == []
