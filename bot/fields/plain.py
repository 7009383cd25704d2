"""One plain form of what was typed, for every reader: case, quotes, digits of other scripts, spelled
numbers. Decides nothing about what it means."""

# ruff: noqa: E501 - a pattern is read whole, on its one line

import re
import unicodedata
from collections.abc import Mapping

_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": "-"})
_SHORT: Mapping[str, str] = {
    "u": "you", "ur": "your", "r": "are", "pls": "please", "plz": "please",
    "dnt": "dont", "dont": "dont", "cant": "cant", "wanna": "want to", "gonna": "going to",
    "dunno": "dont know", "idk": "i dont know", "wud": "would", "shud": "should", "no1": "no one",
    "thx": "thanks", "ta": "thanks", "tmrw": "tomorrow", "tmw": "tomorrow", "mins": "minutes",
    "prefere": "prefer", "rarther": "rather", "m8": "mate", "np": "no problem", "sumone": "someone", "som1": "someone",
}  # fmt: skip

_ONE_LETTER = {"y": "yes", "n": "no", "k": "ok"}

_UNITS = {
    "zero": 0, "nought": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13,
    "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "fourty": 40, "twelvth": 12,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "fourty": 40, "fity": 50, "ninty": 90,
}  # fmt: skip
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13,
    "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18,
    "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_SPOKEN_DIGITS = {
    "oh": "0", "o": "0", "zero": "0", "nought": "0", "nil": "0", "one": "1", "two": "2",
    "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "hundred": "00", "thousand": "000",
}  # fmt: skip
_REPEATS = {"double": 2, "dubble": 2, "triple": 3, "treble": 3}
_JOINED = r"\b(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(one|two|three|four|five|six|seven|eight|nine)\b"
_DICTATED = re.compile(r"\b(?:full stop|question mark|comma|new line)\b", re.IGNORECASE)
_HUNDRED = 100


def typed(text: str) -> str:
    """What was typed with one kind of quotes, dashes, spaces and digits; case and words as they are."""
    joined = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    shown = "".join(_digit(sign) for sign in joined if unicodedata.category(sign) not in _HIDDEN)
    return re.sub(r"\s+", " ", _DICTATED.sub(" ", shown)).strip()


_HIDDEN = frozenset({"Cc", "Cf", "Cs"}) - {"Zs"}


def _digit(sign: str) -> str:
    if sign.isascii() or not sign.isdecimal():
        return sign
    return str(unicodedata.decimal(sign))


def plain(text: str) -> str:
    """Lower case words without apostrophes and punctuation, common short forms written out."""
    low = re.sub(r"\bn ?/ ?a\b", "not applicable", typed(text).lower().replace("'", ""))
    words = "".join(sign if _kept(sign) else " " for sign in low).split()
    if len(words) == 1 and words[0] in _ONE_LETTER:
        return _ONE_LETTER[words[0]]
    return " ".join(_SHORT.get(word, word) for word in words)


def _kept(sign: str) -> bool:
    """Letters, figures, the vowel signs of other scripts, and the four signs that mean yes or no."""
    return sign.isalnum() or unicodedata.category(sign).startswith("M") or sign in "👍👎✅❌"


def with_figures(text: str) -> str:
    """Spelled numbers written as figures: "twenty second of may nineteen eighty five" → "22 of may 1985"."""
    low = re.sub(_JOINED, r"\1 \2", typed(text).lower().replace("-", " "))
    tokens = re.findall(r"[^\W\d_]+|\d+|[^\w\s]|_", low)
    out: list[str] = []
    place = 0
    while place < len(tokens):
        value, used = _spelled(tokens, place)
        if used:
            out.append(str(value))
            place += used
        else:
            out.append(tokens[place])
            place += 1
    return " ".join(out)


def _spelled(tokens: list[str], place: int) -> tuple[int, int]:
    """The number that starts here and how many words it takes; (0, 0) when none does."""
    first, used = _below_hundred(tokens, place)
    if not used:
        return 0, 0
    after = place + used
    word = tokens[after] if after < len(tokens) else ""
    if word in {"hundred", "thousand"}:
        scale = 1000 if word == "thousand" else _HUNDRED
        skip = 2 if tokens[after + 1 : after + 2] == ["and"] else 1
        rest, more = _below_hundred(tokens, after + skip)
        return (first * scale + rest, used + skip + more) if more else (first * scale, used + 1)
    return _century(tokens, place, first=first, used=used)


def _century(tokens: list[str], place: int, *, first: int, used: int) -> tuple[int, int]:
    """ "nineteen eighty five" and "twenty oh three" are years; anything else is the number itself."""
    after = place + used
    if first not in {18, 19, 20} or _is_ordinal(tokens[after - 1]):
        return first, used
    if tokens[after : after + 1] == ["oh"]:
        unit, more = _below_hundred(tokens, after + 1)
        return (first * _HUNDRED + unit, used + 1 + more) if more else (first, used)
    rest, more = _below_hundred(tokens, after)
    if more and rest >= 10 and not _is_ordinal(tokens[after + more - 1]):  # noqa: PLR2004
        return first * _HUNDRED + rest, used + more
    return first, used


def _is_ordinal(word: str) -> bool:
    return word in _ORDINALS


def _below_hundred(tokens: list[str], place: int) -> tuple[int, int]:
    word = tokens[place] if place < len(tokens) else ""
    following = tokens[place + 1] if place + 1 < len(tokens) else ""
    if word in _TENS:
        unit = _UNITS.get(following, _ORDINALS.get(following, 0))
        return (_TENS[word] + unit, 2) if 0 < unit < 10 else (_TENS[word], 1)  # noqa: PLR2004
    if word in _UNITS:
        return _UNITS[word], 1
    if word in _ORDINALS:
        return _ORDINALS[word], 1
    return 0, 0


def _names_a_thing(before: list[str]) -> bool:
    """ "My new one" is no figure."""
    said = [token for token in before if not token.isspace()]
    return bool(said) and said[-1] in {
        "new",
        "old",
        "this",
        "that",
        "other",
        "work",
        "home",
        "right",
    }


def digits_spoken(text: str) -> str:
    """Digits read out one by one, as figures: "oh seven double seven" → "0777"; other words stay."""
    out: list[str] = []
    times = 1
    low = re.sub(r"\bo*\d[\do]*\b", lambda found: found[0].replace("o", "0"), typed(text).lower())
    for token in re.findall(r"[^\W\d_]+|\d+|[^\w\s]|\s+", low):
        digit = _SPOKEN_DIGITS.get(token, token if token.isdigit() else "")
        digit = "" if digit == "1" != token and _names_a_thing(out) else digit
        if token in _REPEATS:
            times = _REPEATS[token]
        elif digit and times > 1:
            out.append(digit[0] * times + digit[1:])
            times = 1
        elif digit:
            out.append(digit)
        elif token.isspace() and times > 1:
            continue
        else:
            out.append(token)
    return re.sub(r"(?<=\d)[oO](?=[\dO])|(?<=[\d+])[oO]\b", "0", "".join(out))
