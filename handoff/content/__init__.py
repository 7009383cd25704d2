"""Reads the reviewed data that handing over goes by: files that a non-programmer can check."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def read(name: str) -> dict[str, Any]:
    """The parsed JSON file of this name. Raises OSError or ValueError when it cannot be used."""
    found: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return found
