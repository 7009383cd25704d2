"""Vocabulary, errors, facts, rows and the store.

Holds no rules and does no I/O beyond the store.
"""
