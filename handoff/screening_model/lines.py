"""The labelled lines as they are committed.

Training reads only the train files; dev chooses thresholds, nothing else.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from models.vocabulary import Kind, Need, Priority

FOLDER = Path(__file__).parents[1] / "lines"
TRAIN = "train_*.jsonl"
DEV = "dev.jsonl"
MUST_FLAG = "must_flag.jsonl"


@dataclass(frozen=True, slots=True)
class Line:
    id: str
    writer: str
    text: str
    author: str
    priority: Priority
    also_ok: tuple[Priority, ...]
    kinds: frozenset[Kind]
    needs: frozenset[Need]
    language: str
    earlier: tuple[str, ...]
    traps: frozenset[str] = frozenset()

    @property
    def is_plain(self) -> bool:
        """Plainly worded: nothing in it that misleads."""
        return not self.traps

    @property
    def is_plainly_non_clinical(self) -> bool:
        """As the bars count it: English, priority none, and no kind that wants a person anyway."""
        wants_person = {
            Kind.HUMAN_REQUEST,
            Kind.SAFEGUARDING,
            Kind.EMERGENCY_SERVICES,
            Kind.ABUSE_OR_SPAM,
        }
        return (
            self.priority is Priority.NONE
            and self.language == "en"
            and not self.kinds & wants_person
        )


def read(pattern: str) -> list[Line]:
    """The lines of all files that match, sorted by id.

    Raises ValueError for a label that is none.
    """
    found = [line for path in sorted(FOLDER.glob(pattern)) for line in _lines(path)]
    return sorted(found, key=lambda line: line.id)


def _lines(path: Path) -> Iterable[Line]:
    for row in path.read_text(encoding="utf-8").splitlines():
        stored = json.loads(row)
        yield Line(
            id=stored["id"],
            writer=path.stem,
            text=stored["text"],
            author=stored["author"],
            priority=Priority(stored["priority"]),
            also_ok=tuple(Priority(other) for other in stored["also_ok"]),
            kinds=frozenset(Kind(kind) for kind in stored["kinds"]),
            needs=frozenset(Need(need) for need in stored["needs"]),
            language=stored["lang"],
            earlier=tuple(stored.get("earlier") or ()),
            traps=frozenset(stored["traps"]),
        )


def digest(pattern: str) -> str:
    """SHA-256 over the files that match, by name and content."""
    hashed = hashlib.sha256()
    for path in sorted(FOLDER.glob(pattern)):
        hashed.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return hashed.hexdigest()
