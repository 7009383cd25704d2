"""Rasa's understanding component: takes the service's own reading from the metadata of the message.

Classifies nothing itself: a message that brings no reading counts as not understood.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    INTENT,
    INTENT_NAME_KEY,
    METADATA,
    PREDICTED_CONFIDENCE_KEY,
)
from rasa.shared.nlu.training_data.message import Message

NOT_UNDERSTOOD = "not_understood"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Reading(GraphComponent):
    """Metadata `{"intent", "confidence", "values": {name: value}}` becomes intent and entities."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],  # noqa: ARG003 - Rasa calls it with these names
        model_storage: ModelStorage,  # noqa: ARG003
        resource: Resource,  # noqa: ARG003
        execution_context: ExecutionContext,  # noqa: ARG003
    ) -> Reading:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            _read(message)
        return messages


def _read(message: Message) -> None:
    metadata = message.get(METADATA) or {}
    intent = {
        INTENT_NAME_KEY: metadata.get("intent", NOT_UNDERSTOOD),
        PREDICTED_CONFIDENCE_KEY: metadata.get("confidence", 0.0),
    }
    entities = [
        {ENTITY_ATTRIBUTE_TYPE: name, ENTITY_ATTRIBUTE_VALUE: value}
        for name, value in metadata.get("values", {}).items()
    ]
    message.set(INTENT, intent, add_to_output=True)
    message.set(ENTITIES, entities, add_to_output=True)
