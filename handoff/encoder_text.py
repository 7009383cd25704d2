"""Puts a clean text into the words that the encoder's vocabulary knows. Judges nothing."""

import unicodedata

_SYMBOLS = frozenset({"So", "Sk"})
_SKIN = range(0x1F3FB, 0x1F400)


def spelled(text: str) -> str:
    """Emoji and other symbols by their names: the vocabulary has none of them."""
    if text.isascii():
        return text
    return "".join(map(_spelled, text))


def _spelled(character: str) -> str:
    if ord(character) in _SKIN:
        return ""
    if unicodedata.category(character) not in _SYMBOLS:
        return character
    return f" {unicodedata.name(character, '').lower()} "
