"""What one message means by itself, whatever was asked: intent, person, place, needs, author.

Decides no urgency. Unsure is never "not clinical".
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.at_work import AT_WORK, intent_at_work, is_pressing
from bot.faq import Faq
from bot.fields.answer import is_question
from bot.fields.options import needs_in, read_one_of
from bot.fields.plain import plain
from bot.heard import SURE_OF_KIND, Heard, KindsReader
from bot.intents import (
    NON_CLINICAL,
    faq_intent,
    kinds_intent,
    phrase_intent,
    whole_intent,
)
from bot.phrases import Phrases
from bot.places import Gazetteer
from bot.told import told
from models.readings import Features, Intent, Understanding
from models.vocabulary import AuthorType, FieldId, Kind, Need

CLINICAL_DOUBT = 0.25  # a hint of a clinical kind this strong takes the certainty away
SHORT_ANSWER = 4  # words
PERSON_KIND = 0.85
TOO_UNWELL = "too_unwell"
NOTES = ("praise", "leave_message", TOO_UNWELL)
OWN_TEAM = "existing_team"
PHONE_INSTEAD = "phone_instead"
NAMED_ROUTES = ("eating_disorder", "care_home")
# Questions that we have a sentence for, and that are for a practitioner all the same.
CLINICAL_QUESTIONS = frozenset(
    {
        "eating",
        "perinatal",
        "worried_other",
        "domestic",
        "older_memory",
        "crisis_what",
        "lonely",
        "existing_team",
    }
)
# Questions about a need: answered by places near the person rather than by one sentence.
DIRECTORY_QUESTIONS = frozenset(
    {"benefits_money", "housing", "lonely", "drugs_alcohol", "work", "carer_support"}
)
_VAGUE = frozenset({Intent.INFORMATION, Intent.NOT_UNDERSTOOD, Intent.CLINICAL})
_AUTHORS = (
    AuthorType.EMERGENCY_CREW,
    AuthorType.PROFESSIONAL,
    AuthorType.PARTNER,
    AuthorType.CARER,
    AuthorType.SERVICE_USER,
)
_HELD_TO = AT_WORK | {AuthorType.EMERGENCY_CREW}  # said at the start, whoever is spoken of since


class Meaning:
    """Reads a message by itself; holds only reviewed data and the kinds reader."""

    def __init__(
        self, kinds: KindsReader, *, phrases: Phrases, faq: Faq, gazetteer: Gazetteer
    ) -> None:
        self._kinds = kinds
        self._phrases = phrases
        self._faq = faq
        self._gazetteer = gazetteer

    def hear(self, features: Features, *, calm: bool, is_reply: bool = False) -> Heard:
        """`is_reply`: in its whole a reviewed reply: it asks for a person only in so many words."""
        words = plain(features.original)
        found = self._kinds.read(features)
        likely = not is_reply and found.confidence.get(Kind.HUMAN_REQUEST, 0.0) >= PERSON_KIND
        question = self._faq.match(features.original)
        if self._phrases.heard("bot_identity", words) or self._phrases.heard("has_team", words):
            likely = False  # about us, or about somebody of theirs
        if question is not None and question.sure and question.id == PHONE_INSTEAD:
            likely = False  # they are told the number, and a person answers it
        return Heard(
            text=features.original,
            words=words,
            found=found,
            person=self._phrases.asks_for_person(words) or likely,
            clinical=self._phrases.heard("clinical", words),
            harm=self._phrases.heard("harm", words),
            question=question,
            calm=calm,
        )

    def general(
        self,
        heard: Heard,
        *,
        features: Features,
        author: AuthorType | None,
        today: date,
        is_asked: bool = False,
    ) -> Understanding:
        """`is_asked`: a question is open, so that what fits nothing is likelier an answer to it."""
        intent, confidence, by_phrase = self._intent(heard)
        said = self._author(heard.words)
        who = author if author in _HELD_TO else said or author
        known, named = heard.sure_question, said if who == said else None
        intent = self._for_whom(heard, intent, who=who, is_asked=is_asked)
        place = self._gazetteer.find(heard.text)
        needs = tuple(dict.fromkeys((*heard.found.needs, *needs_in(heard.text))))
        sure_place = place.name if place and not place.confirm else None
        sure = self._surely_not_clinical(
            heard, intent, confidence=confidence, by_phrase=by_phrase, language=features.language
        )
        return Understanding(
            intent=intent,
            confidence=confidence,
            confident_non_clinical=sure,
            kinds=heard.found.kinds,
            needs=needs,
            language=features.language,
            asks_for_person=heard.person or intent is Intent.HUMAN_REQUEST,
            faq=known,
            place=place.name if place else None,
            author=who,
            details={
                **self._details(heard, intent, place=sure_place, needs=needs, author=named),
                **self._told(heard, intent, today=today),
            },
            pressing=who in AT_WORK and is_pressing(heard.words, phrases=self._phrases),
            note=next((one for one in NOTES if self._phrases.heard(one, heard.words)), None),
        )

    def _told(self, heard: Heard, intent: Intent, *, today: date) -> Mapping[FieldId, Any]:
        return told(
            heard.text,
            intent=intent,
            phrases=self._phrases,
            kinds=heard.found.confidence,
            today=today,
        )

    def _for_whom(
        self, heard: Heard, intent: Intent, *, who: AuthorType | None, is_asked: bool
    ) -> Intent:
        """At work, a message about a patient is for a practitioner or about how to refer; from
        anybody else, a wish to be seen is clinical, and so is a named route.
        """
        special = any(self._phrases.heard(name, heard.words) for name in NAMED_ROUTES)
        known = heard.sure_question
        if who in AT_WORK:
            return (
                intent
                if is_asked
                else intent_at_work(
                    intent, heard.words, phrases=self._phrases, faq=known, special=special
                )
            )
        is_wish = intent is Intent.REFERRAL or (special and intent in _VAGUE)
        return Intent.CLINICAL if is_wish and (known is None or special) else intent

    def _intent(self, heard: Heard) -> tuple[Intent, float, bool]:
        """The intent, how sure of it, and whether a phrase or a known question gave it."""
        whole = whole_intent(self._phrases, heard.words)
        if whole is not None:
            return whole, 1.0, True
        if heard.person:
            return Intent.HUMAN_REQUEST, 1.0, True
        meant, confidence = kinds_intent(heard.found.kinds, heard.found.confidence, calm=heard.calm)
        said = phrase_intent(self._phrases, heard.words)
        clinical = meant is Intent.CLINICAL and said not in {Intent.MEDICINE, Intent.DIAGNOSIS}
        if clinical or heard.sure_question == OWN_TEAM:
            return self._outranks_clinical(heard) or (Intent.CLINICAL, confidence, not clinical)
        vague = self._vague(heard, meant, said, confidence=confidence)
        return vague or self._said(heard, said) or (meant, confidence, False)

    def _vague(
        self, heard: Heard, meant: Intent, said: Intent | None, *, confidence: float
    ) -> tuple[Intent, float, bool] | None:
        """A need named, or a team of their own, says more than "a question"."""
        if heard.sure_question in DIRECTORY_QUESTIONS and heard.looks_for_help:
            return Intent.NAVIGATION, SURE_OF_KIND, False
        if self._is_of_own_team(heard, meant, said):
            return Intent.CLINICAL, confidence, False
        wants_place = heard.looks_for_help or heard.asks_of_hours
        if wants_place and meant in _VAGUE and heard.sure_question is None:
            return self._said(heard, said) or (Intent.NAVIGATION, SURE_OF_KIND, False)
        return None

    @staticmethod
    def _outranks_clinical(heard: Heard) -> tuple[Intent, float, bool] | None:
        """A short question that we have an answer to, or a need that is no illness."""
        if heard.looks_for_help or (heard.calm and heard.asks_of_hours):
            return Intent.NAVIGATION, SURE_OF_KIND, False
        question = heard.question
        if question is None or not question.sure or question.id in CLINICAL_QUESTIONS:
            return None
        if heard.doubt_of_danger >= SURE_OF_KIND:
            return None
        return faq_intent(question.id), question.confidence, True

    def _is_of_own_team(self, heard: Heard, meant: Intent, said: Intent | None) -> bool:
        """Somebody with a team of their own who wants to reach it: more than a question."""
        if heard.asks_surely or said is not None or meant not in _VAGUE:
            return False
        return self._phrases.heard("has_team", heard.words)

    @staticmethod
    def _said(heard: Heard, said: Intent | None) -> tuple[Intent, float, bool] | None:
        """What a phrase, a known question or a bare yes or no says."""
        if said in {Intent.MEDICINE, Intent.DIAGNOSIS}:
            return said, 0.9, True
        if heard.question is not None and heard.question.sure:
            return faq_intent(heard.question.id), heard.question.confidence, True
        if said is not None:
            return said, 0.9, True
        if is_question(heard.text) or heard.clinical or len(heard.words.split()) > SHORT_ANSWER:
            return None
        replies = {"yes": Intent.AFFIRM, "no": Intent.DENY}
        reply = replies.get(str(read_one_of("safe_now", heard.text).value))
        return (reply, 1.0, True) if reply is not None else None

    def _surely_not_clinical(
        self, heard: Heard, intent: Intent, *, confidence: float, by_phrase: bool, language: str
    ) -> bool:
        if heard.person or heard.harm or not self._may_be_kept(heard, intent, by_phrase=by_phrase):
            return False
        if language == "en" and self._is_named(heard, intent, by_phrase=by_phrase):
            return True
        if heard.calm:
            likely = confidence >= SURE_OF_KIND and heard.clinical_doubt < SURE_OF_KIND
            return likely or not heard.clinical
        if whole_intent(self._phrases, heard.words) is not None:
            return heard.clinical_doubt < SURE_OF_KIND or len(heard.words.split()) <= SHORT_ANSWER
        if heard.clinical or language != "en":
            return False
        doubt = SURE_OF_KIND if by_phrase else CLINICAL_DOUBT
        return heard.clinical_doubt < doubt and (by_phrase or confidence >= SURE_OF_KIND)

    def _may_be_kept(self, heard: Heard, intent: Intent, *, by_phrase: bool) -> bool:
        match intent:
            case Intent.MEDICINE | Intent.DIAGNOSIS:
                return by_phrase
            case Intent.CLINICAL:
                return heard.calm and self._phrases.heard("has_team", heard.words)
            case _:
                return intent in NON_CLINICAL

    def _is_named(self, heard: Heard, intent: Intent, *, by_phrase: bool) -> bool:
        """What is wanted is said in so many words, and nothing of danger is likelier than not."""
        if heard.doubt_of_danger >= SURE_OF_KIND and not heard.calm:
            return False
        needs = intent is Intent.NAVIGATION and heard.looks_for_help
        kept = intent in {Intent.MEDICINE, Intent.DIAGNOSIS, Intent.CLINICAL}
        # They are offered a person in the same breath: see appt.unwell.
        unwell = intent is Intent.APPOINTMENT and self._phrases.heard(TOO_UNWELL, heard.words)
        return needs or kept or unwell or (by_phrase and heard.asks_surely)

    def _author(self, words: str) -> AuthorType | None:
        for name in _AUTHORS:
            if self._phrases.heard(name.value, words):
                return name
        return None

    @staticmethod
    def _details(
        heard: Heard,
        intent: Intent,
        *,
        place: str | None,
        needs: tuple[Need, ...],
        author: AuthorType | None,
    ) -> Mapping[FieldId, Any]:
        """What was said in passing and need not be asked again."""
        details: dict[FieldId, Any] = {}
        if place:
            details[FieldId("place")] = place
        if needs:
            details[FieldId("need_topics")] = [need.value for need in needs]
        if author is not None:
            details[FieldId("author_type")] = author.value
        if intent is Intent.APPOINTMENT:
            action = read_one_of("appt_action", heard.text)
            if action.value is not None:
                details[FieldId("appt_action")] = action.value
        return details
