"""What somebody looks for: topics, place, for whom, when. Reads the question; finds no service."""

# ruff: noqa: E501 - a pattern is read whole, on its one line

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from bot.fields.answer import Reading
from bot.fields.options import NEEDS_FILE, needs_in
from bot.fields.plain import plain
from bot.fields.times import read_preferred_time
from bot.places import Gazetteer, Place
from models.vocabulary import FieldStatus, Need

DOMESTIC = "domestic_abuse"
CHILD = 18
OLDER = 60
_BANDS = (
    (r"(?:kids?|child(?:ren)?|toddlers?|bab(?:y|ies)|primary school|under (?:11|12)s?)", "child"),
    (
        r"(?:teen(?:s|age|agers?)?|youth|young (?:people|person|adults?|man|woman|men|women|carers?)|under (?:16|18|21|25)s?|school ?age|sixth form|adolescents?)",
        "young",
    ),
    (
        r"(?:over (?:50|55|60|65|70)s?|older(?: people| adults?| man| woman)?|elderly|pensioners?|retired|senior(?:s| citizens?)?|old (?:people|folk))",
        "older",
    ),
    (r"adults?", "adult"),
)
_LANGUAGES = "gujarati|punjabi|hindi|urdu|bengali|sylheti|polish|romanian|somali|arabic|farsi|kurdish|ukrainian|tigrinya|yoruba|french|portuguese|spanish|tamil|cantonese|mandarin|lithuanian|latvian|bulgarian|turkish|russian|bsl"
_GROUPS: Mapping[str, str] = {
    "carers": r"carers?|caring for|look(?:ing)? after (?:my|her|his)",
    "parents": r"(?:new |single |first time )?(?:parents?|mums?|dads?)(?= groups?| class| hour| support)|first time (?:mum|dad)|single (?:mum|dad|parent)|new (?:mum|dad|parents?)|for (?:parents|mums|dads)",
    "lgbt": r"lgbt\w*|gay|lesbian|trans(?:gender)?|queer|bisexual|non binary",
    "veterans": r"veterans?|ex (?:army|forces|military)|armed forces|served in|forces",
    "students": r"students?|at (?:uni|university|dmu|college)|campus",
    "refugees": r"refugees?|asylum(?: seekers?)?",
    "deaf": r"deaf|bsl|hard of hearing",
    "disability": r"wheelchair|disabled|learning disabilit(?:y|ies)|autis(?:m|tic)|adhd",
    "south_asian": r"south asian|asian (?:women|men|ladies)|gujarati|punjabi|bengali|pakistani|indian",
    "black": r"black (?:women|men|people|community|african|caribbean)|african|caribbean|afro",
}
_NOT_THE_PERSON = re.compile(r"\b(?:women s|mens?) (?:health|hospital)\b")


@dataclass(frozen=True, slots=True)
class Query:
    """A search as understood. `terms`: taxonomy terms meant more exactly than the topics; `words`: what is left."""

    topics: tuple[str, ...] = ()
    place: Place | None = None
    audience: Mapping[str, Any] = field(default_factory=dict)
    when: Mapping[str, Any] = field(default_factory=dict)
    exact: frozenset[str] = frozenset()
    words: str = ""


@cache
def _topics() -> Mapping[str, re.Pattern[str]]:
    stored = tomllib.loads(NEEDS_FILE.read_text(encoding="utf-8"))["topics"]
    return {
        name: re.compile(r"(?<!\w)(?:" + "|".join(row["patterns"]) + r")(?!\w)")
        for name, row in stored.items()
    }


def topics_in(text: str) -> tuple[str, ...]:
    """Needs first, in the order of the vocabulary, then what the directory also knows."""
    words = plain(text)
    needs = [need.value for need in needs_in(text)]
    others = [name for name, pattern in _topics().items() if pattern.search(words)]
    return tuple(_without_echoes([*needs, *others], words))


def _without_echoes(found: list[str], words: str) -> list[str]:
    """A second topic that only the first one's words brought in is dropped."""
    kept = list(found)
    if (
        Need.DEBT.value in kept
        and Need.BENEFITS.value in kept
        and not re.search(r"\bdebts?|owe|arrears|bailiff|bills?\b", words)
    ):
        kept.remove(Need.DEBT.value)
    if Need.CARERS.value in kept and "young_people" in kept and "young" not in words:
        kept.remove("young_people")
    if (
        "crisis_support" in kept
        and kept != ["crisis_support"]
        and not re.search(
            r"crisis|suicid|self harm|night|urgent|cope|coping|low\b|helpline|desperate|mental health",
            words,
        )
    ):
        kept.remove("crisis_support")
    return kept


