"""Composition root, settings, command line, HTTP and Socket.IO edges, pages.

Writes only through chat.
"""
