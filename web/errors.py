"""How an error is told outside: the contract's code, a reviewed sentence, when to try again.

Never what was sent.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.errors import ServiceError

FILE = Path(__file__).parent / "content" / "errors.json"


class Sentences:
    """A reviewed sentence for each error code."""

    def __init__(self, by_code: Mapping[str, str]) -> None:
        self._by_code = dict(by_code)

    @classmethod
    def load(cls) -> "Sentences":
        return cls(json.loads(FILE.read_text(encoding="utf-8")))

    def codes(self) -> list[str]:
        """Every code there is."""
        return sorted(self._by_code)

    def told(self, error: ServiceError) -> dict[str, Any]:
        """`{"code", "message", "retry_after"?}`; `retry_after` in whole seconds."""
        told: dict[str, Any] = {"code": error.code, "message": self._by_code[error.code]}
        if error.retry_after is not None:
            told["retry_after"] = math.ceil(error.retry_after.total_seconds())
        if error.hint and error.code == "bad_command":
            told["field"] = error.hint
        return told
