"""Days and times that suit a person, as the contract's structure. Reads what was said; adds nothing."""

# ruff: noqa: E501 - a pattern is read whole, on its one line

import re
from datetime import date, timedelta
from typing import Any

from bot.fields.answer import (
    DECLINED,
    INVALID,
    NOT_APPLICABLE,
    UNCLEAR,
    Reading,
    no_value,
    ok,
    phrase_lists,
)
from bot.fields.plain import plain, typed, with_figures

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NOON = 12
_DAY = (
    r"(?:mon(?:days?|s)?|tue?s?(?:days?|s)?|wed(?:nesdays?|nesday|s|ensdays?)?|wensdays?|thu?r?s?(?:days?|s)?|"
    r"fri(?:days?|s)?|sat(?:urdays?|s)?|sun(?:days?|s)?)"
)
_ANY = re.compile(
    r"\b(?:any ?time|whenever|any ?day|no preference|(?:i )?(?:dont|do not) mind|not fussed|not bothered|im easy|easy|flexible|"
    r"(?:doesnt|does not|dont) matter|no matter|always (?:free|in|around|available)|all (?:the time|day(?: every day)?)|24 7|"
    r"up to you|your choice|you (?:choose|decide|pick)|as soon as (?:possible|you can)|asap|soonest|earliest|first available|"
    r"next available|(?:whatever|whichever|any)(?:s| is)? (?:best|easiest|suits|works|first|time|suits you|works for you|one|you like|you can|you have|you got|of them|when|old time)|"
    r"either|all|any|ive got nowt on|im retired|im free|im open|open|both|now|right now|straight away|immediately|every ?day|good to go|all times)\b"
)
_PARTS = {
    "morning": r"mornings?|morns?|a m|am|first thing|breakfast|(?<!not )before (?:lunch|noon|midday|dinner ?time)|earl(?:y|ier)|forenoon",
    "afternoon": r"afternoons?|aft|arvo|p m|pm|after (?:lunch|noon|midday|dinner)|aftanoons?|afternnons?",
    "evening": r"evenings?|eves?|eve|after work|after tea|tea ?time|late(?:r)? on|after hours|of an evening|evens|later (?:in|on)",
    "night": r"nights?|night ?time|late at night|tonight|middle of the night|overnight",
}
_NEGATED = r"(?:not|never|no|except(?: for)?|but not|apart from|any ?(?:day|time|thing) but|other than|bar|excluding|avoid|cant (?:do|make|manage)|cannot (?:do|make)|dont (?:ring|call|phone|do|want|like|book)|wont be (?:in|free|here)(?: on)?|busy(?: on)?|work(?:ing)?(?: on)?|out(?: on)?|unless its|unavailable(?: on)?|hate|all but|just not|rubbish|anything but|wouldnt be able to do|not free(?: on)?)"
_SHIFTS = re.compile(
    r"\b(?:i (?:work|do|am on)|im on|working) (?:the )?(?:nights|days|mornings|evenings|lates|earlies)\b"
)
_CUES = (
    "day|time|week|month|morning|hour|free|after|before|soon|later|when|work|school|suits?|oclock"
)
_CLOCK = r"(?P<{0}h>\d{{1,2}})(?:[:. ]?(?P<{0}m>[0-5]\d))? ?(?P<{0}p>am|pm|a m|p m|oclock|noon)?"
_NO_SUCH_HOUR = re.compile(
    r"(?<!:)\b(?:2[5-9]|[3-9]\d)(?::\d\d| ?(?:am|pm|o ?clock|hours))\b|"
    r"\b(?:after|before|at|until|till?|past) (?:2[5-9]|[3-9]\d)\b(?! ?(?:min|sec|days?|weeks?))|"
    r"\b(?:1[3-9]|2\d) ?am\b|\b\d{1,2}:[6-9]\d\b"
)
_BETWEEN = re.compile(
    rf"\b(?:between |from |about )?{_CLOCK.format('a')} ?(?:-|to|and|til|till|until|thru) ?{_CLOCK.format('b')}\b"
)
_AFTER = re.compile(
    rf"\b(?<!not )(?<!no )(?:after|from|past|not before|later than|any ?time after|since|post|gone)(?: about| around)? {_CLOCK.format('a')}\b|\b{_CLOCK.format('b')} (?:onwards|or (?:later|after)|and after|plus)\b"
)
_BEFORE = re.compile(
    rf"\b(?<!not )(?:before|until|til|till|by|not after|no later than|up to|earlier than|pre)(?: about| around)? {_CLOCK.format('a')}\b|\b{_CLOCK.format('b')} (?:or (?:earlier|before)|latest)\b"
)
_ROUND_THE_CLOCK = re.compile(
    r"\b([01]\d|2[0-3])([0-5]\d) ?(?:-|to|til|till|until) ?([01]\d|2[0-3])([0-5]\d)\b"
)
_AT = re.compile(rf"\b(?:at|around|about|say|roughly)? ?{_CLOCK.format('a')}\b")


