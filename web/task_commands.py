"""Commands about tasks and clocks, by shape. Says nothing of who may give them."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints

from chat.referring import Referral
from models.text import readable
from models.vocabulary import AuthorType, Priority
from web.commands import Command, Id, Line


def readable_or_same(value: object) -> object:
    """What no store and no page can hold is replaced; what is no text is refused by its shape."""
    return readable(value) if isinstance(value, str) else value


Note = Annotated[
    str,
    BeforeValidator(readable_or_same),
    StringConstraints(min_length=1, max_length=4000, strip_whitespace=True),
]
Said = Annotated[dict[Id, Any], Field(max_length=40)]


class AcceptTask(Command):
    task: Id
    person: Line | None = None
    due_at: AwareDatetime | None = Field(default=None, strict=False)


class ChaseTask(Command):
    task: Id
    note: Note
    due_at: AwareDatetime | None = Field(default=None, strict=False)


class CompleteTask(Command):
    """`fields` are what the result asks for; times in it are RFC 3339."""

    task: Id
    result: Id
    fields: Said = Field(default_factory=dict)


class AskTask(Command):
    list: Id
    fields: Said = Field(default_factory=dict)
    reference: Id | None = None


class ExplainClock(Command):
    clock: Id
    reason: Note


class LogEnquiry(Command):
    """A referral by phone, letter or email. `priority` is the least it is treated with."""

    channel: Literal["phone", "letter", "email"]
    text: Annotated[str, BeforeValidator(readable_or_same), StringConstraints(max_length=40_000)]
    priority: Literal["routine", "urgent", "very_urgent", "emergency"] = "routine"
    author: AuthorType = Field(default=AuthorType.PROFESSIONAL, strict=False)
    received_at: AwareDatetime | None = Field(default=None, strict=False)
    client_ref: UUID | None = Field(default=None, strict=False)
    captured: Annotated[dict[Id, str], Field(max_length=60)] = Field(default_factory=dict)

    def referral(self) -> Referral:
        return Referral(
            channel=self.channel,
            text=self.text,
            priority=Priority(self.priority),
            author=self.author,
            received_at=self.received_at,
            client_ref=str(self.client_ref) if self.client_ref else None,
            captured=self.captured,
        )
