"""Our parts of the assistant, which Rasa loads by name. Imports nothing of the service."""
