"""Our parts of the assistant that Rasa loads by name. Runs in Rasa's process; imports nothing of the service."""
