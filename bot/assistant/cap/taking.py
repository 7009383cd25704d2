"""Takes one turn through Rasa: bring the tracker in step, let the rules react, read off the answer.

Refuses to hand out an answer that does not hang together; the caller then brings a person.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.events import ActiveLoop, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from cap.moves import Plan, Standing, plan
from cap.state import (
    ASKED,
    SET_ASIDE,
    fields_of,
    in_step,
    open_question,
    orders_of,
    rebuilt,
    standing,
)
from cap.turns import Turn

START_AGAIN = "start_again"


class NonsenseError(RuntimeError):
    """Rasa said nothing, or asks something else than its form does."""


class Assistant:
    """Rasa with its loaded model, as our channel uses it."""

    def __init__(self, loaded: Agent, on_message: Callable[[UserMessage], Awaitable[Any]]) -> None:
        self._trackers = loaded.tracker_store
        self._domain = loaded.domain
        self._orders = orders_of(loaded.domain)
        self._on_message = on_message

    async def forget(self, sender: str) -> None:
        """After a turn that failed half-way: the next one makes the tracker anew."""
        await self._trackers.save(DialogueStateTracker(sender, self._domain.slots))

    async def take(self, turn: Turn, said: CollectingOutputChannel) -> dict[str, Any]:
        """Raise NonsenseError when the answer does not hang together."""
        before = await self._trackers.retrieve(turn.conversation)
        at = standing(turn, before, orders=self._orders)
        planned = plan(turn, at, orders=self._orders)
        await self._trackers.save(self._made_ready(turn, before, at, planned))
        await self._on_message(_message(turn, planned, said))
        after = await self._trackers.retrieve(turn.conversation)
        if after is None:
            raise NonsenseError
        self._note(turn, at, after)
        await self._trackers.save(after)
        return _answer(turn, planned, said, after)

    def _made_ready(
        self, turn: Turn, before: DialogueStateTracker | None, at: Standing, planned: Plan
    ) -> DialogueStateTracker:
        tracker = before
        if tracker is None or not in_step(tracker, at):
            tracker = rebuilt(turn.conversation, at, domain=self._domain, before=before)
        changes: list[Event] = [
            SlotSet(name, value)
            for name, value in planned.before.items()
            if name in tracker.slots and tracker.get_slot(name) != value
        ]
        if planned.leaves_form:
            changes += [ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)]
        tracker.update_with_events(changes, self._domain)
        return tracker

    def _note(self, turn: Turn, at: Standing, after: DialogueStateTracker) -> None:
        """Remember which questions were put in this form, and what is to be asked anew."""
        form, asks = open_question(after)
        asked = list(at.asked) if form == at.form else []
        asked += [name for name in (at.asks if form == at.form else None, asks) if name]
        aside = set(after.get_slot(SET_ASIDE) or ())
        if turn.intent == START_AGAIN:
            aside = set(turn.captured)
        aside -= set(fields_of(after))
        after.update_with_events(
            [SlotSet(ASKED, list(dict.fromkeys(asked))), SlotSet(SET_ASIDE, sorted(aside))],
            self._domain,
        )


def _message(turn: Turn, planned: Plan, said: CollectingOutputChannel) -> UserMessage:
    metadata = {
        "intent": planned.intent,
        "confidence": turn.confidence,
        "values": dict(planned.values),
    }
    # The intent in place of the words: Rasa needs none, and takes a leading slash for a command.
    return UserMessage(
        planned.intent,
        said,
        turn.conversation,
        input_channel="cap",
        message_id=turn.message_id,
        metadata=metadata,
    )


def _answer(
    turn: Turn, planned: Plan, said: CollectingOutputChannel, after: DialogueStateTracker
) -> dict[str, Any]:
    steps = [message["custom"] for message in said.messages]
    form, asks = open_question(after)
    if not steps or steps[-1].get("asks") != asks:
        raise NonsenseError
    return {
        "message_id": turn.message_id,
        "steps": steps,
        "asks": asks,
        "active_form": form,
        "captured": _captured(turn, after),
        "understood": not planned.missed,
    }


def _captured(turn: Turn, after: DialogueStateTracker) -> Mapping[str, Any]:
    """Everything now known; a field that is no slot here is handed back as it came."""
    foreign = {name: value for name, value in turn.captured.items() if name not in after.slots}
    return {**foreign, **fields_of(after)}
