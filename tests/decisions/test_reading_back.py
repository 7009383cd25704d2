"""What was told is read back in plain words: labels reviewed, codes in words, numbers masked."""

import pytest

from chat.reading_back import in_plain_words


def test_a_request_is_read_back_in_plain_words():
    told = in_plain_words(
        {
            "appt_action": "cancel",
            "call_me": "Sam Lee",
            "dob_or_age": "1985-04-23",
            "appt_when": "declined",
            "appt_times": {"parts": ["morning"], "days": ["mon"]},
            "phone": "07700900123",
            "narrative": "never read back",
        }
    )
    assert list(told) == [
        ("you want to", "cancel it"),
        ("name", "Sam Lee"),
        ("date of birth or age", "23 April 1985"),
        ("times that suit", "mornings, Mondays"),
        ("number", "…123"),
    ]


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ({"any": True}, "any time"),
        ({"not_days": ["fri", "sun"], "parts": ["evening"]}, "evenings, not Fridays, Sundays"),
        ({"days": ["tue"], "from": "09:30", "to": "11:00"}, "Tuesdays, from 09:30, until 11:00"),
    ],
)
def test_times_that_suit_are_read_back_whole(times, said):
    assert list(in_plain_words({"appt_times": times})) == [("times that suit", said)]
