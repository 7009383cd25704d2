"""Rows are locked in one order, so that no two nodes wait for each other: conversations, then what
belongs to them, then the tallies that all share. Looked at in every transaction of every use case.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from traceback import extract_stack
from typing import Any

from sqlalchemy import Engine, Select, Update, event

from chat import audit
from handoff.queue import FACT_NUMBER
from models.statements import KEY
from models.tables import conversations, queue_entries, tallies, transfers

CONVERSATION, ITS_OWN, TALLY = "a conversation", "an entry or a transfer", "a tally"
TALLIES = (audit.NUMBER, FACT_NUMBER)
BY_ENTRY = "the conversation of an entry"


@dataclass
class LockOrder:
    """What one transaction after the other has locked. `faults` names each step backwards."""

    faults: list[str] = field(default_factory=list)
    _held: set[object] = field(default_factory=set)
    _own: bool = False
    _tallies: list[str] = field(default_factory=list)

    def begin(self) -> None:
        self._held, self._own, self._tallies = set(), False, []

    def note(self, clause: object, given: dict[str, Any]) -> None:
        for table in _locked(clause):
            if table is conversations:
                self._note_conversation(BY_ENTRY if _is_by_entry(clause) else given.get(KEY))
            elif table is tallies:
                self._note_tally(_name_of(clause))
            elif table in {queue_entries, transfers}:
                self._own = True

    def _note_conversation(self, which: object) -> None:
        if which is BY_ENTRY and self._held:
            return  # of an entry whose conversation was locked by its own id
        if which not in self._held and BY_ENTRY not in self._held:
            if self._own or self._tallies:
                self._fault(f"{CONVERSATION} after {ITS_OWN if self._own else TALLY}")
        elif which not in self._held:
            self._held.discard(BY_ENTRY)  # it was this one's
        self._held.add(which)

    def _note_tally(self, name: str) -> None:
        if name in TALLIES and name not in self._tallies:
            if any(TALLIES.index(one) > TALLIES.index(name) for one in self._tallies):
                self._fault(f"{name} after {self._tallies[-1]}")
            self._tallies.append(name)

    def _fault(self, what: str) -> None:
        frames = [one for one in extract_stack() if "/chat/" in one.filename]
        places = [f"{Path(one.filename).stem}:{one.lineno}" for one in reversed(frames)]
        self.faults.append(f"{what}: {' < '.join(places)}")


def _locked(clause: object) -> list[Any]:
    if isinstance(clause, Update):
        return [clause.table]
    if isinstance(clause, Select) and (how := clause._for_update_arg) is not None:
        return list(how.of or clause.get_final_froms())
    return []


def _is_by_entry(clause: object) -> bool:
    """Found by what is known of its entry, before its own id is known."""
    return isinstance(clause, Select) and queue_entries in clause.get_final_froms()[0]._from_objects


def _name_of(clause: Any) -> str:
    return str(clause.whereclause.right.value)


@contextmanager
def watched(engine: Engine) -> Iterator[None]:
    """Fails with what was locked in another order, when the use cases within are done."""
    order = LockOrder()

    def executed(_connection, clause, multiple, parameters, _options):
        order.note(clause, parameters or (multiple[0] if multiple else {}))

    def sent(_connection, _cursor, statement, *_rest):
        if statement == "SAVEPOINT job":
            order.begin()

    event.listen(engine, "before_execute", executed)
    event.listen(engine, "before_cursor_execute", sent)
    try:
        yield
    finally:
        event.remove(engine, "before_execute", executed)
        event.remove(engine, "before_cursor_execute", sent)
    assert not order.faults, "\n".join(order.faults)
