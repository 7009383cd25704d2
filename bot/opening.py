"""Opening hours: which ones somebody asks for, and whether a service's hours meet that. Pure.

Not every "open" asks for hours: nobody who cannot open up now wants a place that is open now.
"""

# ruff: noqa: E501 - a pattern is read whole, on its one line

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.fields.plain import plain
from bot.fields.times import DAYS

MIDNIGHT = "24:00"
PARTS: Mapping[str, tuple[str, str]] = {
    "morning": ("08:00", "12:00"),
    "afternoon": ("12:00", "17:00"),
    "evening": ("17:00", "21:00"),
    "night": ("21:00", "23:59"),
}
TONIGHT = ("18:00", MIDNIGHT)
NOON = 12
NEAR = 60  # letters on each side of "open" that say what it is said of
_NOT_A_PLACE = r"(?:cant|cannot|couldnt|wont|dont|didnt|isnt|arent|wasnt|never|not|im|i am|am i|i|ive|ill|we|feel|feeling|felt|feels|more|so|really|to|too|being|been|you|youre|he|she|hes|shes|arms?|eyes?|mouth|heart|wounds?|cuts?|stitches|doors?|windows?|with an|an|with)"
_OF_NO_HOURS = r"(?:up|about|with|minded|wounds?|hearts?|doors?|windows?|the|my|a|an|your|his|her|it|mouth|university|plan|air|mic|space|water|ended|days?|dialogue|cuts?|letters?|post|emails?|enough|conversation|prison|ward)"
_OPEN = rf"(?<!\w)(?<!\bto )(?:open(?:s|ing)?|(?:not|isnt|arent|doesnt|dont) (?:shut|closed?))\b(?! {_OF_NO_HOURS}\b)"
_ASKS_OF_HOURS = re.compile(_OPEN)
_SAID_OF_A_PERSON = re.compile(
    rf"\b(?:{_NOT_A_PLACE} (?:is |are |still |just |always |all |wide )?|wide )$"
)
_NOW = r"(?:(?:right |just )?now|rn|atm|at (?:the|this) (?:moment|minute|time|hour)|this (?:minute|second|hour)|currently|as we speak|straight ?away|immediately)"
_OPEN_NOW = re.compile(
    rf"^(?:still )?\w+ (?:at all )?{_NOW}\b(?! (?:about|with|to|up|and honest|that)\b)"
)
_NOW_OPEN = re.compile(r"\b(?:currently|still|now|right now|at the moment) $")
_GO = r"(?:go|walk in|drop in|pop in|turn up|sit)"
_PLACE_NOW = re.compile(
    rf"\b(?:some|any) ?(?:where|place) (?:\w+ ){{0,3}}{_GO}(?: \w+){{0,3}} {_NOW}\b|\bwhere can (?:i|we|he|she|they) {_GO}(?: \w+){{0,3}} right now\b"
)
_NOWHERE = re.compile(r"\b(?:nowhere|no ?where|to do|got to be|need to be|from)\b")
_NOW_ALONE = re.compile(rf"(?:please )?{_NOW}(?: please)?")
_TONIGHT = re.compile(r"\b(?:tonight|to?nite|2ni(?:te|ght)|this evening)\b")
_FROM_THEN_ON = re.compile(r"\b(?:after|from|past|since|later|onwards|plus)\b")
_LATE_BARE = re.compile(
    r"\b(?:after|past|later than|until|till?) (?:about )?(?:\d{1,2}|eight|nine|ten|eleven)(?![:\d]| ?[ap] ?m\b| in the morning)"
)


@dataclass(frozen=True, slots=True)
class Opening:
    """Open at this very moment; else at some time in one of the spans, HH:MM, on one of the days.
    Without days: on any; without spans: at any time.
    """

    now: bool = False
    days: frozenset[str] = frozenset()
    spans: tuple[tuple[str, str], ...] = ()


def sentence_about_hours(text: str) -> str | None:
    """The sentence that wishes for hours, as typed; None when there is none."""
    return next((part for part in _sentences(text) if _wishes(plain(part))), None)


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"[!?;\n]|\.(?!\d)", text) if part.strip()]


