"""One word for one thing: names of modules, classes and functions use the glossary's words."""

import ast
import re

import pytest

from tests.house.product import modules

# Not our word -> ours. Checked in names alone; data and prose may quote the wider world.
BANNED = {
    "agent": "practitioner, or bot",
    "breach": "missed",
    "breached": "missed",
    "counsellor": "practitioner",
    "customer": "enquirer",
    "disposition": "outcome",
    "escalate": "raise, or bring a person",
    "escalation": "handoff",
    "operator": "practitioner",
    "patient": "enquirer, or subject",
    "sentiment": "screening",
    "severity": "priority",
    "sla": "clock",
    "ticket": "conversation, or enquiry",
    "urgency": "priority",
    "violated": "missed",
}
# The codes that contracts fix and that name these things in the wider world.
FIXED = {"existing_patient"}


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_names_use_our_words(module):
    names = [module.path.stem] + [
        node.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    found = {
        f"{name}: say {BANNED[word]}"
        for name in names
        for word in _words(name)
        if word in BANNED and not any(code in name for code in FIXED)
    }
    assert found == set()


def _words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)]
