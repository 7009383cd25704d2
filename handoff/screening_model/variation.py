"""Other ways in which a training line could have been typed or come up in a conversation.

Pure: the same random source gives the same variations. Changes no label except upwards.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from handoff.screening_model.lines import Line

_SHORT = {
    "you": "u",
    "your": "ur",
    "you're": "ur",
    "are": "r",
    "please": "pls",
    "because": "cos",
    "tomorrow": "tmrw",
    "tonight": "2nite",
    "people": "ppl",
    "something": "smth",
    "don't": "dont",
    "can't": "cant",
    "i'm": "im",
    "i've": "ive",
    "about": "abt",
    "really": "rly",
    "though": "tho",
    "with": "wiv",
    "appointment": "appt",
    "doctor": "dr",
    "medication": "meds",
    "and": "n",
    "before": "b4",
    "want to": "wanna",
    "going to": "gonna",
}
_WORD = re.compile(r"[A-Za-z']+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_OPENINGS = ("hi", "hello", "hiya", "Good morning", "hi there", "sorry to bother you", "ok so")
_ENDINGS = ("thanks", "ty", "please", "x", "thank you", "sorry")
LONGEST_BEFORE = 160
SHORT_LINE = 90


@dataclass(frozen=True, slots=True)
class Varied:
    """A line as it is trained on: what was said before, joined, and the text itself."""

    line: Line
    before: str
    text: str


def typed_otherwise(text: str, chance: random.Random) -> str:
    """Case, marks, short forms, slips of the finger, a greeting: one to three of them."""
    ways = [_lowered, _unmarked, _shortened, _mistyped, _framed, _shouted]
    weights = [4, 4, 3, 4, 2, 0.5]
    for way in chance.choices(ways, weights, k=chance.choice((1, 1, 2, 3))):
        text = way(text, chance)
    return text


def _lowered(text: str, _chance: random.Random) -> str:
    return text.lower()


def _shouted(text: str, _chance: random.Random) -> str:
    return text.upper()


def _unmarked(text: str, chance: random.Random) -> str:
    marks = "[.,;:!?'\"]" if chance.random() < 0.5 else "[.,;:]"
    return " ".join(re.sub(marks, "", text).split()) or text


def _shortened(text: str, chance: random.Random) -> str:
    def short(found: re.Match[str]) -> str:
        word = found.group()
        known = _SHORT.get(word.lower())
        return known if known and chance.random() < 0.6 else word

    return _WORD.sub(short, text)


def _mistyped(text: str, chance: random.Random) -> str:
    letters = list(text)
    for _ in range(max(1, len(letters) // 40)):
        place = chance.randrange(max(1, len(letters) - 1))
        if len(letters) < 6 or not letters[place].isalpha():
            continue
        slip = chance.randrange(3)
        if slip == 0:
            letters[place : place + 2] = reversed(letters[place : place + 2])
        elif slip == 1:
            del letters[place]
        else:
            letters.insert(place, letters[place])
    return "".join(letters)


def _framed(text: str, chance: random.Random) -> str:
    if chance.random() < 0.5:
        return f"{chance.choice(_OPENINGS)} {text}"
    return f"{text} {chance.choice(_ENDINGS)}"


def in_conversation(line: Line, others: Sequence[Line], chance: random.Random) -> Varied:
    """The line with something said before: its own beginning, or one or two other lines.

    The label is the higher of all: a later calm word does not take back a danger told before.
    """
    parts = [part for part in _SENTENCE.split(line.text) if part.strip()]
    if len(parts) > 1 and chance.random() < 0.6:
        cut = chance.randrange(1, len(parts))
        return Varied(line, " / ".join(parts[:cut])[-LONGEST_BEFORE:], " ".join(parts[cut:]))
    before = chance.sample(others, chance.choice((1, 1, 2)))
    told = " / ".join(other.text[-SHORT_LINE:] for other in before)
    highest = max((line, *before), key=lambda each: each.priority.rank)
    joined = replace(line, priority=highest.priority, also_ok=highest.also_ok)
    return Varied(joined, told, line.text)


def variations(lines: Sequence[Line], chance: random.Random) -> list[Varied]:
    """One pass over the lines, each once as it is or varied, a third in a conversation."""
    short = [line for line in lines if len(line.text) <= SHORT_LINE]
    made = []
    for line in lines:
        varied = Varied(line, "", line.text)
        if chance.random() < 0.33:
            varied = in_conversation(line, short, chance)
        if chance.random() < 0.5:
            varied = replace(
                varied,
                before=typed_otherwise(varied.before, chance) if varied.before else "",
                text=typed_otherwise(varied.text, chance),
            )
        made.append(varied)
    return made