def read_preferred_time(text: str, *, today: date) -> Reading:
    """{"any"?, "days"?, "not_days"?, "parts"?, "from"?, "to"?}; days in week order, times as HH:MM."""
    words = _words(text)
    if phrase_lists()["human_request"].found(plain(text)):
        return no_value(text)
    if re.fullmatch(
        r"(?:never|no ?time|not at all|none|(?:please )?dont (?:ring|call|phone|contact|bother))(?: .*)?",
        words,
    ) and not re.search(_DAY, words):
        return DECLINED
    if _NO_SUCH_HOUR.search(words):
        return INVALID
    found: dict[str, Any] = {}
    positive, negative = _split(_SHIFTS.sub(" ", words))
    _add_days(found, positive, negative=negative, today=today)
    _add_parts(found, positive, negative=negative)
    _add_clock(found, words)
    if not found and _ANY.search(words) and not re.search(r"\bafter (?!noon)[a-z]+", words):
        found["any"] = True
    if found and phrase_lists()["human_request"].found(words):
        return no_value(text)
    return ok(found) if found else _no_time(text)


def _no_time(text: str) -> Reading:
    """ "Haven't got my rota" lacks the answer, not the phone."""
    read = no_value(text, cues=_CUES)
    about_phone = re.search(r"\b(?:phone|mobile|landline|n ?a|applicable|apply)\b", plain(text))
    return UNCLEAR if read is NOT_APPLICABLE and not about_phone else read


def _words(text: str) -> str:
    low = re.sub(r"(?<=\d)[.:h](?=\d\d)", ":", typed(text).lower().replace("'", ""))
    low = _ROUND_THE_CLOCK.sub(r"\1:\2 to \3:\4", low)
    low = re.sub(r"\b(?:half past|half) (\w+)\b", lambda found: _half(found[1]), low)
    low = re.sub(r"\b(\d{1,2}(?::\d\d)?) ?-?ish\b", r"around \1", low)
    low = re.sub(r"\bquarter to (\w+)\b", lambda found: _quarter_to(found[1]), low)
    low = re.sub(r"\bquarter past (\w+)\b", r"\1:15", low)
    low = re.sub(r"\bmidnight\b", "23:59", re.sub(r"\b(?:noon|mid ?day|12noon)\b", "12 noon", low))
    kept = re.sub(r"[^\w\s:-]", " ", low)
    joined = re.sub(r"\s+", " ", re.sub(r"(?<=\d)(?=[a-z])", " ", kept)).strip()
    hours = r"\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b(?! of| days?| weeks?)"
    return re.sub(hours, lambda found: with_figures(found[1]), joined)


def _quarter_to(word: str) -> str:
    hour = with_figures(word)
    return f"{(int(hour) + 10) % 12 + 1}:45" if hour.isdigit() else f"quarter to {word}"


def _half(word: str) -> str:
    hour = with_figures(word)
    return f"{hour}:30" if hour.isdigit() else f"half {word}"


def _split(words: str) -> tuple[str, str]:
    """What suits and what does not: a negation reaches over the days and parts listed after it."""
    suits = r"\w+ (?:only|are|is|instead|ok|okay|fine|best|better|please|would|preferred)\b"
    reach = rf"\b{_NEGATED}(?: (?!{suits})(?:{_DAY}|weekends?|weekdays?|mornings?|afternoons?|evenings?|nights?|the|in|on|and|or|an?|for|me|at|of|ever|early|late|am|pm|-))+\b"
    negative = " ".join(found.group() for found in re.finditer(reach, words))
    negative += " " + " ".join(
        found.group()
        for found in re.finditer(
            rf"\b{_DAY} (?:is|are|s) (?:no good|bad|out|busy|hard|a no|not good|no use|difficult)\b",
            words,
        )
    )
    positive = re.sub(reach, " ", words)
    positive = re.sub(
        rf"\b{_DAY} (?:is|are|s) (?:no good|bad|out|busy|hard|a no|not good|no use|difficult)\b",
        " ",
        positive,
    )
    return positive, negative


def _add_days(found: dict[str, Any], positive: str, *, negative: str, today: date) -> None:
    days = _days(positive) | _relative_days(positive, today=today)
    not_days = _days(negative)
    if days - not_days:
        found["days"] = _ordered(days - not_days)
    if not_days:
        found["not_days"] = _ordered(not_days)


def _days(words: str) -> set[int]:
    days: set[int] = set()
    ranges = rf"\b({_DAY}) ?(?:-|to|til|till|until|thru|through) ?({_DAY})\b"
    for first, last in re.findall(ranges, words):
        start, end = _day(first), _day(last)
        days |= {(start + step) % 7 for step in range((end - start) % 7 + 1)}
    days |= {_day(word) for word in re.findall(rf"\b{_DAY}\b", words)}
    if re.search(
        r"\b(?:week ?days?|working days?|work days?|mid ?week|in the week|during the week|school days?)\b",
        words,
    ):
        days |= set(range(5))
    if re.search(r"\b(?:week ?ends?|wkends?|wknd)\b", words):
        days |= {5, 6}
    return days


