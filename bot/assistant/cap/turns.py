"""The shape of one turn on the wire, checked strictly. Does not know what the values mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class BadTurnError(ValueError):
    """The body is not a turn. Names the field at fault, never its value."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One reading of a message, and what the service knows of the dialogue.

    `values` are field values that this message gives; `corrections` those that it puts right.
    `choice`: the quick reply tapped. `fault`: "invalid" when the answer given cannot be right.
    """

    conversation: str
    message_id: str
    intent: str
    confidence: float
    values: Mapping[str, Any]
    corrections: Mapping[str, Any]
    captured: Mapping[str, Any]
    faq: str | None
    fault: str | None
    choice: str | None
    asks: str | None
    active_form: str | None
    misses: int

    @classmethod
    def parse(cls, body: Any) -> Turn:
        """Raise BadTurnError unless every field is there, of its type, and nothing else is."""
        if not isinstance(body, dict) or set(body) != set(_TYPES):
            raise BadTurnError("fields")
        for name, kinds in _TYPES.items():
            if not isinstance(body[name], kinds) or isinstance(body[name], bool):
                raise BadTurnError(name)
        if not body["conversation"] or not body["message_id"]:
            raise BadTurnError("conversation")
        return cls(**{**body, "captured": _given(body["captured"])})


_NULLABLE = (str, type(None))
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "conversation": str,
    "message_id": str,
    "intent": str,
    "confidence": (int, float),
    "values": dict,
    "corrections": dict,
    "captured": dict,
    "faq": _NULLABLE,
    "fault": _NULLABLE,
    "choice": _NULLABLE,
    "asks": _NULLABLE,
    "active_form": _NULLABLE,
    "misses": int,
}


def _given(captured: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in captured.items() if value is not None}
