"""From kinds and phrases to the one intent that the dialogue reacts to. Decides no urgency."""

from collections.abc import Mapping

from bot.phrases import Phrases
from models.readings import Intent
from models.vocabulary import Kind

# Kinds that are never the bot's to answer, and how sure is sure enough of them.
NOT_FOR_THE_BOT = (Kind.CRISIS, Kind.EMERGENCY_SERVICES, Kind.SAFEGUARDING, Kind.CLINICAL)
_OF_KIND: tuple[tuple[Kind, Intent], ...] = (
    (Kind.CRISIS, Intent.CLINICAL),
    (Kind.EMERGENCY_SERVICES, Intent.CLINICAL),
    (Kind.SAFEGUARDING, Intent.CLINICAL),
    (Kind.CLINICAL, Intent.CLINICAL),
    (Kind.HUMAN_REQUEST, Intent.HUMAN_REQUEST),
    (Kind.APPOINTMENT_CHANGE, Intent.APPOINTMENT),
    (Kind.COMPLAINT_FEEDBACK, Intent.COMPLAINT),
    (Kind.REFERRAL, Intent.REFERRAL),
    (Kind.DIRECTORY_NEED, Intent.NAVIGATION),
    (Kind.NAVIGATION, Intent.NAVIGATION),
    (Kind.GENERAL_INFO, Intent.INFORMATION),
    (Kind.EXISTING_PATIENT, Intent.INFORMATION),
    (Kind.ABUSE_OR_SPAM, Intent.ABUSE),
    (Kind.OUT_OF_SCOPE, Intent.OUT_OF_SCOPE),
    (Kind.GREETING, Intent.GREETING),
)
# Said whole: "thanks", "go back". A longer message is about something.
_WHOLE = (
    ("why_ask", Intent.WHY_ASK),
    ("go_back", Intent.GO_BACK),
    ("start_again", Intent.START_AGAIN),
    ("thanks", Intent.THANKS),
    ("goodbye", Intent.GOODBYE),
    ("greeting", Intent.GREETING),
    ("skip", Intent.SKIP),
)
_WITHIN = (
    ("medicine", Intent.MEDICINE),
    ("diagnosis", Intent.DIAGNOSIS),
    ("bot_identity", Intent.BOT_IDENTITY),
    ("privacy", Intent.PRIVACY),
    ("correction", Intent.CORRECTION),
    ("complaint", Intent.COMPLAINT),
    ("appointment", Intent.APPOINTMENT),
    ("abuse", Intent.ABUSE),
)
_OF_FAQ: Mapping[str, Intent] = {
    "robot": Intent.BOT_IDENTITY,
    "private": Intent.PRIVACY,
    "anonymous": Intent.PRIVACY,
    "delete": Intent.PRIVACY,
    "parents_told": Intent.PRIVACY,
    "medicine": Intent.MEDICINE,
    "diagnosis": Intent.DIAGNOSIS,
    "complain": Intent.COMPLAINT,
    "appt_change": Intent.APPOINTMENT,
    "appt_when": Intent.APPOINTMENT,
}
HINT = 0.5
# Intents that the bot may keep when it is sure of them.
NON_CLINICAL = frozenset(
    {
        Intent.APPOINTMENT,
        Intent.NAVIGATION,
        Intent.INFORMATION,
        Intent.GREETING,
        Intent.THANKS,
        Intent.GOODBYE,
        Intent.BOT_IDENTITY,
        Intent.PRIVACY,
        Intent.COMPLAINT,
        Intent.OUT_OF_SCOPE,
        Intent.ABUSE,
        Intent.WHY_ASK,
        Intent.GO_BACK,
        Intent.START_AGAIN,
        Intent.SKIP,
        Intent.CORRECTION,
        Intent.AFFIRM,
        Intent.DENY,
        Intent.ANSWER,
        Intent.UNCLEAR_ANSWER,
        Intent.REFERRAL,
    }
)


def whole_intent(phrases: Phrases, words: str) -> Intent | None:
    return next((intent for name, intent in _WHOLE if phrases.heard(name, words)), None)


def phrase_intent(phrases: Phrases, words: str) -> Intent | None:
    return next((intent for name, intent in _WITHIN if phrases.heard(name, words)), None)


def faq_intent(faq_id: str) -> Intent:
    return _OF_FAQ.get(faq_id, Intent.INFORMATION)


def kinds_intent(
    kinds: tuple[Kind, ...], confidence: Mapping[Kind, float], *, calm: bool = False
) -> tuple[Intent, float]:
    """The intent of the kinds read: danger and symptoms outrank all else, then the surest.

    `calm`: the screen is sure that nothing is urgent, so the surest kind wins, and a mere hint of
    a clinical one is none.
    """
    if calm:
        kinds = tuple(kind for kind in kinds if not _is_hint(kind, confidence))
    else:
        for kind in NOT_FOR_THE_BOT:
            if kind in kinds:
                return Intent.CLINICAL, confidence.get(kind, 0.5)
    if not kinds:
        return Intent.NOT_UNDERSTOOD, 0.0
    known = dict(_OF_KIND)
    ranked = sorted(
        (kind for kind in kinds if kind in known), key=lambda kind: -confidence.get(kind, 0.5)
    )
    if not ranked:
        return Intent.NOT_UNDERSTOOD, 0.0
    return known[ranked[0]], confidence.get(ranked[0], 0.5)


def _is_hint(kind: Kind, confidence: Mapping[Kind, float]) -> bool:
    return kind in NOT_FOR_THE_BOT and confidence.get(kind, 0.5) < HINT
