"""What a message says in answer to "are you safe right now?": by the exact words, else by the
options of that question. Pure.
"""

import re
from typing import Any

from sqlalchemy import RowMapping

from bot.fields.options import read_one_of
from handoff.crisis_replies import CrisisReplies
from handoff.safety_reply import SafetyReply, safety_reply

SHORT = 8  # words
_NOT_KNOWN = re.compile(r"\b(?:don.?t|do not) (?:\w+ )?know\b", re.IGNORECASE)
_BY_OPTION = {"no": SafetyReply.SAFE, "not_sure": SafetyReply.UNSURE}


def heard_about_safety(replies: CrisisReplies, message: RowMapping | dict[str, Any]) -> SafetyReply:
    """OTHER is for what does not answer the question."""
    said = safety_reply(replies, message["text"], choice=message["choice"])
    if said is not SafetyReply.OTHER or message["choice"] or not _is_short(message["text"]):
        return said
    found = read_one_of("safe_now", message["text"]).value
    if found is None and _NOT_KNOWN.search(message["text"]):
        return SafetyReply.UNSURE
    return _BY_OPTION.get(str(found), SafetyReply.OTHER)


def answers_only_safety(replies: CrisisReplies, message: RowMapping | dict[str, Any]) -> bool:
    """A short answer to the question, whatever it is, and nothing beside it."""
    is_answer = heard_about_safety(replies, message) is not SafetyReply.OTHER
    return is_answer and _is_short(message["text"])


def _is_short(text: str) -> bool:
    return len(text.split()) <= SHORT
