"""Reads and rebuilds the state of a dialogue in a Rasa tracker. Takes no message, says nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    DEFAULT_SLOT_NAMES,
    REQUESTED_SLOT,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
)
from rasa.shared.core.trackers import DialogueStateTracker

from cap.moves import NOT_ASKED, Standing
from cap.turns import Turn

ASKED, SET_ASIDE = "asked", "set_aside"
NOTES = frozenset(
    {ASKED, SET_ASIDE, "missed_before", "moved", "in_other_words", "fault", "faq", "chosen"}
    | {"at_work", "in_form", "about_other"}
)
LONGEST = 90  # events; a turn costs more the longer its tracker is, so a long one is made anew


def orders_of(domain: Domain) -> dict[str, list[str]]:
    """The forms and their questions in order."""
    return {form: domain.required_slots_for_form(form) for form in domain.form_names}


def fields_of(tracker: DialogueStateTracker) -> dict[str, Any]:
    """What is captured: every field slot that has a value of the service's."""
    return {
        name: slot.value
        for name, slot in tracker.slots.items()
        if _is_field(name) and slot.value is not None and slot.value != NOT_ASKED
    }


def open_question(tracker: DialogueStateTracker) -> tuple[str | None, str | None]:
    """The form now active and its open question; both None when no question is open."""
    form, asks = tracker.active_loop_name, tracker.get_slot(REQUESTED_SLOT)
    return (form, asks) if form and asks else (None, None)


def standing(
    turn: Turn, tracker: DialogueStateTracker | None, *, orders: Mapping[str, Sequence[str]]
) -> Standing:
    """Where the service says the dialogue is. What it says wins over what the tracker remembers."""
    form, asks = turn.active_form, turn.asks
    if form not in orders or asks not in orders[str(form)]:
        form, asks = None, None
    aside = set(tracker.get_slot(SET_ASIDE) or ()) if tracker else set()
    known = {
        name: value for name, value in turn.captured.items() if name != asks and name not in aside
    }
    if tracker is not None and open_question(tracker) == (form, asks):
        asked = tuple(tracker.get_slot(ASKED) or ())
    else:
        # Lost: count everything known as asked, so that six are never exceeded.
        asked = tuple(name for name in orders[form] if name in known) if form else ()
    return Standing(form, asks, known, asked)


def in_step(tracker: DialogueStateTracker, at: Standing) -> bool:
    """Whether the tracker can take the turn as it is."""
    if len(tracker.events) > LONGEST or open_question(tracker) != (at.form, at.asks):
        return False
    ours = {name: value for name, value in at.known.items() if name in tracker.slots}
    return fields_of(tracker) == ours


def rebuilt(
    sender: str, at: Standing, *, domain: Domain, before: DialogueStateTracker | None
) -> DialogueStateTracker:
    """A short tracker in the same state: as if the form had just put its open question."""
    events: list[Event] = [
        ActionExecuted(ACTION_SESSION_START_NAME),
        SessionStarted(),
        ActionExecuted(ACTION_LISTEN_NAME),
    ]
    events += [SlotSet(name, value) for name, value in at.known.items()]
    events += [SlotSet(ASKED, list(at.asked))]
    if before is not None:
        events.append(SlotSet(SET_ASIDE, before.get_slot(SET_ASIDE)))
    if at.form is not None:
        events += [ActionExecuted(at.form), ActiveLoop(at.form), SlotSet(REQUESTED_SLOT, at.asks)]
        events += [_put(at, domain), ActionExecuted(ACTION_LISTEN_NAME)]
    slots = domain.slots
    known_slots = {slot.name for slot in slots}
    fitting = [e for e in events if not isinstance(e, SlotSet) or e.key in known_slots]
    return DialogueStateTracker.from_events(sender, fitting, slots=slots)


def _put(at: Standing, domain: Domain) -> BotUttered:
    plainly = domain.responses[f"utter_ask_{at.asks}"][-1]
    return BotUttered(data={"custom": plainly["custom"]})


def _is_field(name: str) -> bool:
    return name not in NOTES and name not in DEFAULT_SLOT_NAMES
