"""What reading one message yields: features, the two readers' findings, the verdict, what was
meant.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.vocabulary import AuthorType, Concern, FieldId, FieldStatus, Kind, Need, Priority


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the ORIGINAL text by character offsets, end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Signal:
    """Words that raised concern, and why, in plain words for a practitioner."""

    id: str
    start: int
    end: int
    reason: str
    priority: Priority


@dataclass(frozen=True, slots=True)
class FirstReading:
    """What the rules found in one text. `failed` names the fault when the reader broke."""

    priority: Priority = Priority.NONE
    signals: tuple[Signal, ...] = ()
    concern: Concern = Concern.SELF
    failed: str | None = None


@dataclass(frozen=True, slots=True)
class Features:
    """One message computed once.

    `rows` holds TF-IDF rows: one a sentence, then the whole text (last). `encoded` is what the
    encoder makes of the text (None: no encoder), `alike` how like it is to each training line
    (None: no embedder). `embedding` is the multilingual embedder's, made only when the text may be
    `foreign` (None then: no embedder). Those named `context_` are the same with what was said
    before, None when nothing was.
    """

    original: str
    clean: str
    offsets: tuple[int, ...]
    sentences: tuple[Span, ...]
    language: str
    language_confidence: float
    rows: csr_matrix
    encoded: NDArray[np.float32] | None = None
    alike: NDArray[np.float32] | None = None
    foreign: bool = False
    embedding: NDArray[np.float32] | None = None
    context_row: csr_matrix | None = None
    context_encoded: NDArray[np.float32] | None = None
    context_alike: NDArray[np.float32] | None = None
    context_embedding: NDArray[np.float32] | None = None

    def alone(self) -> "Features":
        """The same message as if nothing had been said before."""
        return replace(
            self,
            context_row=None,
            context_encoded=None,
            context_alike=None,
            context_embedding=None,
        )


class ReaderFault(StrEnum):
    LATE = "late"
    BROKEN = "broken"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What the model found.

    `unsure`: not confidently below urgent; `calm`: far below, so that a guess at what was meant
    is enough for the bot. `in_itself`: the doubt is in this message's own words, not only in what
    was said before it. `unreadable`: a language it cannot read.
    """

    priority: Priority = Priority.NONE
    unsure: bool = False
    calm: bool = False
    in_itself: bool = True
    unreadable: bool = False
    signal: Signal | None = None
    fault: ReaderFault | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The higher of the two readers.

    `amber`: not confidently below urgent; `doubt`: one of those that add up;
    `fault`: a reader failed.
    """

    priority: Priority
    signals: tuple[Signal, ...] = ()
    concern: Concern = Concern.SELF
    amber: bool = False
    doubt: bool = False
    unreadable: bool = False
    fault: bool = False


@dataclass(frozen=True, slots=True)
class FieldAnswer:
    """An answer read against the open question. `value` is null unless status is ok or partial."""

    field: FieldId
    status: FieldStatus
    value: Any = None
    priority: Priority | None = None


class Intent(StrEnum):
    """What the dialogue is asked to react to. One a message."""

    ANSWER = "answer"
    UNCLEAR_ANSWER = "unclear_answer"
    SKIP = "skip"
    WHY_ASK = "why_ask"
    GO_BACK = "go_back"
    START_AGAIN = "start_again"
    CORRECTION = "correction"
    AFFIRM = "affirm"
    DENY = "deny"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    BOT_IDENTITY = "bot_identity"
    PRIVACY = "privacy"
    HUMAN_REQUEST = "human_request"
    APPOINTMENT = "appointment"
    NAVIGATION = "navigation"
    INFORMATION = "information"
    CLINICAL = "clinical"
    REFERRAL = "referral"
    COMPLAINT = "complaint"
    DIAGNOSIS = "diagnosis"
    MEDICINE = "medicine"
    ABUSE = "abuse"
    OUT_OF_SCOPE = "out_of_scope"
    NOT_UNDERSTOOD = "not_understood"


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was meant by one message, given the question that was open (if any).

    `confident_non_clinical`: the dialogue's half of the inverse gate. `confidence` is 0..1 for
    `intent`.
    `details` are captured field values said in passing (place, needs, author …), by field id.
    `pressing`: somebody at work calls it urgent. `note`: what else was
    said that the bot reacts to: too_unwell (to come), praise, leave_message.
    """

    intent: Intent
    confidence: float
    confident_non_clinical: bool
    kinds: tuple[Kind, ...] = ()
    needs: tuple[Need, ...] = ()
    language: str = "en"
    asks_for_person: bool = False
    faq: str | None = None
    place: str | None = None
    author: AuthorType | None = None
    answer: FieldAnswer | None = None
    details: Mapping[FieldId, Any] = field(default_factory=dict)
    pressing: bool = False
    note: str | None = None
