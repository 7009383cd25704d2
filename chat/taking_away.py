"""What a person takes away from a conversation: what they told us, what was agreed, what is next.

Shows them only what they told us and what was said to them; nothing of staff.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from chat import transcript
from chat.enquiries import enquiry_of
from chat.reading_back import in_plain_words
from chat.service import Service
from models.vocabulary import ConversationId, ConversationState, EnquiryId, EnquiryStatus

TRACKING = "tracking"
"""The chat has ended and somebody of the team still has the enquiry."""


@dataclass(frozen=True, slots=True)
class TakeAway:
    """`told`: labels and values in reviewed words; `comes_next`: a state of the conversation, or
    `tracking`; `plan`: what a practitioner agreed with them, in the words said to them.
    """

    told: tuple[tuple[str, str], ...]
    comes_next: str
    plan: str | None


async def take_away(service: Service, conversation: ConversationId) -> TakeAway:
    """Raises NotFoundError."""

    def look(db: Connection) -> TakeAway:
        held = transcript.read(db, conversation)
        enquiry = enquiry_of(db, EnquiryId(held["enquiry_id"]))
        comes_next = _comes_next(ConversationState(held["state"]), EnquiryStatus(enquiry["status"]))
        told = tuple(in_plain_words(enquiry["captured"]))
        return TakeAway(told, comes_next, enquiry["plan_for_person"])

    return await service.store.read(look)


def _comes_next(state: ConversationState, status: EnquiryStatus) -> str:
    if state is ConversationState.CLOSED and status is not EnquiryStatus.CLOSED:
        return TRACKING
    return state.value
