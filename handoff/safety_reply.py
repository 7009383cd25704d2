"""What is meant by the reply to the gentle safety question, "are you safe right now?".

Exact words only; pure.

The question's yes is safe, unlike the crisis script's, whose yes is danger.
"""

import re
from enum import StrEnum
from typing import assert_never

from handoff.crisis_replies import CrisisReplies, Reply


class SafetyReply(StrEnum):
    SAFE = "safe"
    NOT_SAFE = "not_safe"
    UNSURE = "unsure"
    DECLINED = "declined"
    OTHER = "other"


_YES = frozenset(
    {"yes", "y", "yeah", "yep", "yeh", "ye", "yes i am", "i am", "yes thanks", "yes thank you"}
)
_NO = frozenset({"no", "n", "nope", "nah", "no im not", "no i am not"})
_SAFE_WORDS = re.compile(
    r"\b(?:im|i am|yes|yeah|yep|we are|were|shes|hes|they are)\b.*\b(?:safe|ok|okay|fine)\b"
)
_BUT = re.compile(r"\b(?:not|no|dont|isnt|arent|cant|but|until|tonight|anymore|wish|if)\b")


def safety_reply(replies: CrisisReplies, text: str, *, choice: str | None) -> SafetyReply:
    """OTHER is for what does not answer the question: it is routed as any message is."""
    plain = " ".join(re.findall(r"[^\W_]+", re.sub(r"['’`]", "", text.lower())))
    if choice is None and plain in _YES:
        return SafetyReply.SAFE
    if choice is None and plain in _NO:
        return SafetyReply.NOT_SAFE
    if choice is None and _SAFE_WORDS.search(plain) and not _BUT.search(plain):
        return SafetyReply.SAFE
    return _from_crisis_words(replies.meaning(text, choice=choice))


def _from_crisis_words(reply: Reply) -> SafetyReply:
    match reply:
        case Reply.NO:
            return SafetyReply.SAFE
        case Reply.YES | Reply.DANGER | Reply.CANNOT_CALL | Reply.WORSE:
            return SafetyReply.NOT_SAFE
        case Reply.UNSURE:
            return SafetyReply.UNSURE
        case Reply.DECLINED:
            return SafetyReply.DECLINED
        case (
            Reply.SOMEONE_WITH_ME
            | Reply.TELL_WHERE
            | Reply.NOT_WITH_ME
            | Reply.CHILDLINE
            | Reply.ABUSE_LINE
            | Reply.ADD_NUMBER
            | Reply.CALL_BACK
            | Reply.DENIAL
            | Reply.NUMBER
            | Reply.PLACE
            | Reply.NOTHING
            | Reply.WORDS
        ):
            return SafetyReply.OTHER
        case _:
            assert_never(reply)
