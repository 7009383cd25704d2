"""The interface's wording by id: from reviewed data, never from code. Decides nothing."""

import json
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "content" / "interface.json"


class Words:
    """Every sentence of the pages. `person` texts are read by enquirers, `staff` ones by staff."""

    def __init__(self, *, person: Mapping[str, str], staff: Mapping[str, str]) -> None:
        doubled = person.keys() & staff.keys()
        if doubled:
            raise ValueError(f"in both groups: {', '.join(sorted(doubled))}")
        self._texts = {**person, **staff}

    @classmethod
    def load(cls, path: Path | None = None) -> "Words":
        stored = json.loads((path or FILE).read_text(encoding="utf-8"))
        return cls(person=stored["person"], staff=stored["staff"])

    def ids(self) -> frozenset[str]:
        return frozenset(self._texts)

    def say(self, text_id: str, **params: object) -> str:
        """The text with its placeholders filled. Raises KeyError for an unknown id or gap."""
        text = self._texts[text_id]
        return text.format_map(params) if params else text

    def starting(self, *prefixes: str) -> dict[str, str]:
        """The texts whose ids start so: what a page's script is handed."""
        return {name: text for name, text in self._texts.items() if name.startswith(prefixes)}
