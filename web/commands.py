"""What may come in, by shape: unknown fields are refused. Says nothing of who may send it."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from models.errors import BadCommandError
from models.text import readable
from models.vocabulary import AuthorType, LeaveHow, Priority


def _readable(value: object) -> object:
    return readable(value) if isinstance(value, str) else value


Line = Annotated[
    str,
    BeforeValidator(_readable),
    StringConstraints(min_length=1, max_length=500, strip_whitespace=True),
]
Id = Annotated[str, BeforeValidator(_readable), StringConstraints(min_length=1, max_length=64)]
Words = Annotated[str, BeforeValidator(_readable), StringConstraints(max_length=2_000_000)]


class Command(BaseModel):
    """One command's payload. Anything unknown, missing or of another kind is a bad command."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Nothing(Command):
    pass


class StartConversation(Command):
    author: AuthorType | None = Field(default=None, strict=False)
    text: Words | None = None
    client_ref: UUID | None = Field(default=None, strict=False)


class Resume(Command):
    resume_code: Id


class SendMessage(Command):
    client_ref: UUID = Field(strict=False)
    text: Words
    choice: Id | None = None


class MessagesSince(Command):
    seq: int = Field(ge=0, le=2**53)


class SetTyping(Command):
    on: bool


class Leave(Command):
    how: LeaveHow = Field(strict=False)


class AskCallback(Command):
    phone: Line
    safe_to_say_nhs: bool = False
    safe_to_leave_message: bool = False
    when: Line | None = None


class SignIn(Command):
    username: Line
    password: Annotated[
        str, BeforeValidator(_readable), StringConstraints(min_length=1, max_length=500)
    ]
    code: Annotated[str, BeforeValidator(_readable), StringConstraints(max_length=64)] = ""


class AdvanceClock(Command):
    advance_seconds: float = Field(ge=0, le=400 * 24 * 3600, strict=False)


class SetPresence(Command):
    available: bool
    specialties: list[Id] | None = None
    reason: Line | None = None


class TakeEntry(Command):
    entry: Id
    reason: Line | None = None


class ReleaseEntry(Command):
    entry: Id
    claim_version: int
    reason: Line


class RenewLease(Command):
    entry: Id
    claim_version: int


class Say(Command):
    conversation: Id
    client_ref: UUID = Field(strict=False)
    text: Words
    claim_version: int


class StaffSince(Command):
    conversation: Id
    seq: int = Field(ge=0, le=2**53)


class StaffTyping(Command):
    conversation: Id
    on: bool


class AddNote(Command):
    conversation: Id
    text: Annotated[
        str, BeforeValidator(_readable), StringConstraints(min_length=1, max_length=4000)
    ]


class SetPriority(Command):
    conversation: Id
    priority: Priority = Field(strict=False)
    reason: Line


class Close(Command):
    """A practitioner's closing: what came of it, what was agreed, who is next and by when."""

    conversation: Id
    claim_version: int
    outcomes: list[Id] = Field(min_length=1, max_length=12)
    agreed_with_person: bool
    plan_for_person: (
        Annotated[str, BeforeValidator(_readable), StringConstraints(max_length=4000)] | None
    ) = None
    next_owner: Line | None = None
    next_step: Line | None = None
    due_at: AwareDatetime | None = Field(default=None, strict=False)
    incident_reference: Line | None = None
    reason: Line | None = None
    duplicate_of: Line | None = None
    specialties: list[Id] | None = None
    stream: Id | None = None


class BreakGlass(Command):
    reason: Line


class TransferTo(Command):
    kind: Literal["staff", "specialty"]
    id: Id


class OfferTransfer(Command):
    conversation: Id
    to: TransferTo
    reason: Line
    summary: Annotated[
        str,
        BeforeValidator(_readable),
        StringConstraints(min_length=1, max_length=4000, strip_whitespace=True),
    ]


class AnswerTransfer(Command):
    transfer: Id
    accept: bool
    reason: Line | None = None


class AcknowledgeAlarm(Command):
    alarm: Id


def parsed(model: type[Command], payload: object) -> Any:  # noqa: ANN401 - as asked for
    """The payload as `model`.

    Raises BadCommandError naming the first field at fault, never its value.
    """
    try:
        return model.model_validate(payload if payload is not None else {})
    except ValidationError as error:
        where = error.errors(include_input=False, include_url=False)[0]["loc"]
        raise BadCommandError(hint=".".join(str(part) for part in where)) from None
