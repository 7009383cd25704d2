"""What is asked, when, of whom: the capture schema as data. Reads no answer, says nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.wording import CONTENT
from models.vocabulary import AuthorType, EnquiryKind, FieldId, WordingId

SCHEMA_FILE = CONTENT / "enquiry_schema.json"
MOST_QUESTIONS = 6  # before an answer, a queue place or a saved request


class Requirement(StrEnum):
    """What the schema says of a field on one path."""

    REQUIRED = "R"
    OPTIONAL = "O"
    WHILE_WAITING = "Q"
    AFTER = "O(after)"
    WHEN_SHARING = "when sharing"
    PRACTITIONER = "L"
    SYSTEM = "auto"
    NOT_ASKED = "-"


_ASKED = (
    Requirement.REQUIRED,
    Requirement.OPTIONAL,
    Requirement.WHILE_WAITING,
    Requirement.AFTER,
    Requirement.WHEN_SHARING,
)
_OTHERS = (AuthorType.CARER, AuthorType.PUBLIC, AuthorType.PROFESSIONAL, AuthorType.PARTNER)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the schema. `reader` is None for what is never read from an answer."""

    id: FieldId
    label: str
    reader: str | None
    order: float
    skippable: bool
    sensitivity: str
    options: tuple[str, ...]
    codes: Mapping[EnquiryKind, str]


@dataclass(frozen=True, slots=True)
class AskedField:
    """A field as asked on one path: its reader, and the wording of question, second try, reason."""

    id: FieldId
    requirement: Requirement
    reader: str
    skippable: bool
    question: WordingId
    again: WordingId
    why: WordingId


class CaptureSchema:
    """The schema's fields and, by kind of enquiry and author, what is asked in which order."""

    def __init__(
        self, fields: tuple[Field, ...], paths: Mapping[EnquiryKind, tuple[FieldId, ...]]
    ) -> None:
        self._fields = {field.id: field for field in fields}
        self._paths = dict(paths)

    @classmethod
    def load(cls, path: Path | None = None) -> "CaptureSchema":
        """Raise KeyError or ValueError when the data names an unknown kind, code or field."""
        stored = json.loads((path or SCHEMA_FILE).read_text(encoding="utf-8"))
        fields = tuple(sorted((_field(row) for row in stored["fields"]), key=_place))
        paths = {
            EnquiryKind(kind): tuple(FieldId(name) for name in names)
            for kind, names in stored["paths"].items()
        }
        return cls(fields, paths)

    def ids(self) -> frozenset[FieldId]:
        return frozenset(self._fields)

    def labels(self) -> dict[str, str]:
        """What staff read for each field, by its id."""
        return {str(field.id): field.label for field in self._fields.values()}

    def field(self, field_id: FieldId) -> Field:
        """Raise KeyError for a field that the schema does not have."""
        return self._fields[field_id]

    def fields_for(
        self, kind: EnquiryKind, author: AuthorType | None = None
    ) -> tuple[AskedField, ...]:
        """Everything that may be asked of this author on this path, in the schema's order."""
        asked = (self._asked(field, kind, author=author) for field in self._fields.values())
        return tuple(field for field in asked if field is not None)

    def path_for(
        self, kind: EnquiryKind, author: AuthorType | None = None
    ) -> tuple[AskedField, ...]:
        """What the chat asks before the path's result: at most six, but for the referral form."""
        fields = (self._fields[field_id] for field_id in self._paths[kind])
        asked = (self._asked(field, kind, author=author) for field in fields)
        return tuple(field for field in asked if field is not None)

    def _asked(
        self, field: Field, kind: EnquiryKind, *, author: AuthorType | None
    ) -> AskedField | None:
        requirement, condition = _split(field.codes[kind])
        if field.reader is None or requirement not in _ASKED:
            return None
        if _authors_of(condition) and author is not None and author not in _authors_of(condition):
            return None
        form, reader = _form(field, kind, condition=condition, author=author)
        return AskedField(
            id=field.id,
            requirement=requirement,
            reader=reader or field.reader,
            skippable=field.skippable,
            question=WordingId(f"ask.{field.id}{form}"),
            again=WordingId(f"again.{field.id}{form}"),
            why=WordingId(f"why.{field.id}{form}"),
        )


def _form(
    field: Field, kind: EnquiryKind, *, condition: str, author: AuthorType | None
) -> tuple[str, str | None]:
    """The wording's form and another reader: booking needs a full name and a date of birth."""
    if condition == "dob":
        return (".other" if author in _OTHERS else ".date"), "date_of_birth"
    if field.id == "call_me" and kind is EnquiryKind.APPOINTMENT:
        return ".full", None
    return "", None


def _split(code: str) -> tuple[Requirement, str]:
    """Split "Q(carer,public)" into Q and its condition; "O(after)" is a code of its own."""
    if code.startswith("O(after"):
        return Requirement.AFTER, ""
    bare, _, rest = code.partition("(")
    return Requirement(bare), rest.removesuffix(")")


def _authors_of(condition: str) -> frozenset[str]:
    if condition in {"", "dob"}:
        return frozenset()
    return frozenset(condition.split(","))


def _field(row: Mapping[str, Any]) -> Field:
    codes = {EnquiryKind(kind): code for kind, code in row["requirement"].items()}
    for code in codes.values():
        _split(code)
    return Field(
        id=FieldId(row["id"]),
        label=row["label"],
        reader=row["reader"],
        order=float(row["order"]),
        skippable=row["skippable"],
        sensitivity=row["sensitivity"],
        options=tuple(row["options"]),
        codes=codes,
    )


def _place(field: Field) -> float:
    return field.order
