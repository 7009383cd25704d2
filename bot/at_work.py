"""What somebody at work wants of us: a practitioner now, the way to refer, or what anybody asks.

Decides no urgency: says only whether they call it urgent.
"""

from bot.phrases import Phrases
from models.readings import Intent
from models.vocabulary import AuthorType

AT_WORK = frozenset({AuthorType.PROFESSIONAL, AuthorType.PARTNER})
_ABOUT_A_PATIENT = frozenset(
    {
        Intent.CLINICAL,
        Intent.REFERRAL,
        Intent.NOT_UNDERSTOOD,
        Intent.INFORMATION,
        Intent.HUMAN_REQUEST,
        Intent.MEDICINE,
        Intent.DIAGNOSIS,
        Intent.OUT_OF_SCOPE,
    }
)
HOW_TO_REFER = "pro_refer"


def is_pressing(words: str, *, phrases: Phrases) -> bool:
    """They call it urgent, and not "not urgent"."""
    return phrases.heard("urgent_at_work", words) and not phrases.heard("not_urgent", words)


def intent_at_work(
    intent: Intent, words: str, *, phrases: Phrases, faq: str | None, special: bool
) -> Intent:
    """The intent as it counts for somebody at work.

    A named route is clinical; urgent is a person; "not urgent" and "refer" is how to refer; else
    words about a patient are a person's to answer.
    """
    if intent not in _ABOUT_A_PATIENT:
        return intent
    if is_pressing(words, phrases=phrases) or intent is Intent.HUMAN_REQUEST:
        return Intent.HUMAN_REQUEST
    if special:
        return Intent.CLINICAL
    refers = phrases.heard("refers", words) or faq == HOW_TO_REFER
    if refers or phrases.heard("not_urgent", words):
        return Intent.REFERRAL
    if intent is Intent.INFORMATION or (
        intent is Intent.OUT_OF_SCOPE and not _speaks_of_a_client(words)
    ):
        return intent
    return Intent.HUMAN_REQUEST if intent is not Intent.REFERRAL else intent


def _speaks_of_a_client(words: str) -> bool:
    return any(word in words.split() for word in ("patient", "client", "resident", "pupil"))
