"""Who is served next, and that nobody starves: tables, and random arrivals against the bound."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff import content
from handoff.queue_order import (
    Candidate,
    RecentWait,
    band_words,
    due_at,
    most_pressing,
    order_key,
    overtaking_bound,
    rank_of,
    sort_at,
    waiting_band,
)
from models.vocabulary import Priority, WordingId
from tests.decisions.rules import london, policy

NOON = london("2026-11-24 12:00")
WINDOW = policy().specialty_window


def entry(name, priority, minute=0.0, *specialties):
    queued_at = NOON + timedelta(minutes=minute)
    return Candidate(
        id=name,
        priority=priority,
        queued_at=queued_at,
        sort_at=sort_at(priority, queued_at, policy=policy()),
        specialties=specialties,
    )


def served(*entries):
    return [each.id for each in sorted(entries, key=order_key)]


@pytest.mark.parametrize(
    ("priority", "minutes"),
    [
        (Priority.EMERGENCY, 2),
        (Priority.VERY_URGENT, 10),
        (Priority.URGENT, 30),
        (Priority.ROUTINE, 240),
        (Priority.NONE, 240),
    ],
)
def test_due_is_queued_plus_target(priority, minutes):
    assert due_at(priority, NOON, policy=policy()) == NOON + timedelta(minutes=minutes)


def test_classes_are_strict():
    ranks = [rank_of(priority) for priority in reversed(Priority)]
    assert ranks == [0, 1, 2, 2, 2]


def test_emergency_comes_before_everything_however_late():
    assert served(
        entry("routine", Priority.ROUTINE, -600),
        entry("urgent", Priority.URGENT, -120),
        entry("very", Priority.VERY_URGENT, -60),
        entry("emergency", Priority.EMERGENCY, 0),
    ) == ["emergency", "very", "routine", "urgent"]


def test_one_emergency_behind_a_hundred_routine_is_next():
    routine = [entry(f"routine-{n}", Priority.ROUTINE, -n) for n in range(100)]
    late = entry("emergency", Priority.EMERGENCY, 5)
    assert most_pressing([*routine, late]) == late


@pytest.mark.parametrize("priority", [Priority.EMERGENCY, Priority.VERY_URGENT])
def test_red_is_served_oldest_first(priority):
    assert served(entry("later", priority, 3), entry("sooner", priority, 1)) == ["sooner", "later"]


@pytest.mark.parametrize(
    ("urgent_minute", "first"),
    [(0, "urgent"), (209, "urgent"), (211, "routine"), (400, "routine")],
)
def test_urgent_and_routine_go_by_due_time(urgent_minute, first):
    order = served(
        entry("routine", Priority.ROUTINE, 0), entry("urgent", Priority.URGENT, urgent_minute)
    )
    assert order[0] == first


def test_what_was_given_back_is_at_the_front_of_its_class():
    front = entry("given back", Priority.URGENT, 9)
    front = Candidate(front.id, front.priority, front.queued_at, NOON - timedelta(hours=1))
    assert served(entry("waiting", Priority.URGENT, 0), front)[0] == "given back"


def test_nobody_waits_nobody_is_next():
    assert most_pressing([]) is None


def test_my_specialty_goes_first_among_those_due_together():
    general = entry("general", Priority.ROUTINE, 0)
    mine = entry("mine", Priority.ROUTINE, 4, "CAMHS")
    assert _taken(general, mine, specialties=["CAMHS"]) == "mine"


def test_a_specialty_does_not_reach_past_the_window():
    general = entry("general", Priority.ROUTINE, 0)
    mine = entry("mine", Priority.ROUTINE, 6, "CAMHS")
    assert _taken(general, mine, specialties=["CAMHS"]) == "general"


def test_somebody_elses_specialty_is_left_to_them_while_others_wait():
    theirs = entry("theirs", Priority.ROUTINE, 0, "LD")
    general = entry("general", Priority.ROUTINE, 1)
    assert _taken(theirs, general, specialties=["AMH"], on_shift=["AMH", "LD"]) == "general"


def test_a_specialty_with_nobody_on_shift_widens_to_everybody():
    theirs = entry("theirs", Priority.ROUTINE, 0, "LD")
    general = entry("general", Priority.ROUTINE, 1)
    assert _taken(theirs, general, specialties=["AMH"], on_shift=["AMH"]) == "theirs"


def test_a_specialty_is_no_dead_end_when_alone_in_line():
    theirs = entry("theirs", Priority.ROUTINE, 0, "LD")
    assert _taken(theirs, specialties=["AMH"], on_shift=["AMH", "LD"]) == "theirs"


@pytest.mark.parametrize("priority", [Priority.EMERGENCY, Priority.VERY_URGENT])
def test_no_red_person_is_passed_over_for_a_specialty(priority):
    first = entry("first", priority, 0, "LD")
    mine = entry("mine", priority, 1, "CAMHS")
    assert _taken(first, mine, specialties=["CAMHS"], on_shift=["LD", "CAMHS"]) == "first"


def test_the_bound_is_the_difference_of_the_targets_and_the_window():
    assert overtaking_bound(policy()) == timedelta(hours=3, minutes=35)


@dataclass(frozen=True)
class Served:
    one: Candidate
    at: float
    by: int


ARRIVALS = st.lists(
    st.tuples(
        st.floats(0, 900),
        st.sampled_from(list(Priority)),
        st.sets(st.sampled_from(["CAMHS", "AMH", "LD"]), max_size=2),
        st.floats(1, 90),
    ),
    min_size=1,
    max_size=60,
)
"""Minute of coming, priority, wanted specialties, and how many minutes their talk takes."""
STAFF = st.lists(
    st.sets(st.sampled_from(["CAMHS", "AMH", "MHSOP"]), max_size=2), min_size=1, max_size=4
)


@settings(max_examples=300, deadline=None)
@given(arrivals=ARRIVALS, staff=STAFF)
def test_over_random_arrivals_nobody_is_overtaken_beyond_the_bound(arrivals, staff):
    for later, sooner in _overtakings(_serve(arrivals, staff)):
        if later.priority.is_red:
            assert rank_of(later.priority) < rank_of(sooner.priority)
            continue
        assert not sooner.priority.is_red
        assert later.queued_at - sooner.queued_at <= overtaking_bound(policy())
        if later.priority is sooner.priority:
            assert later.queued_at - sooner.queued_at <= WINDOW


@settings(max_examples=200, deadline=None)
@given(arrivals=ARRIVALS, staff=STAFF)
def test_over_random_arrivals_everybody_is_served_once(arrivals, staff):
    names = sorted(each.one.id for each in _serve(arrivals, staff))
    assert names == sorted(str(n) for n in range(len(arrivals)))


@settings(max_examples=200, deadline=None)
@given(arrivals=ARRIVALS, staff=STAFF)
def test_nobody_of_a_lower_class_is_served_while_red_waits(arrivals, staff):
    for each in _serve(arrivals, staff):
        waiting = [
            other.one
            for other in _serve(arrivals, staff)
            if other.at > each.at and _minute(other.one) <= each.at
        ]
        assert all(rank_of(each.one.priority) <= rank_of(other.priority) for other in waiting)


def _taken(*entries, specialties, on_shift=()):
    chosen = most_pressing(entries, specialties=specialties, on_shift=on_shift, within=WINDOW)
    assert chosen is not None
    return chosen.id


def _minute(one):
    return (one.queued_at - NOON) / timedelta(minutes=1)


def _serve(arrivals, staff):
    """A day of work: whoever is free takes the most pressing of those who have come by then."""
    coming = [
        entry(str(n), priority, minute, *sorted(wants))
        for n, (minute, priority, wants, _) in enumerate(arrivals)
    ]
    skills = {skill for has in staff for skill in has}
    free_at = [0.0] * len(staff)
    done = []
    while coming:
        who = min(range(len(staff)), key=free_at.__getitem__)
        at = max(free_at[who], min(map(_minute, coming)))
        waiting = [one for one in coming if _minute(one) <= at]
        chosen = most_pressing(waiting, specialties=staff[who], on_shift=skills, within=WINDOW)
        assert chosen is not None
        coming.remove(chosen)
        free_at[who] = at + arrivals[int(chosen.id)][3]
        done.append(Served(chosen, at, who))
    return done


def _overtakings(done):
    """Pairs (came later, came sooner and still waited when the later one was served)."""
    return [
        (first.one, second.one)
        for n, first in enumerate(done)
        for second in done[n + 1 :]
        if first.one.queued_at > second.one.queued_at
    ]


WAITS = [RecentWait(timedelta(minutes=m), ahead=1) for m in (4, 6, 8, 10, 12)]


@pytest.mark.parametrize(
    ("ahead", "band"),
    [
        (0, "band.minutes_10"),
        (1, "band.minutes_20"),
        (2, "band.minutes_20"),
        (4, "band.minutes_30"),
        (7, "band.hour"),
        (20, "band.longer"),
    ],
)
def test_the_band_grows_with_those_ahead(ahead, band):
    assert waiting_band(ahead, recent_waits=WAITS) == band


def test_a_short_wait_is_said_to_be_short():
    quick = [RecentWait(timedelta(seconds=40), ahead=0)] * 3
    assert waiting_band(0, recent_waits=quick) == "band.minutes_5"


@pytest.mark.parametrize("known", [0, 1, 2])
def test_too_little_known_gives_no_figure(known):
    assert waiting_band(0, recent_waits=WAITS[:known]) is None


def test_the_slower_waits_are_what_is_told():
    mixed = [RecentWait(timedelta(minutes=m), ahead=0) for m in (1, 1, 1, 25, 25)]
    assert waiting_band(0, recent_waits=mixed) == "band.minutes_30"


def test_every_band_has_its_words():
    known = {row["id"]: row["text"] for row in content.read("bands.json")["bands"]}
    told = {waiting_band(ahead, recent_waits=WAITS) for ahead in range(40)}
    told.add(waiting_band(0, recent_waits=[RecentWait(timedelta(0), ahead=0)] * 3))
    assert told == set(known)
    assert all(band_words(band) == known[band] for band in told)


def test_a_band_without_words_is_an_error():
    with pytest.raises(KeyError):
        band_words(WordingId("band.soon"))
