"""What staff added around a conversation, beside its briefing, and that facts keep up to date."""

from typing import Any

from sqlalchemy import Connection

from chat.concerns import concerns_of
from chat.limiting import limit_view
from chat.participants import colleagues_of
from chat.reviewing import reviews_of
from chat.transcript import read
from models.vocabulary import ConversationId


def live_parts(db: Connection, conversation: ConversationId) -> dict[str, Any]:
    """These parts + the facts about this conversation = these parts later."""
    return {
        "reviews": reviews_of(db, conversation),
        "colleagues": colleagues_of(db, conversation),
        "limit": limit_view(db, read(db, conversation)),
        **concerns_of(db, conversation),
    }
