"""The specialty streams: what choosing one needs, and that age only asks to think."""

import pytest

from handoff.streams import StreamChoice, is_age_of_moving, load, missing_for_stream
from models.errors import BadCommandError

STREAMS = load()


def test_there_are_seven():
    assert set(STREAMS) == {
        "LD",
        "AMH",
        "CAMHS",
        "MHSOP",
        "MHSOP_MEMORY",
        "SPECIALIST",
        "MIXED",
    }
    assert all(stream.name and stream.hints for stream in STREAMS.values())


@pytest.mark.parametrize(
    ("choice", "missing"),
    [
        (StreamChoice("AMH"), ()),
        (StreamChoice("MHSOP_MEMORY"), ()),
        (StreamChoice("MIXED"), ("specialties",)),
        (StreamChoice("MIXED", ["AMH"]), ("specialties",)),
        (StreamChoice("MIXED", ["AMH", "AMH"]), ("specialties",)),
        (StreamChoice("MIXED", ["AMH", "LD"]), ()),
        (StreamChoice("SPECIALIST"), ("sub",)),
        (StreamChoice("SPECIALIST", sub="EATING_DISORDER"), ()),
    ],
)
def test_a_choice_says_what_it_needs(choice, missing):
    assert missing_for_stream(choice, streams=STREAMS) == missing


@pytest.mark.parametrize(
    "choice",
    [
        StreamChoice("OTHER"),
        StreamChoice("MIXED", ["AMH", "CARDIOLOGY"]),
        StreamChoice("SPECIALIST", sub="DENTAL"),
        StreamChoice("AMH", sub="FORENSIC"),
    ],
)
def test_what_is_no_stream_is_refused(choice):
    with pytest.raises(BadCommandError):
        missing_for_stream(choice, streams=STREAMS)


@pytest.mark.parametrize(
    ("age", "asks"),
    [
        (16, False),
        (17, True),
        (19, True),
        (20, False),
        (63, False),
        (64, True),
        (66, True),
        (67, False),
    ],
)
def test_the_ages_of_moving_ask_a_clinician_to_think(age, asks):
    assert is_age_of_moving(age) is asks
