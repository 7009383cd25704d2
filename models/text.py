"""Text that every store and every page can hold. Changes nothing else of it."""

import re

UNREADABLE = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def readable(text: str) -> str:
    """NUL and lone surrogates become U+FFFD: no store and no page can hold them."""
    return UNREADABLE.sub(REPLACEMENT, text)
