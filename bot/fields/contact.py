"""Phone numbers, e-mail addresses, postcodes and NHS numbers as people type them. UK forms only."""

# ruff: noqa: E501 - a pattern is read whole, on its one line

import re
from collections.abc import Sequence

import phonenumbers
from nhs_number.validate import is_valid

from bot.fields.answer import (
    DECLINED,
    INVALID,
    UNCLEAR,
    Reading,
    no_value,
    ok,
    partial,
    phrase_lists,
)
from bot.fields.plain import digits_spoken, plain, typed

UK_DIGITS = 11
SOME_DIGITS = 4  # fewer are not an attempt at a number
NHS_DIGITS = 10

_RUN = re.compile(r"\+?\(?\d(?:[\s().\-/,]*\d)*")
_NOT_THIS = re.compile(
    r"\b(?:not|old(?: number| one)?(?: was| is)?|used to be|dont (?:use|ring|call)|no longer|was)\b"
    r"[^\d]{0,18}$"
)
_PREFERRED = re.compile(
    r"\b(?:new|now|use|instead|moved to|sorry|actually|i mean|meant|its now|best|correct|rather|"
    r"should be)\b[^\d]{0,24}$|\bto\s*$"
)
_PHONE_CUES = (
    "number|mobile|phone|landline|ring|call|same|usual|file|before|already|home|work|cell|digits"
)


def read_phone(text: str) -> Reading:
    """An UK number as 11 digits from 0 (a few landlines have 10)."""
    spoken = _without_extension(digits_spoken(text.replace("(0)", "")))
    runs = [run for run in _RUN.finditer(spoken) if _count(run.group()) >= SOME_DIGITS]
    numbers = [(run, _uk_number(run.group())) for run in runs]
    good = [(run.start(), run.end(), number) for run, number in numbers if number]
    if good:
        return _settled(spoken, good)
    if runs and any(_looks_like_phone(run.group()) for run in runs):
        return INVALID
    if re.search(r"\d{3}", spoken) and re.fullmatch(r"[\W\d]*", spoken):
        return INVALID
    if phrase_lists()["no_contact"].found(plain(text)):
        return DECLINED
    return no_value(text, cues=_PHONE_CUES)


def _without_extension(text: str) -> str:
    return re.sub(r"\b(?:ext|extension|x)\.?\s*\d{1,5}\b", " ", text)


def _count(run: str) -> int:
    return sum(sign.isdigit() for sign in run)


def _looks_like_phone(run: str) -> bool:
    return _count(run) > SOME_DIGITS


def _uk_number(run: str) -> str | None:
    digits = re.sub(r"\D", "", run)
    digits = re.sub(r"^(?:00)?440?(?=[1-9]\d{8,9}$)", "0", digits) if _has_code(run) else digits
    if re.fullmatch(r"[1237]\d{9}", digits) and not run.lstrip().startswith("+"):
        digits = f"0{digits}"
    if re.fullmatch(r"0[1-37]\d{9}|0800\d{7}|0808\d{7}|08\d{9}", digits):
        return digits
    return digits if re.fullmatch(r"0[18]\d{8}", digits) and _allocated(digits) else None


def _has_code(run: str) -> bool:
    return re.match(r"\s*\(?(?:\+|00)?\s*\(?44", run) is not None


def _allocated(digits: str) -> bool:
    return phonenumbers.is_valid_number(phonenumbers.parse(digits, "GB"))


def _settled(text: str, good: Sequence[tuple[int, int, str]]) -> Reading:
    """Of several (start, end, value) the one chosen: never one ruled out, first one marked right."""
    ends = [0, *(end for _, end, _ in good)]
    said = [
        (text[before:at].lower(), value) for before, (at, _, value) in zip(ends, good, strict=False)
    ]
    open_to = [(lead, value) for lead, value in said if not _NOT_THIS.search(lead)]
    if not open_to:
        return UNCLEAR
    for lead, value in reversed(open_to):
        if _PREFERRED.search(lead):
            return ok(value)
    return ok(open_to[0][1])


_EMAIL = re.compile(
    r"[a-z0-9][a-z0-9._%+\-']*@[a-z0-9](?:[a-z0-9.\-]*[a-z0-9])?\.[a-z]{2,}", re.IGNORECASE
)
# "sam jones@example.com": a space in it, or a name before it? Asked again, not guessed.
_BROKEN_LOCAL_PART = re.compile(
    r"^(?!(?:not|its?|it's|mine|email|mail|me|on|at|to|is|my|the|here|yes|yeah|try|use|sure|ok|hi|"
    r"address|or|then|just|please|send|contact|e-mail|reach)\b)[a-z]+\s[a-z0-9]+\s*@",
    re.IGNORECASE,
)
_EMAIL_CUES = "email|mail|gmail|hotmail|outlook|yahoo|icloud|address|same|file|inbox"


def read_email(text: str) -> Reading:
    """An address in lower case; "at" and "dot" are read when it is dictated."""
    shown = typed(text)
    for candidate in (shown, _undictated(shown)):
        if _BROKEN_LOCAL_PART.search(candidate):
            return UNCLEAR
        joined = re.sub(r"\s*([@])\s*", r"\1", candidate)
        found = [(one.start(), one.end(), one.group().lower()) for one in _EMAIL.finditer(joined)]
        if found:
            return _settled(joined, found)
    if "@" in shown or re.search(r"\S+\.(?:com|co\.uk|net|org)\b", shown, re.IGNORECASE):
        return INVALID
    return no_value(text, cues=_EMAIL_CUES)


