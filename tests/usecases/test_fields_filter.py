"""The filter of field answers: danger stores nothing and says so; bad lines are named."""

import io
import json
from functools import partial

import pytest

from web.cli import fields, stream
from web.settings import load


def answers(*lines):
    sink = io.StringIO()
    build = partial(fields.build, load())
    code = stream.run(build, source=iter(lines), sink=sink, processes=1)
    return code, [json.loads(line) for line in sink.getvalue().splitlines()]


def line(number, field, answer):
    return json.dumps({"id": number, "field": field, "answer": answer}).encode() + b"\n"


@pytest.mark.slow
def test_danger_in_an_answer_stores_nothing_and_carries_its_priority():
    typed = [
        ("phone", "whats the use in a number, ive just taken every tablet in the house"),
        ("name", "Marcus, and i am going to end my life tonight"),
        ("preferred_time", "before thursday because after that i wont be around any more"),
        ("gp_practice", "he has got a knife and he is at the door"),
        ("yes_no", "yes but i have cut myself really badly"),
    ]
    code, read = answers(*(line(at, *pair) for at, pair in enumerate(typed)))
    assert code == 0
    assert [(one["status"], one["value"]) for one in read] == [("risk", None)] * len(typed)
    assert {one["priority"] for one in read} <= {"very_urgent", "emergency"}


@pytest.mark.slow
def test_harmless_answers_carry_no_priority():
    typed = [
        ("phone", "07700 900123 after my shift please"),
        ("yes_no", "dont know"),
        ("safe_to_talk", "yes hes out"),
        ("relation", "im his mum"),
        ("preferred_time", "mornings"),
    ]
    _, read = answers(*(line(at, *pair) for at, pair in enumerate(typed)))
    assert [one for one in read if one["status"] == "risk" or "priority" in one] == []


@pytest.mark.slow
def test_a_bad_line_is_named_and_the_rest_are_answered():
    code, read = answers(
        b"not json\n",
        line(1, "shoe_size", "nine"),
        json.dumps({"id": 2, "field": "age"}).encode() + b"\n",
        line(3, "age", "nine"),
    )
    assert code == 1
    assert [(one["id"], "error" in one) for one in read] == [
        (None, True),
        (1, True),
        (2, True),
        (3, False),
    ]
    assert (read[3]["value"], read[3]["status"]) == (9, "ok")
