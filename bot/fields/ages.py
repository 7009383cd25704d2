"""Ages in years, in figures or words, with the ways people have of saying them. Never guessed from a range."""

# ruff: noqa: E501 - a pattern is read whole, on its one line

import re
from datetime import date

from bot.fields.answer import INVALID, UNCLEAR, Reading, no_value, ok, phrase_lists
from bot.fields.dates import OLDEST, read_date_of_birth
from bot.fields.plain import plain, typed, with_figures
from models.vocabulary import FieldStatus

_AGE_CUES = (
    "age|aged|old|young|years?|teens?|teenager|twenties|thirties|forties|fifties|sixties|seventies|"
    "eighties|nineties|adult|child|kid|baby|pensioner|retired|birthday|over|under|grown|minor|"
    "middle|older|younger|elderly|\\d+s?|born"
)
_MONTHS_OLD = re.compile(r"\b(\d{1,2}) (?:months?|mths?|mos?)(?: old)?\b")
_WEEKS_OLD = re.compile(
    r"\b\d{1,2} (?:weeks?|wks?|days?)(?: old)?\b(?! (?:time|ago|until|till|away))"
)
_NOT_AGES = re.compile(
    r"\b(?:year|yr|class|flat|number|no|room|house|grade|at uni|size) \d{1,2}\b(?! ?(?:years?|yrs?))|"
    r"\b\d{1,2} (?:kids|children|sons|daughters|years (?:ago|in|with|of(?! age)|since)|times|stone|foot|ft)\b|"
    r"\b(?:my|our|his|her|the) \w+ (?:is|was|s) \d{1,3}\b|\b(?:in|since) \d{4}\b"
)
_NEARLY = re.compile(
    r"\b(?:nearly|almost|coming up(?: to| for)?|approaching|just (?:under|shy of|off)|about to (?:be|turn)|"
    r"not quite|turning|pushing|going on(?: for)?|soon (?:to )?be|getting on for) (\d{1,3})\b|"
    r"\b(\d{1,3}) (?:next (?:week|month|year)|in (?:a )?(?:few |couple of |\d+ )?(?:weeks?|days?|months?|"
    r"january|february|march|april|may|june|july|august|september|october|november|december)|tomorrow|soon)\b"
)
_RANGE = re.compile(
    r"\b\d{1,3} ?(?:-|to|or|and) ?\d{1,3}\b(?! (?:months?|quarters?))|\b\d{2,3} ?s\b|"
    r"\b(?:over|under|above|below|more than|less than|older than|younger than) (?:the age of )?\d{1,3}\b|"
    r"\b\d{1,3} ?(?:\+|plus|ish|odd|or so|something|or over|or under)|\b(?:mid|late|early) (?:\w+ties|teens)\b|"
    r"\bin (?:my|his|her|their) \w+ties\b|\b(?:about|around|roughly|approx(?:imately)?|circa) \d{1,3}\b"
)
_OWN = re.compile(
    r"\b(?:im|i am|me|myself|aged?|age is|turned|just)\W? ?(?:just |now |only )?(?:turned )?(\d{1,3})\b"
)
_SCORES = {"one": 20, "two": 40, "three": 60, "four": 80, "five": 100}
_IDIOMS = re.compile(r"\b(?:again|forever|for ever|at heart|inside|in dog years|going on)\b")


def read_age(text: str, *, today: date) -> Reading:
    """Whole years, 0 to 120. "Nearly 18" is 17; "in my forties" is unclear."""
    born = read_date_of_birth(text, today=today)
    if born.status is FieldStatus.OK:
        return ok(_age_on(born.value, today=today))
    words = _words(text)
    if scored := _score(plain(text)):
        return ok(scored)
    if _MONTHS_OLD.search(words) and not re.search(r"\b\d+ years?\b|\b(?:im|i am) \d+", words):
        return ok(int(_MONTHS_OLD.findall(words)[0]) // 12)
    if _WEEKS_OLD.search(words) and not re.search(r"\b(?:im|i am|in) \d+", words):
        return ok(0)
    return _years_in(words, text=text)


def _words(text: str) -> str:
    joined = re.sub(r"\bm8\b", "mate", typed(text).lower().replace("'", ""))
    joined = re.sub(r"\ba (?=hundred\b)", "one ", joined)
    spaced = re.sub(r"(?<=\d)(?=[a-z])", " ", with_figures(joined))
    spaced = re.sub(
        r"\b(?:and )?a half\b|½|\band \d ?/ ?\d\b|\band 3 quarters\b|\. ?5\b", " ", spaced
    )
    return re.sub(r"\s+", " ", re.sub(r"[^\w\s+-]", " ", spaced))


def _score(words: str) -> int | None:
    found = re.search(r"\b(one|two|three|four|five) ?score(?: (?:years? )?and (\w+))?", words)
    if not found:
        return None
    extra = with_figures(found.group(2) or "0")
    return _SCORES[found.group(1)] + (int(extra) if extra.isdigit() else 0)


def _years_in(words: str, *, text: str) -> Reading:
    if re.fullmatch(r"(?:minus\s|\W*-)\s?\d+\W*", typed(text).lower()):
        return INVALID
    kept = _NOT_AGES.sub(" ", words)
    return _nearly(kept) or _said_years(kept, words=words, text=text)


def _said_years(kept: str, *, words: str, text: str) -> Reading:
    if (own := _OWN.search(kept)) and not _IDIOMS.search(words):
        return _whole_years([int(own.group(1))])
    if _RANGE.search(kept) or (_IDIOMS.search(words) and re.search(r"\d", words)):
        return UNCLEAR
    found = [int(part) for part in re.findall(r"(?<![\d.])\d{1,4}(?!\d)", kept)]
    if not found:
        return no_value(text, cues=_AGE_CUES)
    if len(set(found)) > 1 and not phrase_lists()["correction"].found(plain(text)):
        return _first_of_several(kept, found)
    return _whole_years(found[-1:])


def _first_of_several(words: str, found: list[int]) -> Reading:
    """ "37, 38 in March" is 37; two numbers that nothing tells apart are unclear."""
    own = re.match(r"\W*(\d{1,3})\b", words)
    if own and found[1] == found[0] + 1:
        return ok(found[0])
    aged = re.findall(r"\b(\d{1,3}) (?:years?|yrs?|yo|y o)\b", words)
    return _whole_years([int(aged[0])]) if len(set(aged)) == 1 else UNCLEAR


def _nearly(words: str) -> Reading | None:
    found = _NEARLY.search(words)
    if not found:
        return None
    if re.search(r"\b(?:was|turned|became|been) $", words[: found.start()]):
        return None
    own = re.search(r"\b(?:im|i am|^) ?(\d{1,3})\b", words[: found.start()])
    if own:
        return _whole_years([int(own.group(1))])
    years = int(found.group(1) or found.group(2))
    return ok(years - 1) if 0 < years <= OLDEST else INVALID


def _whole_years(found: list[int]) -> Reading:
    years = found[0]
    if years <= OLDEST:
        return ok(years)
    return UNCLEAR if 1900 <= years <= 2100 else INVALID  # noqa: PLR2004 - a year, not an age


def _age_on(born: str, *, today: date) -> int:
    day = date.fromisoformat(born)
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))
