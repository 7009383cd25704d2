"""Commands around a live conversation, by shape. Says nothing of who may give them."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from models.vocabulary import Priority
from web.commands import Command, Id, Line

Words = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]


class Review(Command):
    conversation: Id
    seq: int = Field(ge=1, le=2**53)
    verdict: Literal["right", "wrong"]
    should_be: Priority | None = Field(default=None, strict=False)


class Join(Command):
    """`speak` false: reads along, and the person is not told."""

    conversation: Id
    speak: bool = True


class OfConversation(Command):
    conversation: Id


class Reassign(Command):
    entry: Id
    to: Id
    reason: Line


class HandOverTo(Command):
    kind: Literal["staff"]
    id: Id


class OfferHandOver(Command):
    """`signed`: the sender's own name, typed."""

    to: HandOverTo
    summary: Words
    signed: Line


class AnswerHandOver(Command):
    hand_over: Id
    accept: bool
    reason: Line | None = None


class SetSurge(Command):
    on: bool
    reason: Line


class LimitSender(Command):
    conversation: Id
    scope: Literal["conversation", "address"]
    reason: Line


class LiftLimit(Command):
    conversation: Id
    reason: Line


class ToPhone(Command):
    conversation: Id
    phone: Line
    when: AwareDatetime | None = Field(default=None, strict=False)
    safe_to_say_nhs: bool
    safe_to_leave_message: bool


class CallbackAttempt(Command):
    task: Id
    result: Id


class RecordSafeguarding(Command):
    conversation: Id
    category: Id
    who: Line
    concern: Words
    action: Words
    shared_with: Line | None = None


class RecordEmergencyCall(Command):
    """`checklist`: what was told or asked, by the ids of the reviewed list."""

    conversation: Id
    service: Id
    place: Line
    incident_reference: Line
    checklist: list[Id] = Field(max_length=20)
