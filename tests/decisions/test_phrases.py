"""Every list of set phrases hears its examples, and none of its counter-examples."""

import tomllib

import pytest

from bot.fields.plain import plain
from bot.phrases import PHRASES_FILE, Phrases

LISTS = tomllib.loads(PHRASES_FILE.read_text(encoding="utf-8"))
PHRASES = Phrases.load()


def _hears(name, text):
    if name == "human_request":
        return PHRASES.asks_for_person(plain(text))
    return PHRASES.heard(name, plain(text))


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, row in LISTS.items() for text in row["examples"]]
)
def test_a_list_hears_its_examples(name, text):
    assert _hears(name, text)


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, row in LISTS.items() for text in row["counters"]]
)
def test_a_list_does_not_hear_its_counter_examples(name, text):
    assert not _hears(name, text)
