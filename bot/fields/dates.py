"""Dates of birth and ages as people type them: day first, in figures or words, never guessed."""

import re
from collections.abc import Iterator
from datetime import date

from rapidfuzz import fuzz, process

from bot.fields.answer import INVALID, UNCLEAR, Reading, no_value, ok, phrase_lists
from bot.fields.plain import plain, typed, with_figures

OLDEST = 120
CENTURY = 100
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_SHORT_MONTHS = {name[:3]: number for number, name in enumerate(_MONTHS, 1)} | {"sept": 9}
_FEASTS = {
    r"christmas eve|xmas eve": (24, 12), r"christmas(?: day)?|xmas(?: day)?": (25, 12),
    r"boxing day": (26, 12), r"new years? eve": (31, 12), r"new years?(?: day)?": (1, 1),
    r"valentines?(?: day)?": (14, 2), r"st patricks? day": (17, 3), r"st georges? day": (23, 4),
    r"halloween|hallowe en": (31, 10), r"bonfire night|guy fawkes(?: night)?": (5, 11),
    r"april fools?(?: day)?": (1, 4), r"leap day": (29, 2),
}  # fmt: skip
_BIRTH_CUES = (
    "born|birthday|birth|dob|year|eighties|nineties|seventies|sixties|fifties|month|date|"
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "spring|summer|autumn|winter|age|old|\\d+|young|teen"
)
_SEPARATOR = r"[\s/.\-,:]+"
_NUMERIC = re.compile(
    rf"(?<!\d)(\d{{1,2}}){_SEPARATOR}(\d{{1,2}}){_SEPARATOR}'?(\d{{4}}|\d{{2}})(?!\d)"
)
_ISO = re.compile(r"(?<!\d)(\d{4})[\s/.\-]+(\d{1,2})[\s/.\-]+(\d{1,2})(?!\d)")
_SOLID_ISO = re.compile(r"(?<!\d)((?:18|19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
_SOLID = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{4}|\d{2})(?!\d)")
_DAY_MONTH = re.compile(r"(?<!\d)(\d{1,2}) ([a-z]{3,10}) (?:year )?(\d{4}|\d{2})(?!\d)")
_MONTH_DAY = re.compile(r"(?<![a-z])([a-z]{3,10}) (\d{1,2}) (\d{4}|\d{2})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4}) (\d{1,2}) ([a-z]{3,10})(?![a-z])")
_YEAR_MONTH = re.compile(r"(?<!\d)(\d{4}) ([a-z]{3,10}) (\d{1,2})(?!\d)")
Found = tuple[int, date | None]


def read_date_of_birth(text: str, *, today: date) -> Reading:
    """An ISO date, 0 to 120 years ago. A date that does not exist or lies ahead is invalid."""
    found = sorted(_dates(text, today=today), key=lambda item: item[0])
    if not found:
        return no_value(text, cues=_BIRTH_CUES)
    good = list(dict.fromkeys(value for _, value in found if value is not None))
    if not good:
        return INVALID
    if len(good) > 1 and not _corrected(text):
        return UNCLEAR
    return ok(good[-1].isoformat())


def _corrected(text: str) -> bool:
    return phrase_lists()["correction"].found(plain(text)) is not None or bool(
        re.search(r"\bnot\b", text, re.IGNORECASE)
    )


def _dates(text: str, *, today: date) -> Iterator[Found]:
    """Every date read, with its place; None for one that cannot be."""
    figures = _flat(_letters_as_figures(typed(text).lower()))
    spelled = _flat(with_figures(_letters_as_figures(typed(text))))
    seen = list(_in_words(spelled, today=today)) or list(_in_words(figures, today=today))
    if not seen:
        numeric = _letters_as_figures(typed(text).lower())
        seen = list(_in_figures(numeric, today=today)) or list(_in_figures(spelled, today=today))
    yield from seen


def _letters_as_figures(text: str) -> str:
    """The letter O for nought and l for one, beside figures only."""
    text = re.sub(r"(?<=\d)[oO](?=[\d/.\-\s]|$)|\b[oO](?=\d)", "0", text)
    return re.sub(r"\bl(?=\d\b|\d[/.\-])|(?<=\d)l(?=[/.\-])", "1", text)


def _flat(text: str) -> str:
    low = re.sub(r"(?<=\d)\s*(?:st|nd|rd|th)\b", " ", text.lower())
    low = re.sub(r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)", " ", low.replace("'", ""))
    low = re.sub(r"\b(?:of|the|in|on|day|and)\b|[^\w]+", " ", low)
    for feast, (day, month) in _FEASTS.items():
        low = re.sub(
            rf"\b(?:{feast})\b".replace(" day", "(?: day)?"), f"{day} {_MONTHS[month - 1]}", low
        )
    return re.sub(r"\s+", " ", low).strip()


def _in_words(text: str, *, today: date) -> Iterator[Found]:
    shapes = (
        (_DAY_MONTH, (1, 2, 3)),
        (_MONTH_DAY, (2, 1, 3)),
        (_YEAR_FIRST, (2, 3, 1)),
        (_YEAR_MONTH, (3, 2, 1)),
    )
    for pattern, (day, month, year) in shapes:
        for found in pattern.finditer(text):
            number = _month(found.group(month))
            if number:
                parts = (found.group(day), str(number), found.group(year))
                yield found.start(), _past_date(parts, today=today)


def _month(word: str) -> int | None:
    if word in _SHORT_MONTHS:
        return _SHORT_MONTHS[word]
    near = process.extractOne(word, _MONTHS, scorer=fuzz.ratio, score_cutoff=80)
    return _MONTHS.index(near[0]) + 1 if near else None


def _in_figures(text: str, *, today: date) -> Iterator[Found]:
    text = re.sub(r"(?<=\d)\s*(?:st|nd|rd|th)\b", "", text)
    text = re.sub(r"\b(?:of the|of|the)\b", " ", text)
    for found in _ISO.finditer(text):
        yield found.start(), _past_date((found[3], found[2], found[1]), today=today)
    if _ISO.search(text):
        return
    shapes = list(_NUMERIC.finditer(text)) or list(_SOLID.finditer(text))
    if not any(_past_date((found[1], found[2], found[3]), today=today) for found in shapes):
        for found in _SOLID_ISO.finditer(text):  # "19850403", which is no date day first
            yield found.start(), _past_date((found[3], found[2], found[1]), today=today)
            return
    for found in shapes:
        yield found.start(), _past_date((found[1], found[2], found[3]), today=today)


def _past_date(parts: tuple[str, str, str], *, today: date) -> date | None:
    day, month, year = (int(part) for part in parts)
    if len(parts[2]) == len("85"):
        year = _full_year(year, today=today)
    try:
        read = date(year, month, day)
    except ValueError:
        return None
    return read if read <= today and _years(read, today=today) <= OLDEST else None


def _full_year(short: int, *, today: date) -> int:
    """ "85" is 1985; "12" is 2012: the latest year that is not ahead."""
    century = today.year // CENTURY * CENTURY
    return century + short if century + short <= today.year else century - CENTURY + short


def _years(born: date, *, today: date) -> int:
    before_birthday = (today.month, today.day) < (born.month, born.day)
    return today.year - born.year - before_birthday