def _wishes(words: str) -> bool:
    return is_for_now(words) or any(True for _ in _asked(words))


def _asked(words: str) -> Iterator[re.Match[str]]:
    """Each "open" that is said of a place."""
    for found in _ASKS_OF_HOURS.finditer(words):
        if not _SAID_OF_A_PERSON.search(_before(words, found)):
            yield found


def _before(words: str, found: re.Match[str]) -> str:
    return words[max(0, found.start() - NEAR) : found.start()]


def is_for_now(words: str) -> bool:
    """ "open now", "still open", "somewhere to go right now"; "right now" alone."""
    if _NOW_ALONE.fullmatch(words):
        return True
    if _PLACE_NOW.search(words) and not _NOWHERE.search(words):
        return True
    return any(
        _OPEN_NOW.search(words[found.start() : found.end() + NEAR])
        or _NOW_OPEN.search(_before(words, found))
        for found in _asked(words)
    )


def opening_of(sentence: str, said: Mapping[str, Any]) -> Opening | None:
    """What the sentence asks for; `said`: the days and times read from it. None for no time."""
    words = plain(sentence)
    if is_for_now(words):
        return Opening(now=True)
    spans = tuple(_spans(words, said))
    days = frozenset(said.get("days", ()))
    return Opening(days=days, spans=spans) if days or spans else None


def _spans(words: str, said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    start, end = said.get("from"), said.get("to")
    is_late = bool(_LATE_BARE.search(words))
    if start and end:
        yield start, end
    elif start:
        start = _after_noon(start) if is_late else start
        yield (start, MIDNIGHT) if _FROM_THEN_ON.search(words) else (start, start)
    elif end and re.search(r"\b(?:until|till?|to)\b", words):
        end = _after_noon(end) if is_late else end
        yield end, end
    elif end:
        yield "00:00", end
    elif _TONIGHT.search(words):
        yield TONIGHT
    else:
        yield from (PARTS[part] for part in said.get("parts", ()))
        if not said.get("parts") and re.search(r"\blate\b|\b24 ?(?:hours?|hrs?|7)\b", words):
            yield PARTS["night"]


def _after_noon(clock: str) -> str:
    """ "after 8" is said of the evening, when somebody asks what is open."""
    hour = int(clock[:2])
    return f"{hour + NOON:02d}{clock[2:]}" if hour < NOON else clock


def is_met(opening: Opening, hours: Sequence[Mapping[str, Any]], *, local: datetime) -> bool | None:
    """Whether these hours meet it; None where no hours are known. A row without days is of any."""
    timed = [row for row in hours if row["from"] and row["to"]]
    if not timed and (opening.now or opening.spans or not hours):
        return None
    if opening.now:
        return any(_is_open(row, local) for row in timed)
    return any(
        _on(row, opening.days) and (not opening.spans or _overlaps(row, opening.spans))
        for row in (timed if opening.spans else hours)
    )


def _is_open(row: Mapping[str, Any], local: datetime) -> bool:
    """Hours that end before they begin go on past midnight."""
    clock = f"{local:%H:%M}"
    today, yesterday = (DAYS[(local - timedelta(days=ago)).weekday()] for ago in (0, 1))
    if row["from"] < row["to"]:
        return _on(row, {today}) and row["from"] <= clock <= row["to"]
    before_midnight = _on(row, {today}) and clock >= row["from"]
    return before_midnight or (_on(row, {yesterday}) and clock <= row["to"])


def _on(row: Mapping[str, Any], days: frozenset[str] | set[str]) -> bool:
    return not days or not row["days"] or bool(days & set(row["days"]))


def _overlaps(row: Mapping[str, Any], spans: Sequence[tuple[str, str]]) -> bool:
    """Open for some of one of the spans; a span of one moment: open then."""
    stretches = [(row["from"], row["to"])]
    if row["from"] >= row["to"]:
        stretches = [(row["from"], MIDNIGHT), ("00:00", row["to"])]
    return any(
        opens <= start <= closes if start == end else opens < end and closes > start
        for opens, closes in stretches
        for start, end in spans
    )
