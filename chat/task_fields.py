"""What came in for a task's fields, as their kinds say. Adds nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handoff.work_lists import FieldKind, WorkLists
from models.errors import BadCommandError
from models.text import readable

LONGEST = 4000


def as_typed(lists: WorkLists, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Times as times; empty answers left out. Raises BadCommandError naming the field."""
    return {
        name: _typed(lists, name, value)
        for name, value in fields.items()
        if value not in (None, "", [])
    }


def _typed(lists: WorkLists, name: str, value: object) -> object:
    known = lists.fields.get(name)
    if known is None or len(str(value)) > LONGEST:
        raise BadCommandError(hint=name)
    if known.kind is not FieldKind.TIME:
        return readable(value) if isinstance(value, str) else value
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        raise BadCommandError(hint=name) from None
    if at.tzinfo is None:
        raise BadCommandError(hint=name)
    return at
