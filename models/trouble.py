"""What kind of trouble a database's refusal is, and whether trying again can help. Pure."""

from enum import Enum

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

_TURNED_AWAY = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, a lock not had in time: undone, and good to try again."""
_CLOSING = frozenset({"57P01", "57P02", "57P03", "53300", "25P03"})
"""Shut down, crashed, starting, no connection free, cut for idling in a transaction."""
_LINK_CLASS = "08"


class Trouble(Enum):
    """CROWDED: others stood in the way, all is undone. GONE: the database cannot be reached, all is
    undone. IN_DOUBT: it went while committing, which may be done or not. REFUSED: it said no.
    """

    CROWDED = "crowded"
    GONE = "gone"
    IN_DOUBT = "in_doubt"
    REFUSED = "refused"

    @property
    def may_pass(self) -> bool:
        return self in {Trouble.CROWDED, Trouble.GONE}


def trouble_of(error: SQLAlchemyError, *, committing: bool) -> Trouble:
    """SQLite has no link to lose: what it refuses is refused."""
    if not isinstance(error, DBAPIError) or not hasattr(error.orig, "sqlstate"):
        return Trouble.REFUSED
    state = getattr(error.orig, "sqlstate", None)
    if state in _TURNED_AWAY:
        return Trouble.CROWDED
    lost = state is None and type(error).__name__ in {"OperationalError", "InterfaceError"}
    closing = state is not None and (state in _CLOSING or state.startswith(_LINK_CLASS))
    if lost or closing or error.connection_invalidated:
        return Trouble.IN_DOUBT if committing else Trouble.GONE
    return Trouble.REFUSED
