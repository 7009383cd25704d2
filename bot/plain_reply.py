"""Replies that are in their whole a reviewed phrase, a date or figures, and so say nothing beside.

Finds them in answer to an open question alone. What the rules of the screen find in them still
counts.
"""

import re
from dataclasses import dataclass

from bot.capture import CaptureSchema
from bot.choices import Choices
from bot.fields.names import read_name
from bot.fields.options import covers_an_option
from bot.fields.plain import plain
from bot.phrases import Phrases
from models.vocabulary import FieldId, FieldStatus

LONGEST = 8  # words
NAME, LONGEST_NAME = FieldId("call_me"), 4
_MOVES = ("go_back", "why_ask", "start_again", "skip")
_NEVER = frozenset({"narrative", "safe_now", "location_now"})
_YES_NO = frozenset(
    re.findall(
        r"\w+",
        "yes yeah yep yup ye yh y no nope nah n ok okay sure please thanks thank you it does is "
        "they do i dont that fine",
    )
)
_UNKNOWN = re.compile(
    r"(?:(?:sorry|um|erm|er|oh|no|i) )*(?:dont|do not|cant) (?:know|remember|recall)"
    r"|(?:im |i am )?not (?:really |too |quite |totally )?sure|no idea|unsure|cant remember"
)
_OF_TIME = frozenset(
    re.findall(
        r"\w+",
        "january february march april may june july august september october november december "
        "jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday "
        "friday saturday sunday mon tue tues wed weds thu thur thurs fri sat sun today tomorrow "
        "next this week month day days am pm at oclock half quarter past to morning mornings "
        "afternoon afternoons evening evenings weekday weekdays weekend weekends the of on in "
        "about around st nd rd th noon midday any time anytime and or after before between my "
        "its it is dob born date birth year years old number mobile phone tel bleep ext a for i "
        "was",
    )
)


@dataclass(frozen=True, slots=True)
class PlainReplies:
    """Knows the taps, the set phrases and the options of each question."""

    schema: CaptureSchema
    choices: Choices
    phrases: Phrases

    def heard(self, text: str, *, asks: FieldId | None, choice: str | None) -> bool:
        """Is the whole text such a reply? A tap counts with its own label as the text."""
        words = plain(text)
        tapped = self.choices.get(choice) if choice else None
        if tapped is not None and words == plain(tapped.label):
            return True
        if asks is None or asks in _NEVER or len(words.split()) > LONGEST:
            return False
        return self._is_move(words) or self._is_value(text, words, asks=asks)

    def _is_move(self, words: str) -> bool:
        return any(self.phrases.heard(name, words) for name in _MOVES)

    def _is_value(self, text: str, words: str, *, asks: FieldId) -> bool:
        if asks == NAME:
            is_name = (
                read_name(text).status is FieldStatus.OK and len(words.split()) <= LONGEST_NAME
            )
            return is_name and not self.phrases.heard("clinical", words)
        said = set(re.findall(r"[a-z]+", words))
        if said <= _OF_TIME or said <= _YES_NO or _UNKNOWN.fullmatch(words):
            return True
        is_option = asks in self.schema.ids() and bool(self.schema.field(asks).options)
        return is_option and covers_an_option(str(asks), text)
