"""Use cases by actor: enquirer, bot, practitioner, the passing of time.

Knows neither sockets nor HTML.
"""
