"""Reviewed sentences by id: loads them, fills their placeholders, yields bubbles and quick replies.

Never makes up a sentence: an unknown id or a missing placeholder is an error.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"
WORDING_FILE = CONTENT / "bot_wording.json"
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class WordingError(LookupError):
    """The wording asked for does not exist, or what it needs was not given. Carries ids only."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A quick reply. `id` is the slug of its label; bot/content/choices.toml says what it means."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the person sees: bubbles in order and the quick replies under the last one."""

    bubbles: tuple[str, ...]
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One reviewed wording as stored."""

    id: str
    group: str
    moment: str
    bubbles: tuple[str, ...]
    choices: tuple[Choice, ...]
    placeholders: frozenset[str]


class Wording:
    """All reviewed wording of the service, by id."""

    def __init__(self, messages: Mapping[str, Message]) -> None:
        self._messages = dict(messages)

    @classmethod
    def load(cls, path: Path | None = None) -> "Wording":
        """Raise WordingError when an id stands twice or a message has no text."""
        stored = json.loads((path or WORDING_FILE).read_text(encoding="utf-8"))
        messages: dict[str, Message] = {}
        for row in stored["messages"]:
            message = _message(row)
            if message.id in messages:
                raise WordingError(f"wording {message.id} stands twice")
            messages[message.id] = message
        return cls(messages)

    def say(self, wording_id: str, params: Mapping[str, str] | None = None) -> Spoken:
        """The wording with its placeholders filled; parameters that it does not use are ignored.

        Raise WordingError for an unknown id or a placeholder without a value.
        """
        message = self.message(wording_id)
        given = params or {}
        missing = sorted(message.placeholders - set(given))
        if missing:
            raise WordingError(f"wording {wording_id} lacks {', '.join(missing)}")
        return Spoken(tuple(_filled(bubble, given) for bubble in message.bubbles), message.choices)

    def message(self, wording_id: str) -> Message:
        found = self._messages.get(wording_id)
        if found is None:
            raise WordingError(f"no wording {wording_id}")
        return found

    def ids(self) -> frozenset[str]:
        return frozenset(self._messages)

    def __contains__(self, wording_id: str) -> bool:
        return wording_id in self._messages


def choice_id(label: str) -> str:
    """The stable id of a quick reply: "Talk to a person" is talk-to-a-person."""
    plain = label.lower().replace("'", "").replace("’", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _message(row: Mapping[str, Any]) -> Message:
    bubbles = tuple(row["bubbles"])
    if not bubbles or not all(bubble.strip() for bubble in bubbles):
        raise WordingError(f"wording {row['id']} says nothing")
    needed = {name for bubble in bubbles for name in _PLACEHOLDER.findall(bubble)}
    return Message(
        id=row["id"],
        group=row["group"],
        moment=row["moment"],
        bubbles=bubbles,
        choices=tuple(Choice(choice_id(label), label) for label in row["quick_replies"]),
        placeholders=frozenset(needed),
    )


def _filled(bubble: str, given: Mapping[str, str]) -> str:
    """One pass, so that braces inside a value are never taken for a placeholder."""
    return _PLACEHOLDER.sub(lambda found: given[found.group(1)], bubble)
