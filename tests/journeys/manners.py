"""What the bot never does, found in the messages that a person saw. Knows no script."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from bot.wording import Message, Wording
from tests.journeys.player import Played

WORDING = Wording.load()
MOST_QUESTIONS = 6
MOST_OF_ONE = 3  # the question, in other words, and once more after an interruption
FORM = {"pro_routine"}  # one form, not a chat
SAFETY = {"safe_now", "location_now"}
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")
SCORE = re.compile(r"\b(?:low|medium|high) risk\b|\d ?%|\bscore\b", re.IGNORECASE)


def faults(played: Played) -> list[str]:
    """Everything that went against the never list, in words."""
    said = [one for one in played.messages if one["speaker"] in {"bot", "system"}]
    found = [fault for one in said for fault in _in_one(one)]
    found += _repeated(played.messages)
    found += _too_many(played)
    return found


def _in_one(one: dict[str, Any]) -> Iterator[str]:
    wording = one.get("wording_id")
    if wording is None or wording not in WORDING:
        yield f"a sentence without reviewed wording: {one['text'][:60]}"
        return
    if wording != "faq.answer" and not _is_of(WORDING.message(wording), one["text"]):
        yield f"{wording} is not said as reviewed: {one['text'][:60]}"
    if EMOJI.search(one["text"]):
        yield f"{wording} has a picture sign"
    if SCORE.search(one["text"]):
        yield f"{wording} speaks of a score"
    if one["text"].count("?") > 1 and wording not in {"faq.answer", "ask.safe_to_call"}:
        yield f"{wording} asks two things at once"


def _is_of(message: Message, text: str) -> bool:
    """Is the text one bubble of the wording, with its placeholders filled by something?"""
    return any(
        re.fullmatch(re.sub(r"\\\{[a-z_]+\\\}", ".+", re.escape(bubble)), text, re.DOTALL)
        for bubble in message.bubbles
    )


def _repeated(messages: list[dict[str, Any]]) -> Iterator[str]:
    """The same sentence of the bot's twice running, whatever the person said between."""
    said = [one for one in messages if one["speaker"] == "bot"]
    for before, after in pairwise(said):
        if before["text"] == after["text"]:
            yield f"said twice running: {after.get('wording_id')}"


def _too_many(played: Played) -> Iterator[str]:
    kind = played.enquiry.get("kind")
    asked = Counter(played.asked)
    if kind not in FORM and len(set(played.asked_with_bot) - SAFETY) > MOST_QUESTIONS:
        yield f"more than {MOST_QUESTIONS} questions: {', '.join(played.asked_with_bot)}"
    for name, times in asked.items():
        if times > MOST_OF_ONE:
            yield f"{name} was asked {times} times"
    personal = {"call_me", "phone", "dob_or_age", "nhs_number", "gp_practice"}
    red = played.enquiry.get("priority") in {"very_urgent", "emergency"}
    if red and "safe_now" in asked:
        before = played.asked[: played.asked.index("safe_now")]
        if len(set(before) & personal) > MOST_QUESTIONS:
            yield "details were asked for before the safety message"
