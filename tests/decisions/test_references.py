"""References that can be said, and codes that can be typed again and not guessed."""

import math
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.references import (
    CODE_LENGTH,
    CODE_LETTERS,
    REFERENCE_LETTERS,
    new_reference,
    plain_resume_code,
    resume_code_from,
)
from tests.decisions.rules import london

NOON = london("2026-11-24 12:00")
LOOK_ALIKES = ("0oq", "1il", "2z", "5s", "8b", "uv", "9g")


def test_a_reference_has_the_local_day_and_four_letters():
    drawn = iter([0, 30, 5, 23])
    assert new_reference(NOON, pick=lambda n: next(drawn)) == "CAP-261124-A9F2"


def test_the_day_is_the_one_in_london():
    reference = new_reference(london("2027-06-02 00:30"), pick=lambda n: 0)
    assert reference == "CAP-270602-AAAA"


def test_a_reference_draws_from_all_its_letters():
    last = new_reference(NOON, pick=lambda letters: letters - 1)
    assert last == f"CAP-261124-{REFERENCE_LETTERS[-1] * 4}"


def test_a_reference_has_no_look_alikes():
    assert not set("0O1IL") & set(REFERENCE_LETTERS)
    assert len(set(REFERENCE_LETTERS)) == len(REFERENCE_LETTERS) == 31


def test_references_are_drawn_anew():
    assert len({new_reference(NOON) for _ in range(50)}) > 45


def test_a_code_cannot_be_guessed():
    assert CODE_LENGTH * math.log2(len(CODE_LETTERS)) >= 60


@pytest.mark.parametrize("alike", LOOK_ALIKES)
def test_a_code_has_no_two_letters_that_look_alike(alike):
    assert len(set(alike) & set(CODE_LETTERS)) <= 1


def test_a_code_is_never_a_word():
    assert not set("aeiou") & set(CODE_LETTERS)


@given(secret=st.binary(min_size=16, max_size=64))
def test_a_code_is_four_groups_of_four_of_its_letters(secret):
    assert re.fullmatch(
        rf"[{CODE_LETTERS}]{{4}}(?:-[{CODE_LETTERS}]{{4}}){{3}}",
        (resume_code_from(secret)),
    )


@given(secret=st.binary(min_size=32, max_size=32))
def test_the_same_secret_gives_the_same_code_and_another_another(secret):
    other = bytes([secret[0]]) + secret[1:31] + bytes([secret[31] ^ 1])
    assert resume_code_from(secret) == resume_code_from(secret)
    assert resume_code_from(secret) != resume_code_from(other)


@pytest.mark.parametrize(
    "alike",
    [
        "bcdegptvz3",
        "ahj8",
        "ajk",
        "fsx",
        "mn",
        "59",
        "iy1l",
        "qu2",
        "o0",
        "vw",
        "5s",
        "2z",
        "b8",
        "g9q",
    ],
)
def test_no_two_letters_of_a_code_sound_or_look_alike(alike):
    assert len(set(alike) & set(CODE_LETTERS)) <= 1


def test_every_letter_is_as_likely_in_every_place():
    codes = [plain_resume_code(resume_code_from(n.to_bytes(32, "big") * 2)) for n in range(1, 4001)]
    for place in range(CODE_LENGTH):
        counted = Counter(code[place] for code in codes)
        assert set(counted) == set(CODE_LETTERS)
        assert max(counted.values()) < 2 * 4000 / len(CODE_LETTERS)


@pytest.mark.parametrize("secret", [b"", b"short", b"x" * 15])
def test_too_little_secret_is_refused(secret):
    with pytest.raises(ValueError, match="16 secret bytes"):
        resume_code_from(secret)


@pytest.mark.parametrize(
    "typed",
    [
        "k04f-7r3m-94wy-2268",
        "K04F-7R3M-94WY-2268",
        " k04f 7r3m 94wy 2268 ",
        "k04f7r3m94wy2268",
        "kO4f7r3m94wy2268",
        "k04f\N{EN DASH}7r3m\N{EN DASH}94wy\N{EN DASH}2268.",
        "k 0 4 f, 7 r 3 m, 9 4 w y, 2 2 6 8",
    ],
)
def test_a_code_is_the_same_however_it_is_typed(typed):
    assert plain_resume_code(typed) == "k04f7r3m94wy2268"
