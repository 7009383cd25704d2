"""What a practitioner reads first: a briefing from plain rows, made for the first ten seconds.

Pure. It shortens nothing that the person said about danger: every such word, as it was written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from handoff import content
from handoff.targets import labels
from models.vocabulary import Priority

COMMUNICATION = ("comm_needs", "language", "interpreter")
ENQUIRER = "enquirer"
Row = Mapping[str, Any]
Key = tuple[int, int, int, str]


@dataclass(frozen=True, slots=True)
class Material:
    """What is known, in the shapes of the contract, times already written out.

    `reasons` are the queue entry's; `readings` (seq and signals) are of every message, so that no
    word is lost that the entry had no room for. `messages` are all that were seen, in order.
    `labels` name captured fields; `needs` are the topics that help is wanted with.
    """

    reference: str
    priority: str
    author: str | None
    messages: Sequence[Row]
    reasons: Sequence[Row] = ()
    readings: Sequence[Row] = ()
    captured: Mapping[str, Any] | None = None
    labels: Mapping[str, str] | None = None
    needs: Sequence[str] = ()
    clocks: Sequence[Row] = ()
    earlier: Sequence[Row] = ()
    notes: Sequence[Row] = ()


def compose(material: Material) -> dict[str, Any]:
    """The briefing in the shape of the console's contract."""
    captured, names = material.captured or {}, material.labels or {}
    told = [row for row in material.messages if row["speaker"] != ENQUIRER]
    return {
        "reference": material.reference,
        "priority": material.priority,
        "author": material.author,
        "reasons": reasons_of(material),
        "asked": [_asked(row, material.messages) for row in told if row.get("asks")],
        "promised": [_quoted(row) for row in told if row.get("wording_id") in _promises()],
        "captured": [
            {"field": name, "label": names.get(name, name), "value": value}
            for name, value in captured.items()
        ],
        "needs": _communication(captured),
        "topics": list(material.needs),
        "clocks": [_clock(row) for row in sorted(material.clocks, key=lambda row: row["due_at"])],
        "earlier": [dict(row) for row in material.earlier],
        "messages": [dict(row) for row in material.messages],
        "notes": [dict(row) for row in material.notes],
    }


def reasons_of(material: Material) -> list[dict[str, Any]]:
    """The words that raised concern, each once, the most pressing first, then as they were said.

    The text is cut from the message itself, so that it cannot differ from what was written; a
    reason of the entry whose message is not among the material keeps the text that it has.
    """
    texts = {row["seq"]: row["text"] for row in material.messages}
    ranked = {_key(row, row["seq"]): 0 for row in material.reasons}
    kept = {_key(row, row["seq"]): row["text"] for row in material.reasons}
    for reading in material.readings:
        for signal in reading["signals"]:
            key = _key(signal, reading["seq"])
            ranked[key] = max(ranked.get(key, 0), Priority(signal["priority"]).rank)
    return [
        {
            "text": texts[seq][start:end] if seq in texts else kept[(seq, start, end, why)],
            "seq": seq,
            "start": start,
            "end": end,
            "why": why,
        }
        for seq, start, end, why in sorted(ranked, key=lambda key: (-ranked[key], key))
    ]


def _key(found: Row, seq: int) -> Key:
    return seq, found["start"], found["end"], found["why"]


@cache
def _promises() -> frozenset[str]:
    return frozenset(content.read("promises.json")["wording"])


@cache
def _clock_labels() -> Mapping[str, str]:
    return {kind.value: label for kind, label in labels().items()}


def _asked(question: Row, messages: Sequence[Row]) -> dict[str, Any]:
    """A question with the words that came next from the person, None when none have come."""
    replies = (
        row["text"]
        for row in messages
        if row["seq"] > question["seq"] and row["speaker"] == ENQUIRER
    )
    return {**_quoted(question), "field": question["asks"], "answer": next(replies, None)}


def _quoted(row: Row) -> dict[str, Any]:
    return {"seq": row["seq"], "at": row["at"], "text": row["text"]}


def _communication(captured: Mapping[str, Any]) -> list[str]:
    """How the person needs to be talked with, as they said it."""
    found: list[str] = []
    for name in COMMUNICATION:
        value = captured.get(name)
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, list | tuple):
            found.extend(str(each) for each in value)
    return found


def _clock(row: Row) -> dict[str, Any]:
    return {**row, "label": _clock_labels().get(row["kind"], row["kind"])}
