"""What a tap on a quick reply means: from reviewed data, exact, never guessed from words."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.wording import CONTENT
from models.readings import FieldAnswer, Intent
from models.vocabulary import FieldId, FieldStatus

CHOICES_FILE = CONTENT / "choices.toml"
_TRUTH_READERS = frozenset(
    {"yes_no", "known_to_services", "safe_to_call", "voicemail_ok", "consent_to_share"}
    | {"anything_else", "for_self", "safe_to_talk"}
)


class Reply(StrEnum):
    """A general answer to whatever question is open."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"
    UNKNOWN = "unknown"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class ChoiceMeaning:
    """`values` answer that field when it is open; `details` are captured whatever is open.

    `action` is for the use case or the page (call_back, worse, quick_exit, show more …).
    """

    id: str
    label: str
    intent: Intent
    reply: Reply | None = None
    asks_for_person: bool = False
    action: str | None = None
    values: Mapping[FieldId, Any] = field(default_factory=dict)
    details: Mapping[FieldId, Any] = field(default_factory=dict)


class Choices:
    """Every quick reply of the wording, by the id of its label."""

    def __init__(self, meanings: Mapping[str, ChoiceMeaning]) -> None:
        self._meanings = dict(meanings)

    @classmethod
    def load(cls, path: Path | None = None) -> "Choices":
        stored = tomllib.loads((path or CHOICES_FILE).read_text(encoding="utf-8"))
        return cls({name: _meaning(name, row) for name, row in stored.items()})

    def ids(self) -> frozenset[str]:
        return frozenset(self._meanings)

    def get(self, choice_id: str) -> ChoiceMeaning | None:
        return self._meanings.get(choice_id)


def answer_of(
    meaning: ChoiceMeaning, asks: FieldId, *, reader: str, options: tuple[str, ...]
) -> FieldAnswer | None:
    """The exact answer that this tap gives to the open question; None when it answers another."""
    if asks in meaning.values:
        return FieldAnswer(asks, FieldStatus.OK, meaning.values[asks])
    match meaning.reply:
        case Reply.DECLINED | Reply.UNKNOWN:
            return FieldAnswer(asks, FieldStatus.DECLINED)
        case Reply.UNSURE:
            if "not_sure" in options:
                return FieldAnswer(asks, FieldStatus.OK, "not_sure")
            return FieldAnswer(asks, FieldStatus.UNCLEAR)
        case Reply.YES | Reply.NO:
            return _yes_or_no(meaning.reply, asks, reader=reader, options=options)
        case None:
            return None


def _yes_or_no(
    reply: Reply, asks: FieldId, *, reader: str, options: tuple[str, ...]
) -> FieldAnswer | None:
    if reply.value in options:
        return FieldAnswer(asks, FieldStatus.OK, reply.value)
    if reader in _TRUTH_READERS:
        return FieldAnswer(asks, FieldStatus.OK, reply is Reply.YES)
    return None


def _meaning(name: str, row: Mapping[str, Any]) -> ChoiceMeaning:
    return ChoiceMeaning(
        id=name,
        label=row["label"],
        intent=Intent(row["intent"]),
        reply=Reply(row["answer"]) if "answer" in row else None,
        asks_for_person=row.get("person", False),
        action=row.get("action"),
        values=row.get("values", {}),
        details=row.get("details", {}),
    )
