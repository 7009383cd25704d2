"""What staff added around a conversation, beside its briefing, and that facts keep up to date."""

from typing import Any

from sqlalchemy import Connection

from chat.reviewing import reviews_of
from models.vocabulary import ConversationId


def live_parts(db: Connection, conversation: ConversationId) -> dict[str, Any]:
    """These parts + the facts about this conversation = these parts later."""
    return {"reviews": reviews_of(db, conversation)}