def read_query(text: str, *, today: date, gazetteer: Gazetteer) -> Query:
    """Read a search in the words people use: "somewhere to go at night when im low in loughborough"."""
    words = plain(text)
    return Query(
        topics=topics_in(text),
        place=gazetteer.find(text),
        audience=_audience(words),
        when=_when(text, today=today),
        exact=frozenset(term for term, pattern in exact_terms().items() if pattern.search(words)),
        words=words,
    )


@cache
def exact_terms() -> Mapping[str, re.Pattern[str]]:
    stored = tomllib.loads((NEEDS_FILE.parent / "topic_terms.toml").read_text(encoding="utf-8"))
    return {term: re.compile(rf"\b(?:{pattern})\b") for term, pattern in stored["exact"].items()}


def _audience(words: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    age = _age(words)
    if age is not None:
        found["age"] = age
        found["age_band"] = _band_of(age)
    for pattern, band in _BANDS:
        if "age_band" not in found and re.search(rf"\b{pattern}\b", words):
            found["age_band"] = band
    gender = _gender(words)
    if gender:
        found["gender"] = gender
    language = re.search(rf"\b(?:{_LANGUAGES})\b", words)
    if language:
        found["language"] = "BSL" if language.group() == "bsl" else language.group().title()
    for name, pattern in _GROUPS.items():
        if re.search(rf"\b(?:{pattern})\b", words):
            found[name] = True
    return found


def _age(words: str) -> int | None:
    shapes = (
        r"\b(\d{1,3}) ?(?:yo|y o|yrs?|years?)(?: old| of age)?\b(?! (?:ago|in|with|now))",
        r"\b(?:im|i am|aged?|hes|shes|he is|she is|theyre|turned|woman of|man of|lad of|girl of|at)(?: only| just| nearly)? (\d{1,3})\b(?! ?(?:am|pm|oclock|minutes|miles|weeks|months))",
        r"\b(?:son|daughter|lad|girl|boy|mum|dad|nan|grandad|husband|wife|sister|brother)(?: is| whos| who is)? (\d{1,2})\b",
    )
    for shape in shapes:
        found = re.search(shape, words)
        if found and int(found.group(1)) <= 110:  # noqa: PLR2004 - an age
            return int(found.group(1))
    return None


def _band_of(age: int) -> str:
    if age < 12:  # noqa: PLR2004 - primary school
        return "child"
    if age < CHILD:
        return "young"
    return "older" if age >= OLDER else "adult"


def _gender(words: str) -> str | None:
    women = re.search(
        r"\b(?:wom[ae]n|womens|ladies|lady|female|females|girls only|mums?(?= groups?| and baby)|muslim sisters|widow)\b",
        words,
    )
    men = re.search(
        r"\b(?:men|mens|man|male|males|blokes?|lads?|guys|dads?(?= groups?)|gents)\b", words
    )
    if women and not men:
        return "female"
    return "male" if men and not women else None


def _when(text: str, *, today: date) -> dict[str, Any]:
    read: Reading = read_preferred_time(_about_time(text), today=today)
    if read.status is not FieldStatus.OK:
        return {}
    found: dict[str, Any] = {}
    if "days" in read.value:
        found["days"] = read.value["days"]
    times = list(read.value.get("parts", ()))
    start = read.value.get("from")
    if start and not times:
        times = [_part_of(int(start[:2]))]
    if times:
        found["times"] = times
    return found


def _about_time(text: str) -> str:
    """Without ages, numbers and names of events that only look like times."""
    kept = re.sub(
        r"\b(?:over|under|aged?|for) \d+s?\b|\b\d+ ?(?:year|yr|yo|month|week)s?(?: old)?\b",
        " ",
        text,
        flags=re.IGNORECASE,
    )
    kept = re.sub(
        r"\bcoffee mornings?\b|\bgood (?:morning|afternoon|evening)\b|\b(?:morning|evening|afternoon)[!,.]|\bone night stand\b|\bfrom \d{4}\b",
        " ",
        kept,
        flags=re.IGNORECASE,
    )
    return re.sub(
        r"\b(?:sun|sat|wed|mon)\b(?=\w)|\bby (?:mon|the)\b", " ", kept, flags=re.IGNORECASE
    )


def _part_of(hour: int) -> str:
    bounds = ((5, "night"), (12, "morning"), (17, "afternoon"), (21, "evening"))
    return next((name for bound, name in bounds if hour < bound), "night")
