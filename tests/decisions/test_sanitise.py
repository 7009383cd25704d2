"""Any text becomes safe to read, and every character of it knows where it came from."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handoff.sanitise import HEAD, TAIL, sanitise

ANY_TEXT = st.text(st.characters(), max_size=300)  # lone surrogates too


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("ｈｅｌｐ", "help"),
        ("ﬁne", "fine"),
        ("he\u200blp \ufeffme", "help me"),
        ("he\u00adlp", "help"),
        ("a\x00b", "ab"),
        ("one\ntwo\tthree", "one two three"),
        ("\U000e0068\U000e0069 hello", " hello"),
        ("\u202ehello\u202c", "hello"),
        ("half\ud800way", "half way"),
        ("can’t “go” on…", 'can\'t "go" on...'),
        ("I canâ€™t go on", "I can't go on"),
        ("cafÃ©", "café"),
        ("cafÃ© ðŸ˜¢", "café 😢"),
        ("à la carte", "à la carte"),
        ("我想死", "我想死"),
        ("", ""),
    ],
)
def test_text_is_read_in_one_form(written: str, clean: str) -> None:
    assert sanitise(written).text == clean


def test_words_put_right_point_at_what_was_written() -> None:
    written = "well, I canâ€™t go on"
    clean = sanitise(written)
    start = clean.text.index("can't")
    assert written[slice(*clean.span(start, start + 5))] == "canâ€™t"


def test_a_very_long_text_keeps_its_head_and_its_tail() -> None:
    clean = sanitise("start " + "x" * 1_000_000 + " end")
    assert clean.text.startswith("start ")
    assert clean.text.endswith(" end")
    assert len(clean.text) <= HEAD + TAIL + 1


@settings(max_examples=500, deadline=None)
@given(ANY_TEXT)
@example("Ã" * 9)
@example("\ud83d\ude22")
@example("ﷺ" * 40)
def test_any_text_comes_out_visible_with_every_character_placed(written: str) -> None:
    clean = sanitise(written)
    assert len(clean.offsets) == len(clean.text) + 1
    assert list(clean.offsets) == sorted(clean.offsets)
    assert clean.offsets[-1] == len(written)
    assert all(0 <= place < len(written) for place in clean.offsets[:-1])
    assert not {unicodedata.category(letter) for letter in clean.text} & {"Cc", "Cf", "Cs"}


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT, st.data())
def test_every_stretch_of_the_clean_text_is_a_stretch_of_the_original(
    written: str, data: st.DataObject
) -> None:
    clean = sanitise(written)
    start = data.draw(st.integers(0, len(clean.text)))
    end = data.draw(st.integers(start, len(clean.text)))
    first, last = clean.span(start, end)
    assert 0 <= first <= last <= len(written)
