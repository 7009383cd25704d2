"""Opening hours in people's own words: what is asked of them, what is not, what hours meet it."""

from datetime import UTC, date, datetime

import pytest

from bot.directory_query import read_query
from bot.opening import MIDNIGHT, TONIGHT, Opening, is_met
from bot.places import Gazetteer

MONDAY = date(2026, 11, 23)
NOW = Opening(now=True)
GAZETTEER = Gazetteer.load()


def on(*days: str, spans: tuple[tuple[str, str], ...] = ()) -> Opening:
    return Opening(days=frozenset(days), spans=spans)


def read(text: str) -> Opening | None:
    return read_query(text, today=MONDAY, gazetteer=GAZETTEER).opening


@pytest.mark.parametrize(
    "text",
    [
        "somewhere open now in loughborough",
        "right now",
        "Open now",
        "is there anything open right now",
        "whats open now near me",
        "crisis cafe open now le1",
        "what cafes are currently open",
        "any food bank still open?",
        "anywhere still open at this time",
        "somewhere i can go right now in hinckley",
        "is there anywhere to go now",
        "where can i go right now",
        "food bank. is it open now?",
        "will the cafe be open now",
        "debt advice in Hinckley . Open now",
        "what food bank is open rn",
        "anything open this minute",
        "anywhere open atm",
        "I feel awful. is anywhere open now",
    ],
)
def test_open_now_is_read_in_many_words(text: str) -> None:
    assert read(text) == NOW


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("open tonight", on("mon", spans=(TONIGHT,))),
        ("anywhere open tonite in oakham", on("mon", spans=(TONIGHT,))),
        ("is the cafe open this evening", on("mon", spans=(TONIGHT,))),
        ("open on sundays", on("sun")),
        ("do they open on sundays", on("sun")),
        ("needle exchange leicester open saturday", on("sat")),
        ("drop in that isn't shut on mondays", on("mon")),
        ("anywhere open at the weekend", on("sat", "sun")),
        ("open tomorrow morning", on("tue", spans=(("08:00", "12:00"),))),
        ("open after 6pm", on(spans=(("18:00", MIDNIGHT),))),
        ("food bank open past 8", on(spans=(("20:00", MIDNIGHT),))),
        ("open after 9am", on(spans=(("09:00", MIDNIGHT),))),
        ("open from 5 in le2", on(spans=(("17:00", MIDNIGHT),))),
        ("need a place open at 2am", on(spans=(("02:00", "02:00"),))),
        ("open till 9pm", on(spans=(("21:00", "21:00"),))),
        ("open until 8", on(spans=(("20:00", "20:00"),))),
        ("open before 9", on(spans=(("00:00", "09:00"),))),
        ("open between 6 and 8pm", on(spans=(("18:00", "20:00"),))),
        ("somewhere open late", on(spans=(("21:00", "23:59"),))),
        ("open 24/7", on(spans=(("21:00", "23:59"),))),
        ("open evenings in Wigston", on(spans=(("17:00", "21:00"),))),
    ],
)
def test_hours_and_days_are_read_where_something_is_to_be_open(text: str, opening: Opening) -> None:
    assert read(text) == opening


@pytest.mark.parametrize(
    "text",
    [
        "I can't open up now",
        "i cant open up right now",
        "I find it hard to open up to people at night",
        "I want to open up about my mum tonight",
        "i'm open now to getting help",
        "im open to help now",
        "im open after 6pm for a call",
        "she is open now about it",
        "my heart is open now",
        "my wound is open now",
        "my stitches opened tonight",
        "cant sleep, wide open at 3am",
        "I lie awake with my eyes open at night",
        "cant face opening the post at the weekend",
        "I only open the curtains on sundays",
        "open university course on sundays",
        "open mic night in leicester",
        "neighbourhood mental health cafe LE5 opening times",
        "when does it open",
        "are you open now",
        "I feel awful right now",
        "i need someone to talk to right now",
        "i have nowhere to go right now",
        "what do i do now",
        "where do i go now ive been turned down",
        "i need help now",
        "somewhere to go at night when im low in loughborough",
        "been turned down for universal credit what now, LE67",
        "",
    ],
)
def test_what_asks_for_no_hours_is_not_read_so(text: str) -> None:
    assert read(text) is None


WEEKDAYS = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00"}
EVERY_NIGHT = {"days": [], "from": "18:00", "to": "02:00"}
ALL_DAY = {"days": [], "from": "00:00", "to": "23:59"}
SOME_DAY = {"days": ["sun"], "from": None, "to": None}


@pytest.mark.parametrize(
    ("opening", "hours", "at", "met"),
    [
        (NOW, [WEEKDAYS], "2026-11-25T12:00", True),
        (NOW, [WEEKDAYS], "2026-11-25T18:00", False),
        (NOW, [WEEKDAYS], "2026-11-29T12:00", False),
        (NOW, [EVERY_NIGHT], "2026-11-25T23:00", True),
        (NOW, [EVERY_NIGHT], "2026-11-25T01:00", True),
        (NOW, [EVERY_NIGHT], "2026-11-25T03:00", False),
        (NOW, [{**EVERY_NIGHT, "days": ["tue"]}], "2026-11-25T01:00", True),
        (NOW, [{**EVERY_NIGHT, "days": ["wed"]}], "2026-11-25T01:00", False),
        (NOW, [ALL_DAY], "2026-11-25T03:00", True),
        (NOW, [SOME_DAY], "2026-11-29T12:00", None),
        (NOW, [], "2026-11-25T12:00", None),
        (on("sun"), [WEEKDAYS], "2026-11-25T12:00", False),
        (on("sun"), [SOME_DAY], "2026-11-25T12:00", True),
        (on("sun"), [WEEKDAYS, SOME_DAY], "2026-11-25T12:00", True),
        (on("sun"), [], "2026-11-25T12:00", None),
        (on(spans=(("17:00", MIDNIGHT),)), [WEEKDAYS], "2026-11-25T12:00", False),
        (on(spans=(("16:00", MIDNIGHT),)), [WEEKDAYS], "2026-11-25T12:00", True),
        (on(spans=(("02:00", "02:00"),)), [EVERY_NIGHT], "2026-11-25T12:00", True),
        (on(spans=(("02:30", "02:30"),)), [EVERY_NIGHT], "2026-11-25T12:00", False),
        (on("mon", spans=(TONIGHT,)), [WEEKDAYS], "2026-11-25T12:00", False),
        (on("mon", spans=(TONIGHT,)), [EVERY_NIGHT], "2026-11-25T12:00", True),
    ],
)
def test_hours_meet_what_was_asked_or_not_or_nobody_knows(opening, hours, at, met) -> None:
    assert is_met(opening, hours, local=datetime.fromisoformat(at).replace(tzinfo=UTC)) is met
