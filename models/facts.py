"""What has happened and is committed: told after the commit, a hint; the store is the truth."""

from dataclasses import dataclass
from typing import Any

from models.vocabulary import ConversationId


@dataclass(frozen=True, slots=True)
class MessagePosted:
    """`message` has the wire shape of the contract."""

    conversation: ConversationId
    message: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ConversationChanged:
    """`state` has the wire shape of the contract, safe for the person's side."""

    conversation: ConversationId
    state: dict[str, Any]


@dataclass(frozen=True, slots=True)
class EntryFact:
    """`name` is queued, changed, taken or released; `number` is the queue's gapless fact number."""

    name: str
    entry: dict[str, Any]
    number: int


@dataclass(frozen=True, slots=True)
class NoteAdded:
    conversation: ConversationId
    note: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ClockMissed:
    conversation: ConversationId
    clock: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    presence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AlarmRaised:
    alarm: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TransferTold:
    """`name` is offered or ended; `staff` are the ones who hear of it, None means everybody."""

    name: str
    transfer: dict[str, Any]
    staff: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class TaskChanged:
    """A task on a work list came, changed or went: `task` says which, on which list, in what state;
    no words.
    """

    task: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TaskAlarm:
    """A task or its clock wants somebody. `roles` and `staff` are the ones who hear of it."""

    alarm: dict[str, Any]
    roles: tuple[str, ...] = ()
    staff: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsoleTold:
    """A fact for consoles by its `name`: of one conversation to who has it open, else to these
    `staff`, else to everybody on the console.
    """

    name: str
    told: dict[str, Any]
    conversation: ConversationId | None = None
    staff: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class WorkAdded:
    """An outbox row was written and is leased to this node."""

    conversation: ConversationId
    outbox_id: int


@dataclass(frozen=True, slots=True)
class TimersChanged:
    """A timer or lease may be due earlier than the loop thinks."""


Fact = (
    MessagePosted
    | ConversationChanged
    | EntryFact
    | NoteAdded
    | ClockMissed
    | PresenceChanged
    | AlarmRaised
    | TransferTold
    | TaskChanged
    | TaskAlarm
    | ConsoleTold
    | WorkAdded
    | TimersChanged
)
