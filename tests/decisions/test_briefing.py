"""The briefing: everything a practitioner needs first, and no word of danger lost or changed."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff import content
from handoff.briefing import Material, compose, reasons_of

AT = "2026-11-24T12:00:00.000Z"


def message(seq, text, speaker="enquirer", **more):
    return {"seq": seq, "at": AT, "speaker": speaker, "text": text, **more}


def signal(text, words, why, priority):
    start = text.index(words)
    return {"id": why, "start": start, "end": start + len(words), "why": why, "priority": priority}


CALM = "My appointment is on Monday"
DARK = "doesn't matter, I won't need it after tonight"
WORSE = "I have the tablets here"
READINGS = [
    {
        "seq": 4,
        "signals": [signal(DARK, "won't need it after tonight", "No tomorrow", "very_urgent")],
    },
    {"seq": 6, "signals": [signal(WORSE, "have the tablets", "Means in hand", "emergency")]},
]
MATERIAL = Material(
    reference="CAP-261124-AB2C",
    priority="emergency",
    author="service_user",
    messages=[
        message(1, "Hello.", "bot", wording_id="greet.first"),
        message(2, CALM),
        message(3, "What number?", "bot", wording_id="ask.phone", asks="phone"),
        message(4, DARK),
        message(5, "Are you in danger?", "bot", wording_id="crisis.self", asks="safe_now"),
        message(6, WORSE),
        message(7, "In the queue.", "system", wording_id="queue.join.unknown"),
        message(8, "Where?", "bot", wording_id="crisis.where", asks="location_now"),
    ],
    readings=READINGS,
    captured={"call_me": "Sam", "comm_needs": ["bsl", "more_time"], "phone": None},
    labels={"call_me": "Name to use", "comm_needs": "Communication needs"},
    needs=["debt"],
    clocks=[
        {"kind": "URGENT_ASSESS", "due_at": "2026-11-24T16:00:00.000Z"},
        {"kind": "FIRST_HUMAN_EMERGENCY", "due_at": "2026-11-24T12:02:00.000Z"},
    ],
    earlier=[{"reference": "CAP-261101-ZZZZ", "at": AT, "outcomes": ["ADVICE_GIVEN"]}],
    notes=[{"at": AT, "by": "staff-1", "text": "Knows our team"}],
)


def test_the_most_pressing_words_come_first_as_they_were_written():
    assert compose(MATERIAL)["reasons"] == [
        {"text": "have the tablets", "seq": 6, "start": 2, "end": 18, "why": "Means in hand"},
        {
            "text": "won't need it after tonight",
            "seq": 4,
            "start": 18,
            "end": 45,
            "why": "No tomorrow",
        },
    ]


def test_what_was_asked_stands_with_the_answer():
    asked = compose(MATERIAL)["asked"]
    assert [(each["field"], each["answer"]) for each in asked] == [
        ("phone", DARK),
        ("safe_now", WORSE),
        ("location_now", None),
    ]


def test_what_was_promised_is_told():
    assert [each["seq"] for each in compose(MATERIAL)["promised"]] == [5, 7]


def test_captured_answers_have_their_labels():
    assert compose(MATERIAL)["captured"] == [
        {"field": "call_me", "label": "Name to use", "value": "Sam"},
        {"field": "comm_needs", "label": "Communication needs", "value": ["bsl", "more_time"]},
        {"field": "phone", "label": "phone", "value": None},
    ]


def test_communication_needs_stand_apart_from_topics():
    made = compose(MATERIAL)
    assert made["needs"] == ["bsl", "more_time"]
    assert made["topics"] == ["debt"]


@pytest.mark.parametrize(
    ("captured", "needs"),
    [
        (None, []),
        ({}, []),
        ({"language": "Gujarati"}, ["Gujarati"]),
        ({"comm_needs": ["interpreter"], "language": "Polish"}, ["interpreter", "Polish"]),
        ({"comm_needs": None}, []),
    ],
)
def test_a_language_is_a_communication_need(captured, needs):
    assert compose(dataclasses.replace(MATERIAL, captured=captured))["needs"] == needs


def test_clocks_come_soonest_first_with_a_label():
    clocks = compose(MATERIAL)["clocks"]
    assert [clock["kind"] for clock in clocks] == ["FIRST_HUMAN_EMERGENCY", "URGENT_ASSESS"]
    assert clocks[0]["label"] == "Priority emergency: first human message"


def test_the_rest_is_handed_on_whole():
    made = compose(MATERIAL)
    assert made["messages"] == MATERIAL.messages
    assert made["earlier"] == MATERIAL.earlier
    assert made["notes"] == MATERIAL.notes
    assert (made["reference"], made["priority"], made["author"]) == (
        "CAP-261124-AB2C",
        "emergency",
        "service_user",
    )


def test_an_empty_conversation_has_an_empty_briefing():
    made = compose(Material("CAP-261124-AB2C", "routine", None, messages=[]))
    assert all(made[part] == [] for part in ("reasons", "asked", "promised", "captured", "notes"))


def test_the_entrys_reasons_and_the_readings_are_told_once():
    same = {"text": "have the tablets", "seq": 6, "start": 2, "end": 18, "why": "Means in hand"}
    both = dataclasses.replace(MATERIAL, reasons=[same])
    assert reasons_of(both) == reasons_of(MATERIAL)


def test_a_reason_is_kept_when_its_message_is_not_at_hand():
    kept = {"text": "can't go on", "seq": 99, "start": 3, "end": 14, "why": "Hopeless"}
    other = {"text": "no point", "seq": 99, "start": 20, "end": 28, "why": "Hopeless"}
    assert reasons_of(dataclasses.replace(MATERIAL, reasons=[kept, other]))[-2:] == [kept, other]


def test_wording_that_promises_is_wording_that_exists():
    assert len(content.read("promises.json")["wording"]) == len(
        set(content.read("promises.json")["wording"])
    )
    assert {"queue.join", "callback.confirm", "close.clinical"} <= set(
        content.read("promises.json")["wording"]
    )


SPOKEN = st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=30)


@given(spoken=SPOKEN, data=st.data())
def test_no_word_of_danger_is_ever_left_out_or_changed(spoken, data):
    readings, wanted = [], set()
    for seq, text in enumerate(spoken, start=1):
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
        found = {"start": start, "end": end, "why": f"why {seq}", "priority": "very_urgent"}
        readings.append({"seq": seq, "signals": [found]})
        wanted.add((seq, text[start:end]))
    told = reasons_of(
        Material(
            "CAP-261124-AB2C",
            "very_urgent",
            None,
            messages=[message(seq, text) for seq, text in enumerate(spoken, start=1)],
            readings=readings,
        )
    )
    assert {(reason["seq"], reason["text"]) for reason in told} == wanted
