"""Chooses what a response says: never the sentence just said, and never by chance.

Fills what a command carries from the slots as they are; writes no sentence.
"""

from __future__ import annotations

import copy
from typing import Any

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from cap.moves import DECLINED, NOT_ASKED

_SPOKEN_BY_THE_SERVICE = {"answer_faq", "search_directory", "handoff"}
_NO_ANSWER = (None, DECLINED, NOT_ASKED)
IN_OTHER_WORDS = "in_other_words"


class Variations(TemplatedNaturalLanguageGenerator):
    """Of the variations that fit the slots, the first that was not the last thing said; where that
    leaves none, the question in other words.
    """

    def __init__(
        self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None
    ) -> None:
        super().__init__(domain.responses if domain else {})

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        slots = tracker.current_slot_values()
        if utter_action not in self.responses:
            return None
        said = last_said(tracker)
        usual = self._fitting(utter_action, output_channel, slots)
        others = self._fitting(utter_action, output_channel, {**slots, IN_OTHER_WORDS: True})
        fitting = [*usual, *others]
        if not fitting:
            return None
        chosen = next((one for one in fitting if one["custom"].get("say") != said), fitting[0])
        return {"custom": _filled(chosen["custom"], slots)}

    def _fitting(self, action: str, channel: str, slots: dict[str, Any]) -> list[dict[str, Any]]:
        """Variations whose conditions the slots meet, in the order in which they are written."""
        found = ResponseVariationFilter(self.responses).responses_for_utter_action(
            action, channel, slots
        )
        return list(found)


def last_said(tracker: DialogueStateTracker) -> str | None:
    """The wording id of the last thing said; None when the service said it, or nothing yet."""
    for event in reversed(tracker.events):
        custom = (event.data.get("custom") or {}) if isinstance(event, BotUttered) else {}
        if custom.get("command") in _SPOKEN_BY_THE_SERVICE:
            return None
        if "say" in custom:
            said: str = custom["say"]
            return said
    return None


def _filled(custom: dict[str, Any], slots: dict[str, Any]) -> dict[str, Any]:
    """A command's `with` names slots: those with an answer go along, as they are."""
    filled = copy.deepcopy(custom)
    if "command" in filled:
        carried = {name: slots.get(name) for name in filled.pop("with", [])}
        named = {name: value for name, value in filled.items() if name != "command"}
        given = {name: value for name, value in carried.items() if value not in _NO_ANSWER}
        return {"command": filled["command"], "arguments": {**named, **given}}
    return filled