def _undictated(text: str) -> str:
    bare = re.sub(r"[\[({]\s*(at|dot|@)\s*[\])}]", r" \1 ", text, flags=re.IGNORECASE)
    spoken = re.sub(r"\s*\bat\b\s+(?=\S+\s*(?:dot|\.))", "@", bare, flags=re.IGNORECASE)
    spoken = re.sub(r"\s*\bdot\b\s*", ".", spoken, flags=re.IGNORECASE)
    spoken = re.sub(r"\s*\bunder ?score\b\s*", "_", spoken, flags=re.IGNORECASE)
    spoken = re.sub(r"\s*\b(?:dash|hyphen)\b\s*", "-", spoken, flags=re.IGNORECASE)
    spoken = re.sub(r"(?<=@)(\w+)\s+\.", r"\1.", spoken)
    spoken = re.sub(r",(?=(?:com|co|net|org)\b)", ".", spoken)
    return re.sub(r"\s*\.\s*(?=(?:com|co|uk|net|org|ac|nhs)\b)", ".", spoken)


_AREAS = re.findall(
    r"\w+",
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E "
    "EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL "
    "LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM "
    "SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE",
)
_AREA = "(?:" + "|".join(sorted(_AREAS, key=len, reverse=True)) + ")"
_FULL = re.compile(
    rf"(?<![A-Z0-9])({_AREA}\s?[0-9OI][0-9A-Z]?)[\s\-.,]*([0-9OIL][ABD-HJLNP-UW-Z]{{2}})(?![A-Z0-9])"
)
_SPACED = re.compile(r"(?<![A-Z0-9])(?:[A-Z0-9] ){4,6}[A-Z0-9](?![A-Z0-9])")
_OUTWARD = re.compile(rf"(?<![A-Z0-9])({_AREA}\s?[0-9][0-9A-Z]?)(?![A-Z0-9])")
_ATTEMPT = re.compile(
    r"(?<![A-Z0-9])[A-Z]{1,3}\s?\d[A-Z0-9]?\s*\d[A-Z]{2}(?![A-Z0-9])|^\d{5,6}$|^[A-Z]{1,2}\d[\dA-Z]{5,}$"
)
_POSTCODE_CUES = "postcode|post code|code|street|road|area|near|live|village|town|leicester|house"


def read_postcode(text: str) -> Reading:
    """A postcode in capitals with one space; an outward code alone is partial."""
    shown = typed(text).upper()
    shown = _SPACED.sub(lambda found: found.group().replace(" ", ""), shown)
    shown = re.sub(r"(?<=\d)[\s-]?ISH\b", "", shown)
    compact = re.sub(r"[\s.\-]", "", shown)
    whole = _FULL.fullmatch(compact)
    if whole and re.search(
        rf"^[\s.\-]*{_apart(whole[1])}[\s.\-]+{_apart(whole[2])}[\s.\-]*$", shown
    ):
        shown = compact
    full = [
        (found.start(), found.end(), _postcode(found))
        for found in _FULL.finditer(shown)
        if re.search(r"\d", found.group())
    ]
    if full:
        return _settled(shown, full)
    outward = [(found.start(), found.end(), found.group(1)) for found in _OUTWARD.finditer(shown)]
    if _ATTEMPT.search(shown) or (outward and re.search(r"\d[A-Z]{3,}\d?$|\d[A-Z]\d", shown)):
        return INVALID
    if outward:
        settled = _settled(shown, outward)
        return partial(settled.value.replace(" ", "")) if settled.value else settled
    return no_value(text, cues=_POSTCODE_CUES)


def _apart(code: str) -> str:
    return r"[\s.\-]*".join(code)


def _postcode(found: re.Match[str]) -> str:
    outward, inward = found.group(1).replace(" ", ""), found.group(2)
    area = re.match(r"[A-Z]+?(?=[0-9OI])", outward)
    start = area.end() if area else 0
    outward = outward[:start] + outward[start:].replace("O", "0").replace("I", "1")
    first = inward[0].replace("O", "0").replace("I", "1").replace("L", "1")
    return f"{outward} {first}{inward[1:]}"


_THREE_THREE_FOUR = re.compile(r"(?<!\d)(?<!\d )\d{3}\D?\d{3}\D?\d{4}(?! ?\d)")
_NHS_CUES = "nhs|number|letter|card|digits|file|records?"


def read_nhs_number(text: str) -> Reading:
    """Ten digits whose last one checks the others (modulus 11)."""
    spoken = digits_spoken(text)
    runs = [
        re.sub(r"\D", "", run.group()) for run in _RUN.finditer(re.sub(r"[A-Za-z]+", "x", spoken))
    ]
    candidates = [run for run in runs if len(run) == NHS_DIGITS]
    grouped = [re.sub(r"\D", "", part) for part in _THREE_THREE_FOUR.findall(spoken)]
    for number in (*candidates, *grouped):
        if is_valid(number) and len(set(number)) > 1:
            return ok(number)
    if candidates or any(len(run) > SOME_DIGITS for run in runs):
        return INVALID
    return no_value(text, cues=_NHS_CUES)
