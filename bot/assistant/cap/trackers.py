"""Keeps the trackers of the conversations going on, in memory, as objects; forgets the oldest.

Nothing is lost by forgetting: every turn carries what it takes to make the tracker anew.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker

MOST = 1_000


class RecentTrackers(TrackerStore):
    """At most `most` trackers, each cut to its last session."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        most: int = MOST,
        **_endpoint: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self._most = most
        self._trackers: OrderedDict[str, DialogueStateTracker] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        kept = self._cut(tracker)
        self._trackers[tracker.sender_id] = kept
        self._trackers.move_to_end(tracker.sender_id)
        while len(self._trackers) > self._most:
            self._trackers.popitem(last=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        tracker = self._trackers.get(sender_id)
        if tracker is not None:
            self._trackers.move_to_end(sender_id)
        return tracker

    async def keys(self) -> Iterable[str]:
        return list(self._trackers)

    def _cut(self, tracker: DialogueStateTracker) -> DialogueStateTracker:
        events = list(tracker.events)
        starts = [place for place, event in enumerate(events) if isinstance(event, SessionStarted)]
        if not starts or starts[-1] <= 1:
            return tracker
        slots = self.domain.slots
        last = events[starts[-1] - 1 :]  # the action that starts a session stands before it
        return DialogueStateTracker.from_events(tracker.sender_id, last, slots=slots)
