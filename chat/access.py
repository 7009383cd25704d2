"""Keys to a conversation: bearer tokens and resume codes.

Only their hashes are stored; nothing here reads a row's content.
"""

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from chat.references import plain_resume_code, resume_code_from
from models.errors import NotFoundError, NotSignedInError
from models.statements import KEY
from models.tables import conversations
from models.vocabulary import ConversationId

_BY_TOKEN = select(conversations.c.id).where(conversations.c.token_hash == bindparam(KEY))


def digest(secret: str) -> str:
    """What is stored of a token or code. Of anything at all: a cookie may hold what is no text."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Keys:
    """Derives a conversation's keys from the service's own secret, so that they can be shown again,
    never read.
    """

    secret: bytes

    def token(self, conversation: ConversationId) -> str:
        """256 bits; opens the conversation for the browser that started it."""
        return self._derive("token", conversation).hex()

    def resume_code(self, conversation: ConversationId) -> str:
        """Spoken-friendly; opens the conversation on another device, behind a rate limit."""
        return resume_code_from(self._derive("resume", conversation))

    def address(self, address: str) -> str:
        """A keyed hash: tells whether two conversations came from one place, never from where."""
        return hmac.new(self.secret, f"address:{address}".encode(), hashlib.sha256).hexdigest()

    def _derive(self, purpose: str, conversation: ConversationId) -> bytes:
        return hmac.new(self.secret, f"{purpose}:{conversation}".encode(), hashlib.sha256).digest()


def conversation_by_token(connection: Connection, token: str) -> ConversationId:
    """Raises NotSignedInError."""
    found = connection.execute(_BY_TOKEN, {KEY: digest(token)}).scalar()
    if found is None:
        raise NotSignedInError
    return ConversationId(found)


def conversation_by_resume_code(connection: Connection, code: str) -> ConversationId:
    """Raises NotFoundError."""
    hashed = digest(plain_resume_code(code))
    statement = select(conversations.c.id).where(conversations.c.resume_hash == hashed)
    found = connection.execute(statement).scalar()
    if found is None:
        raise NotFoundError
    return ConversationId(found)
