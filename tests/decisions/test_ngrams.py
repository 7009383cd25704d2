"""Texts as hashed counts: what a part is, and that weights are of unit length."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import ngrams

BITS = 12


def test_words_signs_and_pairs_are_parts():
    assert list(ngrams.words_and_pairs("I'm OK")) == ["i", "'", "m", "ok", "i '", "' m", "m ok"]


def test_runs_stay_within_a_word_and_know_its_edges():
    assert list(ngrams.character_runs("ab")) == [" a", "ab", "b ", " ab", "ab ", " ab ", " ab "]
    assert " a" in list(ngrams.character_runs("b a"))
    assert not any("b a" in run for run in ngrams.character_runs("b a"))


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_every_part_of_any_text_is_counted_once(texts):
    rows = ngrams.counts(texts, ngrams.character_runs, bits=BITS)
    assert rows.shape == (len(texts), 2**BITS)
    found = np.asarray(rows.sum(axis=1)).ravel().tolist()
    assert found == [len(list(ngrams.character_runs(text))) for text in texts]


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_rows_are_of_unit_length_or_empty(texts):
    counted = ngrams.counts(texts, ngrams.words_and_pairs, bits=BITS)
    rows = ngrams.weighted(counted, ngrams.rarity(counted))
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    for length, text in zip(lengths, texts, strict=True):
        assert length == pytest.approx(1.0 if text.split() else 0.0, abs=1e-5)


def test_what_is_rare_weighs_more():
    counted = ngrams.counts(["the cat", "the dog"], ngrams.words_and_pairs, bits=BITS)
    rows = ngrams.weighted(counted, ngrams.rarity(counted)).toarray()
    the = ngrams.counts(["the"], lambda text: [text], bits=BITS).indices[0]
    cat = ngrams.counts(["cat"], lambda text: [text], bits=BITS).indices[0]
    assert rows[0, cat] > rows[0, the] > 0
