"""What a practitioner reads first: a briefing from plain rows, made for the first ten seconds.

Pure. It shortens nothing that the person said about danger: every such word, as it was written.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from handoff import content
from handoff.targets import labels
from models.vocabulary import Priority

NEEDS = ("comm_needs", "language", "interpreter")
ENQUIRER = "enquirer"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BriefingRows:
    """What is known, as stored.

    `conversation`: reference, priority, author. `messages`: seq, at, speaker, text and, where they
    have them, name, wording_id, asks. `readings`: seq and signals (start, end, why, priority), of
    every message. `reasons`: those of the queue entry, in the contract's shape. `clocks`: kind,
    due_at, met_at, missed_at. `earlier`: reference, at, outcomes. `notes`: at, by, name, text.
    """

    conversation: Row
    messages: Sequence[Row]
    readings: Sequence[Row] = ()
    reasons: Sequence[Row] = ()
    captured: Mapping[str, Any] | None = None
    clocks: Sequence[Row] = ()
    earlier: Sequence[Row] = ()
    notes: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class BriefingWords:
    """What things are called: fields and clocks by id; and which wording makes a promise."""

    fields: Mapping[str, str]
    clocks: Mapping[str, str]
    promises: Collection[str]

    @classmethod
    def load(cls, fields: Mapping[str, str]) -> "BriefingWords":
        """Clock labels and promises from the reviewed data; `fields` labels the captured ones."""
        clocks = {kind.value: label for kind, label in labels().items()}
        return cls(fields, clocks, frozenset(content.read("promises.json")["wording"]))


def compose(rows: BriefingRows, *, words: BriefingWords) -> dict[str, Any]:
    """The briefing in the shape of the console's contract; times as RFC 3339 in UTC."""
    captured = rows.captured or {}
    told = [row for row in rows.messages if row["speaker"] != ENQUIRER]
    return {
        "reference": rows.conversation["reference"],
        "priority": rows.conversation["priority"],
        "author": rows.conversation["author"],
        "reasons": reasons_of(rows),
        "asked": [_asked(row, rows.messages) for row in told if row.get("asks")],
        "promised": [_quoted(row) for row in told if row.get("wording_id") in words.promises],
        "captured": [_field(name, value, words) for name, value in captured.items()],
        "needs": _needs(captured),
        "clocks": [_clock(row, words) for row in sorted(rows.clocks, key=_due)],
        "earlier": [_earlier(row) for row in rows.earlier],
        "messages": [_message(row) for row in rows.messages],
        "notes": [_note(row) for row in rows.notes],
    }


def reasons_of(rows: BriefingRows) -> list[dict[str, Any]]:
    """The words that raised concern, each once, the most pressing first, then as they were said.

    The text is cut from the stored message itself, so that it cannot differ from what was written;
    a reason of the entry whose message is not among the rows keeps the text that it has.
    """
    texts = {row["seq"]: row["text"] for row in rows.messages}
    kept: dict[tuple[int, int, int, str], str] = {}
    ranked: dict[tuple[int, int, int, str], int] = {}
    for reading in rows.readings:
        for signal in reading["signals"]:
            key = (reading["seq"], signal["start"], signal["end"], signal["why"])
            ranked[key] = max(ranked.get(key, 0), Priority(signal["priority"]).rank)
    for reason in rows.reasons:
        key = (reason["seq"], reason["start"], reason["end"], reason["why"])
        ranked.setdefault(key, 0)
        kept[key] = reason["text"]
    return [
        {
            "text": texts[key[0]][key[1] : key[2]] if key[0] in texts else kept[key],
            "seq": key[0],
            "start": key[1],
            "end": key[2],
            "why": key[3],
        }
        for key in sorted(ranked, key=lambda key: (-ranked[key], key))
    ]


def _asked(question: Row, messages: Sequence[Row]) -> dict[str, Any]:
    """A question with the words that came next from the person, None when none have come."""
    replies = (
        row["text"]
        for row in messages
        if row["seq"] > question["seq"] and row["speaker"] == ENQUIRER
    )
    return {**_quoted(question), "field": question["asks"], "answer": next(replies, None)}


def _quoted(row: Row) -> dict[str, Any]:
    return {"seq": row["seq"], "at": _stamp(row["at"]), "text": row["text"]}


def _field(name: str, value: object, words: BriefingWords) -> dict[str, Any]:
    return {"field": name, "label": words.fields.get(name, name), "value": value}


def _needs(captured: Mapping[str, Any]) -> list[str]:
    """How the person needs to be talked with, as they said it."""
    found: list[str] = []
    for name in NEEDS:
        found.extend(_listed(captured.get(name)))
    return found


def _listed(value: object) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    return [str(each) for each in value] if isinstance(value, list | tuple) else []


def _due(row: Row) -> datetime:
    due_at: datetime = row["due_at"]
    return due_at


def _clock(row: Row, words: BriefingWords) -> dict[str, Any]:
    made = {
        "kind": row["kind"],
        "label": words.clocks.get(row["kind"], row["kind"]),
        "due_at": _stamp(row["due_at"]),
    }
    ended = {key: _stamp(row[key]) for key in ("met_at", "missed_at") if row.get(key)}
    return {**made, **ended}


def _earlier(row: Row) -> dict[str, Any]:
    return {
        "reference": row["reference"],
        "at": _stamp(row["at"]),
        "outcomes": list(row["outcomes"]),
    }


def _message(row: Row) -> dict[str, Any]:
    named = {"name": row["name"]} if row.get("name") else {}
    return {**_quoted(row), "speaker": row["speaker"], **named}


def _note(row: Row) -> dict[str, Any]:
    return {"at": _stamp(row["at"]), "by": row["by"], "name": row.get("name"), "text": row["text"]}


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
