"""What one message means by itself, whatever was asked: intent, person, place, needs, author.

Decides no urgency. Unsure is never "not clinical".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.faq import Faq, FaqMatch
from bot.fields.answer import is_question
from bot.fields.options import needs_in, read_one_of
from bot.fields.plain import plain
from bot.intents import (
    NON_CLINICAL,
    NOT_FOR_THE_BOT,
    faq_intent,
    kinds_intent,
    phrase_intent,
    whole_intent,
)
from bot.phrases import Phrases
from bot.places import Gazetteer
from models.readings import Features, Intent, Understanding
from models.vocabulary import AuthorType, FieldId, Kind, Need

SURE_OF_KIND = 0.5
CLINICAL_DOUBT = 0.25  # a hint of a clinical kind this strong takes the certainty away
SHORT_ANSWER = 4  # words
PERSON_KIND = 0.85


@dataclass(frozen=True, slots=True)
class KindsReading:
    """What a message is about. `confidence` 0..1 for every kind the reader knows."""

    kinds: tuple[Kind, ...]
    needs: tuple[Need, ...]
    confidence: Mapping[Kind, float]


class KindsFound(Protocol):
    @property
    def kinds(self) -> tuple[Kind, ...]: ...
    @property
    def needs(self) -> tuple[Need, ...]: ...
    @property
    def confidence(self) -> Mapping[Kind, float]: ...


class KindsReader(Protocol):
    def read(self, features: Features) -> KindsFound: ...


@dataclass(frozen=True, slots=True)
class Heard:
    """One message taken apart once."""

    text: str
    words: str
    found: KindsFound
    person: bool
    clinical: bool
    question: FaqMatch | None
    calm: bool

    @property
    def clinical_doubt(self) -> float:
        return max(self.found.confidence.get(kind, 0.0) for kind in NOT_FOR_THE_BOT)


class Meaning:
    """Reads a message by itself; holds only reviewed data and the kinds reader."""

    def __init__(
        self, kinds: KindsReader, *, phrases: Phrases, faq: Faq, gazetteer: Gazetteer
    ) -> None:
        self._kinds = kinds
        self._phrases = phrases
        self._faq = faq
        self._gazetteer = gazetteer

    def hear(self, features: Features, *, calm: bool) -> Heard:
        words = plain(features.original)
        found = self._kinds.read(features)
        likely = found.confidence.get(Kind.HUMAN_REQUEST, 0.0) >= PERSON_KIND
        return Heard(
            text=features.original,
            words=words,
            found=found,
            person=self._phrases.asks_for_person(words) or likely,
            clinical=self._phrases.heard("clinical", words),
            question=self._faq.match(features.original),
            calm=calm,
        )

    def general(
        self, heard: Heard, *, features: Features, author: AuthorType | None
    ) -> Understanding:
        intent, confidence, by_phrase = self._intent(heard)
        place = self._gazetteer.find(heard.text)
        needs = tuple(dict.fromkeys((*heard.found.needs, *needs_in(heard.text))))
        said = self._author(heard.words)
        sure_place = place.name if place and not place.confirm else None
        sure_question = heard.question is not None and heard.question.sure
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
            asks_for_person=heard.person,
            faq=heard.question.id if heard.question and sure_question else None,
            place=place.name if place else None,
            author=said or author,
            details=self._details(heard, intent, place=sure_place, needs=needs, author=said),
        )

    def _intent(self, heard: Heard) -> tuple[Intent, float, bool]:
        """The intent, how sure of it, and whether a phrase or a known question gave it."""
        whole = whole_intent(self._phrases, heard.words)
        if whole is not None:
            return whole, 1.0, True
        if heard.person:
            return Intent.HUMAN_REQUEST, 1.0, True
        meant, confidence = kinds_intent(heard.found.kinds, heard.found.confidence, calm=heard.calm)
        said = phrase_intent(self._phrases, heard.words)
        if meant is Intent.CLINICAL and said not in {Intent.MEDICINE, Intent.DIAGNOSIS}:
            return meant, confidence, False
        if meant is Intent.NOT_UNDERSTOOD and heard.calm and heard.found.needs:
            meant, confidence = Intent.NAVIGATION, SURE_OF_KIND
        return self._said(heard, said) or (meant, confidence, False)

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
        if intent not in NON_CLINICAL or heard.person:
            return False
        if heard.calm:
            likely = confidence >= SURE_OF_KIND and heard.clinical_doubt < SURE_OF_KIND
            return likely or not heard.clinical
        if whole_intent(self._phrases, heard.words) is not None:
            return heard.clinical_doubt < SURE_OF_KIND or len(heard.words.split()) <= SHORT_ANSWER
        if heard.clinical or language != "en":
            return False
        doubt = SURE_OF_KIND if by_phrase else CLINICAL_DOUBT
        return heard.clinical_doubt < doubt and (by_phrase or confidence >= SURE_OF_KIND)

    def _author(self, words: str) -> AuthorType | None:
        for name in (AuthorType.PROFESSIONAL, AuthorType.CARER, AuthorType.SERVICE_USER):
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