def _relative_days(words: str, *, today: date) -> set[int]:
    days = set()
    if re.search(r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b", words):
        days.add(today.weekday())
    if re.search(r"\b(?:tomorrow|tommorow|tomorow|2moro|tmrw|tomoz)\b", words):
        days.add((today + timedelta(days=1)).weekday())
    return days


def _day(word: str) -> int:
    """By its first two letters, which no two days share: people write `tu`, `ths`, `wensday`."""
    return next(number for number, day in enumerate(DAYS) if word.startswith(day[:2]))


def _ordered(days: set[int]) -> list[str]:
    return [DAYS[day] for day in sorted(days)]


def _add_parts(found: dict[str, Any], positive: str, *, negative: str) -> None:
    bare = re.sub(
        r"\d{1,2}(?::\d\d)? ?(?:am|pm|a m|p m)\b|\bgood (?:morning|afternoon|evening)\b",
        " ",
        positive,
    )
    bare = re.sub(r"\b(?:at|in) (?:the )?(?=night)", "", bare)
    parts = {name for name, pattern in _PARTS.items() if re.search(rf"\b(?:{pattern})\b", bare)}
    refused = {
        name for name, pattern in _PARTS.items() if re.search(rf"\b(?:{pattern})\b", negative)
    }
    if refused and "not_days" not in found and not parts:
        parts = {"morning", "afternoon", "evening"} - refused
    parts -= refused
    if parts:
        found["parts"] = [name for name in _PARTS if name in parts]


def _add_clock(found: dict[str, Any], words: str) -> None:
    if re.search(r"\blunch ?(?:time|hour|break)?s?\b", words) and not re.search(
        r"\b(?:after|before|not) lunch", words
    ):
        found["from"], found["to"] = "12:00", "14:00"
    if re.search(
        r"\b(?:in|during|within) school (?:hours|time)\b|\bwhile .{0,12}at school\b|\bschool hours\b",
        words,
    ):
        found["from"], found["to"] = "09:00", "15:00"
    if re.search(
        r"\bafter school(?! (?:run|drop))\b|\bafter the school (?:pick up|pickup)\b", words
    ):
        found["from"] = "15:30"
    if re.search(r"\b(?:office|working|business) hours\b", words):
        found["from"], found["to"] = "09:00", "17:00"
    _add_figures(found, words)


def _add_figures(found: dict[str, Any], words: str) -> None:
    between = _BETWEEN.search(words)
    if between and not re.search(r"\d{3,}", between.group()):
        start, end = _span(between, late=bool(re.search(r"\b(?:evenings?|tonight)\b", words)))
        found["from"], found["to"] = start, end
        return
    for pattern, name in ((_AFTER, "from"), (_BEFORE, "to")):
        said = pattern.search(words)
        if said:
            found[name] = _said(said, words=words)
    exact = _AT.search(words)
    if exact and "from" not in found and "to" not in found and _is_clock(exact):
        found["from"] = _said(exact, words=words)


def _is_clock(found: re.Match[str]) -> bool:
    return bool(found["am"] or found["ap"] or re.match(r"(?:at|around|about) ", found.group()))


def _span(found: re.Match[str], *, late: bool) -> tuple[str, str]:
    later = late or int(found["ah"]) >= int(found["bh"])
    end = _hours(found, "b", morning_from=NOON if later else 8)
    marked = found["ap"] or (found["bp"] if int(found["ah"]) < int(found["bh"]) != NOON else None)
    half = (marked or "").replace(" ", "")
    start = _clock(found["ah"], found["am"], half=half, morning_from=NOON if late else 8)
    return start, end


def _hours(found: re.Match[str], side: str, *, morning_from: int) -> str:
    half = (found[f"{side}p"] or "").replace(" ", "")
    return _clock(found[f"{side}h"], found[f"{side}m"], half=half, morning_from=morning_from)


def _said(found: re.Match[str], *, words: str) -> str:
    groups = found.groupdict()
    side = "a" if groups.get("ah") else "b"
    half = (groups[f"{side}p"] or "").replace(" ", "")
    if not half and re.search(r"\bmornings?\b", words[: found.end() + 20]):
        half = "am"
    if not half and re.search(r"\b(?:evenings?|nights?|tonight)\b", words):
        half = "pm"
    return _clock(groups[f"{side}h"], groups[f"{side}m"], half=half, morning_from=8)


def _clock(hour_said: str, minute: str | None, *, half: str, morning_from: int) -> str:
    """HH:MM. A bare hour is taken as daytime: 8 to 12 as it stands, 1 to 7 after noon."""
    hour = int(hour_said)
    if (half == "pm" and hour < NOON) or (
        half not in {"am", "noon"} and 1 <= hour < morning_from and hour < NOON
    ):
        hour += NOON
    elif half == "am" and hour == NOON:
        hour = 0
    return f"{hour % 24:02d}:{int(minute or 0):02d}"
