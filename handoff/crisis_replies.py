"""What a tap or a few words mean in answer to the crisis script. Exact words only; never guesses.

What is not known here is `WORDS`: kept for the practitioner and answered by no claim.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from handoff import content
from models.vocabulary import Priority

DIGITS_OF_A_NUMBER = range(10, 15)
_POSTCODE = re.compile(r"\b[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}\b")


class Reply(StrEnum):
    """The meanings that the crisis script knows."""

    DANGER = "danger"
    YES = "yes"
    NO = "no"
    UNSURE = "unsure"
    DECLINED = "declined"
    CANNOT_CALL = "cannot_call"
    SOMEONE_WITH_ME = "someone_with_me"
    TELL_WHERE = "tell_where"
    NOT_WITH_ME = "not_with_me"
    CHILDLINE = "childline"
    ABUSE_LINE = "abuse_line"
    ADD_NUMBER = "add_number"
    CALL_BACK = "call_back"
    WORSE = "worse"
    DENIAL = "denial"
    NUMBER = "number"
    PLACE = "place"
    NOTHING = "nothing"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class CrisisReplies:
    """The reviewed words and taps by meaning."""

    choices: Mapping[str, Reply]
    exact: Mapping[str, Reply]
    within: Mapping[str, Reply]
    place_words: tuple[str, ...]
    short: int

    @classmethod
    def load(cls) -> "CrisisReplies":
        """From the reviewed data. Raises ValueError for a meaning that is not a Reply."""
        written = content.read("crisis_replies.json")
        tables: dict[str, dict[str, Reply]] = {"choices": {}, "exact": {}, "within": {}}
        for meaning, ways in written["replies"].items():
            for table, known in tables.items():
                known.update(dict.fromkeys(ways[table], Reply(meaning)))
        return cls(
            **tables,
            place_words=tuple(written["place_words"]),
            short=written["short_message_words"],
        )

    def meaning(
        self,
        text: str,
        *,
        choice: str | None = None,
        found: Priority = Priority.NONE,
        place_found: bool = False,
    ) -> Reply:
        """What this message answers. `found`: its own screening, which comes before its words.

        `place_found`: somebody else has already recognised a place in it.
        """
        if found is Priority.EMERGENCY:
            return Reply.DANGER
        if choice is not None and choice in self.choices:
            return self.choices[choice]
        plain = _plain(text)
        if sum(character.isdigit() for character in plain) in DIGITS_OF_A_NUMBER:
            return Reply.NUMBER
        known = self.exact.get(plain) or self._within(plain)
        if known is not None:
            return known
        return Reply.PLACE if place_found or self._is_place(plain) else Reply.WORDS

    def _within(self, plain: str) -> Reply | None:
        if len(plain.split()) > self.short:
            return None
        return next((reply for words, reply in self.within.items() if _has(plain, words)), None)

    def _is_place(self, plain: str) -> bool:
        has_place = any(_has(plain, word) for word in self.place_words)
        return has_place or _POSTCODE.search(plain) is not None


def _has(plain: str, words: str) -> bool:
    return f" {words} " in f" {plain} "


def _plain(text: str) -> str:
    """Small letters, one space between words, no apostrophes, nothing but letters and digits."""
    joined = re.sub(r"['’`]", "", text.lower())
    return " ".join(re.findall(r"[^\W_]+", joined))
