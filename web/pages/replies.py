"""Drafts for practitioners, from reviewed data. Sends nothing."""

import json
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "content" / "replies.json"


@cache
def replies() -> tuple[dict[str, str], ...]:
    """Each with its id, label and text; `{name}` is the practitioner's."""
    return tuple(json.loads(FILE.read_text(encoding="utf-8"))["replies"])
