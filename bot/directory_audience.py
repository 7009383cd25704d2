"""For whom somebody looks: age, gender, language and the groups they name. Guesses nothing."""

# ruff: noqa: E501 - a pattern is read whole, on its one line

import re
from collections.abc import Mapping
from typing import Any

CHILD = 18
OLDER = 60
YOUNGEST, OLDEST = 4, 105  # as an age that stands alone
_BANDS = (
    (
        r"(?:(?:for|with|aimed at|suitable for) (?:my |the |our |small |young |little )?(?:\d )?(?:kids?|child(?:ren)?|toddlers?|bab(?:y|ies))|(?:kids?|childrens?|toddlers?) (?:bereavement|counselling|therapy|groups?|clubs?|activities|mental health|classes|anxiety|play\w*)|primary school|under (?:11|12)s?)",
        "child",
    ),
    (
        r"(?:teen(?:s|age|agers?)?|youth|young (?:people|person|adults?|man|woman|men|women|carers?)|under (?:16|18|21|25)s?|school ?age|sixth form|adolescents?)",
        "young",
    ),
    (
        r"(?:over (?:the )?(?:50|55|60|65|70|75|80)s?|in (?:my|his|her|their) (?:sixties|seventies|eighties|nineties|60s|70s|80s|90s)|(?:my |our |your )?(?:nan|nana|nanna|gran|granny|grandma|grandad|granddad|grandpa|grandmother|grandfather|grandparents?)|older(?: people| adults?| man| woman| lad(?:y|ies))?|elderly|pensioners?|retired|retirees?|elders?|seniors?|senior citizens?|old (?:people|folk|man|woman|lady)|(?:u3a|age uk))",
        "older",
    ),
    (r"adults?", "adult"),
)
_LANGUAGES = "gujarati|punjabi|hindi|urdu|bengali|sylheti|polish|romanian|somali|arabic|farsi|kurdish|ukrainian|tigrinya|yoruba|french|portuguese|spanish|tamil|cantonese|mandarin|lithuanian|latvian|bulgarian|turkish|russian|bsl"
_GROUPS: Mapping[str, str] = {
    "carers": r"carers?(?! allowance)|caring for|look(?:s|ing)? after (?:my|her|his|our)",
    "parents": r"(?:parents?|mums?|dads?|fathers?|mothers?)(?= groups?| class| hour| support| club| and (?:toddlers?|baby|babies|kids|tots))|(?:first time|single|lone|new|young|expectant|other|stay at home) (?:mums?|dads?|parents?|fathers?|mothers?)|for (?:parents|mums|dads|fathers|mothers|families)|(?:baby|toddler) (?:groups?|class\w*)",
    "lgbt": r"lgbt\w*|gay|lesbians?|trans(?:gender)?|queer|bisexual|non binary",
    "veterans": r"veterans?|ex squaddie|ex (?:army|forces|military|navy|raf|service\w*|soldier)|armed forces|served in|(?:used to be|was) in the (?:army|navy|raf)|army|forces",
    "students": r"students?|(?:i am|im|away) at (?:uni|university|dmu|college)|campus",
    "refugees": r"refugees?|asylum(?: seekers?)?",
    "deaf": r"deaf|bsl|hard of hearing",
    "disability": r"wheelchair|disabled|disabilit(?:y|ies)|downs(?: syndrome)?|learning disab(?:ility|ilities|led)|ld|special needs|autis(?:m|tic)|adhd",
    "south_asian": r"south asian|asian (?:women|womens|men|mens|ladies|elders|community)|gujarati|punjabi|bengali|pakistani|indian",
    "black": r"black (?:women|womens|men|mens|people|community|african|caribbean)|african|caribbean|afro",
}


def audience_in(words: str, *, typed: str = "") -> dict[str, Any]:
    """The contract's shape: age, age_band, gender, language, and each group that was named.

    `words` in their plain form, `typed` with its commas.
    """
    found: dict[str, Any] = {}
    age = _age(words)
    if age is None:
        age = age_set_apart(typed)
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
        r"\b(\d{1,3}) ?(?:yo|y o|yrs?|years?)(?: olds?| of age)?\b(?! (?:ago|in|with|now))",
        r"\b(?:im|i am|aged?|hes|shes|he is|she is|theyre|turned|woman of|man of|lad of|girl of|at)(?: only| just| nearly)? (\d{1,3})\b(?! ?(?:am|pm|oclock|minutes|miles|weeks|months))",
        r"\b(?:son|daughter|lad|girl|boy|child|kid|mum|dad|nan|gran|grandad|husband|wife|sister|brother|partner)(?: is| whos| who is| of| aged| shes| hes)? (\d{1,2})\b",
        r"\b(?:sons|daughters|lads|girls|boys|childs|mums|dads|nans|grans|husbands|wifes|pupil|patient|pt|client|student|resident|lady|man|woman)(?: is| aged| of)? (\d{1,2})\b(?! ?(?:am|pm|miles|weeks|months|days))",
        r"\b(\d{1,2})(?= ?[mf]\b)",
        r"\b(\d{2}) (?:next|this|last) (?:week|month|year|birthday|january|february|march|april|may|june|july|august|september|october|november|december)\b",
    )
    for shape in shapes:
        found = re.search(shape, words)
        if found and int(found.group(1)) <= 110:  # noqa: PLR2004 - an age
            return int(found.group(1))
    return None


_SET_APART = re.compile(
    r"(?:^|[,.;(]) ?(?:hes |shes |im )?(\d{1,3})(?= ?(?:[,.;)]|$))", re.IGNORECASE
)


def age_set_apart(text: str) -> int | None:
    """An age between commas, as people add it: "son wont go to school, 12, Syston"."""
    for found in _SET_APART.finditer(text.replace("'", "")):
        if YOUNGEST <= int(found.group(1)) <= OLDEST:
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
        r"\b(?:wom[ae]n|womens|ladies|lady|female|females|girls only|mums(?= groups?| and)|mum (?:and baby )?groups?|(?:new|first time|single|young|for|with other) mums?|lesbians?|muslim sisters|widow)\b",
        words,
    )
    men = re.search(
        r"\b(?:men|mens|man|male|males|blokes?|lads?(?= (?:group|night|club)|s\b)|guys|dads?(?= groups?| and)|(?:new|first time|single|young|for|other) dads?|gents|fathers(?= group)|fella)\b",
        words,
    )
    if women and not men:
        return "female"
    return "male" if men and not women else None
