"""A referral by phone or letter: in the same queue, or on the same list, under the same clocks."""

from datetime import timedelta

import pytest

from chat import referring, taking
from chat.reading import NOTHING_UNDERSTOOD, Read
from chat.referring import Part, Referral, log_referral, needed, pieces
from models.errors import BadCommandError, NotAllowedError
from models.readings import FirstReading, SecondReading, Verdict
from models.tables import clocks, conversations, enquiries, messages, queue_entries, readings, tasks
from models.vocabulary import Priority
from tests.usecases.desk import DANGER, Desk

LETTER = "Dear colleagues, please see this man of 45 with low mood since spring. He sleeps badly."


async def log(desk: Desk, text: str = LETTER, who: str = "adam", **more):
    staff = await desk.sign_in(who)
    return await log_referral(desk.service, staff, Referral("letter", text, **more))


async def test_a_routine_letter_is_reviewed_within_a_working_day_of_its_coming_in(desk: Desk):
    came = desk.now - timedelta(hours=1)
    logged = await log(desk, received_at=came)
    (enquiry,) = await desk.rows(enquiries)
    assert (enquiry["status"], enquiry["owner_id"]) == ("tracking", "review")
    assert enquiry["outcomes"] == ["REFERRAL_LOGGED"]
    (clock,) = await desk.rows(clocks)
    due = desk.service.calendar.after_working_days(came, 1)
    assert (clock["kind"], clock["started_at"], clock["due_at"]) == ("NONURGENT_REVIEW", came, due)
    assert [row["work_list"] for row in await desk.rows(tasks)] == ["review"]
    assert logged["reference"] == enquiry["reference"]
    (talk,) = await desk.rows(conversations)
    assert talk["state"] == "closed"


async def test_words_of_danger_in_a_letter_put_it_in_the_queue_with_its_words(desk: Desk):
    logged = await log(desk, f"{LETTER}\nHe wrote to his wife: {DANGER}.")
    assert logged["priority"] == "very_urgent"
    (entry,) = await desk.rows(queue_entries)
    assert entry["state"] == "waiting"
    assert any("kill myself" in reason["text"] for reason in entry["reasons"])
    assert {row["kind"] for row in await desk.rows(clocks)} == {
        "FIRST_HUMAN_VERY_URGENT",
        "URGENT_ASSESS",
    }
    taken = await taking.take_next(desk.service, await desk.sign_in())
    assert taken is not None


@pytest.mark.parametrize("priority", [Priority.URGENT, Priority.EMERGENCY])
async def test_what_staff_say_of_it_is_the_least_it_is_treated_with(desk: Desk, priority):
    logged = await log(desk, priority=priority)
    assert logged["priority"] == priority.value
    assert logged["status"] == "waiting_person"


async def test_nobody_speaks_into_a_letter_and_its_silence_means_nothing(desk: Desk):
    await log(desk, f"{LETTER} {DANGER}.")
    await desk.wait(minutes=20)
    spoken = [row["wording_id"] for row in await desk.rows(messages) if row["wording_id"]]
    assert set(spoken) == {"queue.slow"}  # what is said to whoever waits; no greeting, no script
    assert await desk.rows(tasks, work_list="welfare") == []


@pytest.mark.parametrize("fault", [{"fault": True}, {"unreadable": True}])
def test_a_part_that_could_not_be_read_is_urgent(fault):
    nothing = Read(SecondReading(), NOTHING_UNDERSTOOD)
    calm = Part("x", FirstReading(), nothing, Verdict(Priority.NONE))
    failed = Part("x", FirstReading(), nothing, Verdict(Priority.NONE, **fault))
    assert needed(Referral("letter", "x"), [calm]) is Priority.ROUTINE
    assert needed(Referral("letter", "x"), [calm, failed]) is Priority.URGENT


async def test_a_long_letter_is_kept_and_read_to_its_end(desk: Desk):
    logged = await log(desk, "He is well. " * 1200 + DANGER)
    assert logged["priority"] == "very_urgent"
    kept = await desk.rows(messages)
    assert len(kept) == 4
    assert all(len(row["text"]) <= desk.service.policy.message_length for row in kept)
    assert len(await desk.rows(readings)) == 4
    assert await desk.sweep() == 0


@pytest.mark.parametrize("text", ["a" * 9001, "one two " * 2000, "line\n" * 3000, "x"])
def test_pieces_lose_no_word(text):
    found = list(pieces(text, longest=4000))
    assert all(len(piece) <= 4000 for piece in found)
    assert "".join("".join(found).split()) == "".join(text.split())


async def test_sent_twice_it_is_kept_once(desk: Desk):
    first = await log(desk, client_ref="one")
    second = await log(desk, client_ref="one")
    assert first["reference"] == second["reference"]
    assert len(await desk.rows(enquiries)) == 1


async def test_who_may_not_log_is_refused(desk: Desk):
    for who in ("nadia", "kwame", "ian"):
        with pytest.raises(NotAllowedError):
            await log(desk, who=who)


@pytest.mark.parametrize(
    "more",
    [
        {"text": "  "},
        {"captured": {"nonsense": "x"}},
        {"captured": {"phone": ["x"]}},
    ],
)
async def test_what_cannot_be_kept_is_a_bad_command(desk: Desk, more):
    with pytest.raises(BadCommandError):
        await log(desk, **more)


async def test_a_letter_from_the_future_is_a_bad_command(desk: Desk):
    with pytest.raises(BadCommandError):
        await log(desk, received_at=desk.now + timedelta(days=1))


async def test_what_is_known_of_the_person_is_kept_with_it(desk: Desk):
    await log(desk, captured={"phone": "07700900123"})
    (enquiry,) = await desk.rows(enquiries)
    assert enquiry["captured"] == {"phone": "07700900123"}
    assert tuple(enquiry["outcomes"]) == referring.LOGGED
