"""Whatever is typed, a reader answers in good time, with a status and never an error."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.fields import READERS, read_answer
from models.vocabulary import FieldStatus

TUESDAY = date(2026, 3, 10)
STORED = {FieldStatus.OK, FieldStatus.PARTIAL}
SECONDS = 1.0

_PIECES = (
    "no yes not 07700 900123 LE2 1AA ish 3rd of the 4th 82 born june 34 after 6 except weds @ . at "
    "dot my mum dont have one why ? dr surgery double oh — 😀 ١٢ ’ \u200b call me n/a 29/2 pm +44"
)
_likely = st.lists(st.sampled_from(_PIECES.split(" ")), max_size=14).map(" ".join)


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=60, deadline=None)
@given(answer=st.one_of(st.text(max_size=200), _likely))
def test_no_text_makes_a_reader_fail(reader: str, answer: str) -> None:
    read = read_answer(reader, answer, today=TUESDAY)
    assert (read.value is not None) == (read.status in STORED)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "1",
        "no ",
        "1 ",
        "a.",
        "@a",
        "not my ",
        "mon-",
        "07700 900123 ",
        "not sure ",
        "12/3/",
        "im ",
    ],
)
def test_a_long_paste_is_read_in_bounded_time(reader: str, piece: str) -> None:
    pasted = (piece * 4000)[:4000]
    assert min(_took(reader, pasted) for _ in range(2)) < SECONDS


def _took(reader: str, pasted: str) -> float:
    """Seconds of this thread's own, whatever else the machine does."""
    started = time.thread_time()
    read_answer(reader, pasted, today=TUESDAY)
    return time.thread_time() - started
