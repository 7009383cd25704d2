"""One reading of a message for the dialogue: what was meant, given the question that was open.

Decides no urgency. Unsure is never "not clinical": the bot keeps only what it is sure it may keep.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bot.capture import CaptureSchema
from bot.choices import ChoiceMeaning, Choices, answer_of
from bot.faq import Faq
from bot.fields import read_field
from bot.heard import SURE_OF_KIND, Heard, KindsReader, KindsReading
from bot.meaning import CLINICAL_DOUBT, SHORT_ANSWER, Meaning
from bot.phrases import Phrases
from bot.places import Gazetteer
from bot.plain_reply import PlainReplies
from models.readings import Features, FieldAnswer, Intent, Understanding
from models.vocabulary import AuthorType, FieldId, FieldStatus, Need, Priority

__all__ = ["KindsReader", "KindsReading", "Understander"]
CLOSED_ANSWER = 12  # words; a longer one tells more than was asked
_OPEN_READERS = frozenset({"free_text", "person_concerned", "team_or_worker"})
_INTERRUPTS = frozenset({Intent.WHY_ASK, Intent.GO_BACK, Intent.START_AGAIN})
_WORRYING_ACTIONS = frozenset({"not_safe", "worse", "cannot_call", "not_with_me", "urgent"})


class Understander:
    """Reads messages; holds only reviewed data and the kinds reader."""

    def __init__(
        self,
        kinds: KindsReader,
        *,
        schema: CaptureSchema,
        choices: Choices,
        phrases: Phrases,
        faq: Faq,
        gazetteer: Gazetteer,
    ) -> None:
        self._meaning = Meaning(kinds, phrases=phrases, faq=faq, gazetteer=gazetteer)
        self._schema = schema
        self._choices = choices
        self._plain = PlainReplies(schema, choices, phrases)

    @classmethod
    def load(cls, kinds: KindsReader) -> "Understander":
        return cls(
            kinds,
            schema=CaptureSchema.load(),
            choices=Choices.load(),
            phrases=Phrases.load(),
            faq=Faq.load(),
            gazetteer=Gazetteer.load(),
        )

    def is_plain_reply(self, text: str, *, asks: FieldId | None, choice: str | None) -> bool:
        """A tap, a move, a date or figures, an option of the open question: nothing beside it."""
        return self._plain.heard(text, asks=asks, choice=choice)

    def read(
        self,
        features: Features,
        *,
        today: date,
        danger: Callable[[str], Priority | None],
        author: AuthorType | None = None,
        asks: FieldId | None = None,
        choice: str | None = None,
        calm: bool = False,
    ) -> Understanding:
        """What was meant. `asks`: the open question; `choice`: the quick reply that was tapped.

        `calm`: the screen is sure that nothing is urgent here, so a likely reading is enough.
        `danger` reads an answer for danger; an answer in danger has status risk and no value.
        """
        meaning = self._choices.get(choice) if choice else None
        if meaning is not None:
            return self._tapped(meaning, asks=asks, language=features.language, author=author)
        is_reply = self._plain.heard(features.original, asks=asks, choice=None)
        heard = self._meaning.hear(features, calm=calm, is_reply=is_reply)
        general = self._meaning.general(
            heard, features=features, author=author, today=today, is_asked=asks is not None
        )
        if asks is None or asks not in self._schema.ids():
            return general
        return self._answered(heard, general, asks=asks, today=today, danger=danger)

    def _tapped(
        self,
        meaning: ChoiceMeaning,
        *,
        asks: FieldId | None,
        language: str,
        author: AuthorType | None,
    ) -> Understanding:
        answer = None
        if asks is not None and asks in self._schema.ids():
            field = self._schema.field(asks)
            answer = answer_of(
                meaning, asks, reader=field.reader or "free_text", options=field.options
            )
        intent = meaning.intent if answer is None else _intent_of(answer)
        wants_person = meaning.asks_for_person and (answer is None or meaning.action is not None)
        worrying = meaning.action in _WORRYING_ACTIONS or meaning.intent is Intent.CLINICAL
        details = dict(meaning.details)
        if answer is not None and answer.value is not None:
            details[asks or answer.field] = answer.value
        said = details.get(FieldId("author_type"))
        return Understanding(
            intent=Intent.HUMAN_REQUEST if meaning.asks_for_person and answer is None else intent,
            confidence=1.0,
            confident_non_clinical=not worrying and not wants_person,
            language=language,
            asks_for_person=wants_person,
            needs=_needs_of(details),
            author=AuthorType(said) if said else author,
            answer=answer,
            details=details,
            pressing=meaning.action == "at_work_urgent",
            note="leave_message" if meaning.action == "leave_message" else None,
        )

    def _answered(
        self,
        heard: Heard,
        general: Understanding,
        *,
        asks: FieldId,
        today: date,
        danger: Callable[[str], Priority | None],
    ) -> Understanding:
        """The open question's answer first; an interruption keeps its own intent."""
        answer = read_field(asks, heard.text, schema=self._schema, today=today, danger=danger)
        if answer.status is FieldStatus.RISK:
            return replace(
                general, intent=Intent.CLINICAL, confident_non_clinical=False, answer=answer
            )
        interrupts = general.intent in _INTERRUPTS or general.asks_for_person
        other = answer.status is FieldStatus.NOT_AN_ANSWER and _is_topic(general)
        if interrupts or other:
            return replace(general, answer=FieldAnswer(asks, FieldStatus.NOT_AN_ANSWER))
        details = dict(general.details)
        if answer.value is not None:
            details[asks] = answer.value
        return replace(
            general,
            intent=_intent_of(answer),
            confidence=1.0 if answer.value is not None else general.confidence,
            confident_non_clinical=self._plain_answer(heard, answer),
            answer=answer,
            details=details,
        )

    def _plain_answer(self, heard: Heard, answer: FieldAnswer) -> bool:
        """A plain valid answer to a closed question, saying nothing beside."""
        if heard.clinical:
            return False
        if heard.calm:
            return True
        if answer.status in {FieldStatus.UNCLEAR, FieldStatus.NOT_AN_ANSWER}:
            return False
        length = len(heard.words.split())
        open_ended = self._schema.field(answer.field).reader in _OPEN_READERS
        if open_ended or length > CLOSED_ANSWER:
            return length <= CLOSED_ANSWER and heard.clinical_doubt < CLINICAL_DOUBT
        return length <= SHORT_ANSWER or heard.clinical_doubt < SURE_OF_KIND


def _needs_of(details: Mapping[FieldId, Any]) -> tuple[Need, ...]:
    named = details.get(FieldId("need_topics"), ())
    return tuple(need for need in Need if need.value in named)


def _intent_of(answer: FieldAnswer) -> Intent:
    match answer.status:
        case FieldStatus.OK | FieldStatus.PARTIAL:
            return Intent.ANSWER
        case FieldStatus.DECLINED | FieldStatus.NOT_APPLICABLE:
            return Intent.SKIP
        case _:
            return Intent.UNCLEAR_ANSWER


def _is_topic(general: Understanding) -> bool:
    small = {Intent.NOT_UNDERSTOOD, Intent.AFFIRM, Intent.DENY, Intent.SKIP}
    return general.intent not in small
