"""Commands about tasks and clocks, by shape. Says nothing of who may give them."""

from typing import Annotated, Any

from pydantic import AwareDatetime, Field, StringConstraints

from web.commands import Command, Id, Line

Note = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]
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
