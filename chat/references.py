"""Names for a conversation: a reference to say, and a code to come back with."""

from collections.abc import Callable
from datetime import datetime
from secrets import randbelow
from zoneinfo import ZoneInfo

from models.vocabulary import Reference

LONDON = ZoneInfo("Europe/London")

REFERENCE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""No 0 O 1 I L, which look alike."""

CODE_LETTERS = "02346789fkmrwy"
"""No two look or sound alike, so that a code can be read out over a bad line; no vowels, so that no
code is a word."""

GROUPS = (4, 4, 4, 4)
"""16 of 14 letters are 60 bits. A million codes, guessed at from a thousand addresses at the five
tries a minute that each is allowed, hold for hundreds of years before one is hit by chance."""

CODE_LENGTH = sum(GROUPS)
SECRET_BYTES = 16


def new_reference(now: datetime, *, pick: Callable[[int], int] = randbelow) -> Reference:
    """`CAP-YYMMDD-XXXX` by the local day; it opens nothing. `pick(n)` draws from 0 to n - 1."""
    drawn = "".join(REFERENCE_LETTERS[pick(len(REFERENCE_LETTERS))] for _ in range(4))
    return Reference(f"CAP-{now.astimezone(LONDON):%y%m%d}-{drawn}")


def resume_code_from(secret: bytes) -> str:
    """A code to say and write down, in four groups of four. The same secret gives the same code.

    Raises ValueError for less than 16 bytes, of which the code would show too much.
    """
    if len(secret) < SECRET_BYTES:
        raise ValueError(f"a resume code needs at least {SECRET_BYTES} secret bytes")
    left = int.from_bytes(secret, "big")
    drawn = []
    for _ in range(CODE_LENGTH):
        left, letter = divmod(left, len(CODE_LETTERS))
        drawn.append(CODE_LETTERS[letter])
    letters = iter("".join(drawn))
    return "-".join("".join(next(letters) for _ in range(size)) for size in GROUPS)


def plain_resume_code(typed: str) -> str:
    """The code as it is compared: however it was grouped, spaced or capitalised when typed. The
    letter O is the nought that people call by its name.
    """
    return "".join(letter for letter in typed.lower() if letter.isalnum()).replace("o", "0")
