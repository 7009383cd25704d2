"""The port to the bot: one turn in, one answer out. Knows no Rasa; decides no urgency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from models.readings import Understanding
from models.vocabulary import ConversationId, FieldId, WordingId


@dataclass(frozen=True, slots=True)
class Turn:
    """One message for the bot.

    `message_id` makes it idempotent; `captured`, `active_form` and `asks` are what our store
    knows, so that a tracker lost in a restart is rebuilt before the turn is taken.
    """

    conversation: ConversationId
    episode: int
    message_id: str
    text: str
    understanding: Understanding
    choice: str | None = None
    asks: FieldId | None = None
    active_form: str | None = None
    misses: int = 0
    captured: Mapping[FieldId, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to say: wording by id with its parameters; cards are plain data for the page."""

    wording_id: WordingId
    params: Mapping[str, str] = field(default_factory=dict)
    cards: tuple[Mapping[str, Any], ...] = ()
    choices: bool = True


class CommandKind(StrEnum):
    """What the bot asks the service to do; chat.bot_turn carries it out."""

    SEARCH_DIRECTORY = "search_directory"
    ANSWER_FAQ = "answer_faq"
    APPOINTMENT_CHANGE = "appointment_change"
    ENQUIRY_COMPLETE = "enquiry_complete"
    HANDOFF = "handoff"


@dataclass(frozen=True, slots=True)
class Command:
    kind: CommandKind
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot says and wants done, in order. `asks`: the question now open, None when none is.

    `captured` holds every field value the dialogue now knows (whole, not a difference).
    `understood` is False when this turn was a miss. `active_form` is to be kept and handed back
    with the next turn.
    """

    steps: Sequence[Line | Command]
    asks: FieldId | None = None
    active_form: str | None = None
    captured: Mapping[FieldId, Any] = field(default_factory=dict)
    understood: bool = True


class Dialogue(Protocol):
    async def answer(self, turn: Turn) -> Answer:
        """Raise DialogueUnavailableError when down, later than the deadline, or not understood by
        us.
        """
        ...

    async def ready(self) -> bool: ...
