"""Board and reports: counts that add up, of nobody."""

from datetime import timedelta

import pytest

from chat import board, reports, taking, transferring
from models.errors import NotFoundError
from models.tables import clocks
from tests.usecases.desk import DANGER, Desk


async def rows(desk: Desk, name: str):
    return list((await reports.report(desk.service, name=name)).rows)


async def taken_after(desk: Desk, minutes: int):
    await desk.arrive(DANGER)
    desk.watch.advance(timedelta(minutes=minutes))
    priya = await desk.sign_in()
    taken = await taking.take_next(desk.service, priya)
    assert taken is not None
    return priya, taken


async def test_waits_are_by_weekday_and_hour_with_median_and_slow_end(desk: Desk):
    for minutes in (1, 3, 9):
        priya, taken = await taken_after(desk, minutes)
        await desk.close(priya, taken)
    found = await rows(desk, "waits")
    assert sum(row["people"] for row in found) == 3
    assert {row["weekday"] for row in found} <= set(reports.WEEK)
    assert max(row["slowest_tenth_minutes"] for row in found) >= 3
    assert min(row["median_minutes"] for row in found) >= 1


async def test_every_clock_is_counted_once(desk: Desk):
    await desk.arrive(DANGER)
    await desk.wait(minutes=11)
    found = await rows(desk, "clocks")
    counted = sum(row[how] for row in found for how in ("met", "met_late", "missed", "running"))
    assert counted + sum(row["stopped"] for row in found) == len(await desk.rows(clocks))
    assert sum(row["missed"] for row in found) >= 1


async def test_outcomes_and_help_without_secondary_care(desk: Desk):
    for codes in (("ADVICE_GIVEN",), ("CRISIS_ASSESSMENT",), ("ADVICE_GIVEN", "SELF_HELP")):
        priya, taken = await taken_after(desk, 1)
        await desk.close(priya, taken, outcomes=codes)
    assert {row["outcome"]: row["times"] for row in await rows(desk, "outcomes")} == {
        "ADVICE_GIVEN": 2,
        "CRISIS_ASSESSMENT": 1,
        "SELF_HELP": 1,
    }
    (month,) = await rows(desk, "without_secondary_care")
    assert (month["helped_without_secondary_care"], month["share_percent"]) == (2, 67)


async def test_hand_offs_are_counted_by_enquiry(desk: Desk):
    tom = await desk.sign_in("tom")
    priya, taken = await taken_after(desk, 0)
    await desk.sign_in("tom")
    made = await transferring.offer(
        desk.service,
        priya,
        conversation=taken.conversation,
        offer=transferring.Offer("staff", "tom", "knows them", "safe"),
    )
    await transferring.accept(desk.service, tom, transfer=made["transfer"])
    await desk.arrive()
    assert await rows(desk, "hand_offs") == [
        {"hand_offs": 0, "enquiries": 1},
        {"hand_offs": 1, "enquiries": 1},
    ]


async def test_outcomes_that_lead_to_secondary_care_are_outcomes(desk: Desk):
    assert reports.secondary_care() <= {one.code for one in desk.service.outcomes.all()}


@pytest.mark.parametrize("name", reports.names())
async def test_a_report_has_its_columns_and_nothing_of_anybody(desk: Desk, name):
    priya, taken = await taken_after(desk, 2)
    await desk.close(priya, taken)
    found = await reports.report(desk.service, name=name)
    assert all(set(row) == set(found.columns) for row in found.rows)
    assert taken.entry["reference"] not in str(found.rows)
    assert "priya" not in str(found.rows).lower()


async def test_an_unknown_report_is_not_there(desk: Desk):
    with pytest.raises(NotFoundError):
        await reports.report(desk.service, name="everything")


async def test_the_board_shows_who_waits_who_is_here_and_what_was_missed(desk: Desk):
    priya, _taken = await taken_after(desk, 0)
    await desk.arrive(DANGER)
    found = await board.board(desk.service)
    lanes = {lane["priority"]: lane["waiting"] for lane in found["queue"]}
    assert sum(lanes.values()) == len(found["waiting"]) == 1
    assert found["talking"] == 1
    assert [(one["staff"], one["holding"]) for one in found["staff"]] == [(priya.id, 1)]
    assert sum(hour["came"] for hour in found["hours"]) == 2
    await desk.wait(minutes=11)
    later = await board.board(desk.service)
    assert len(later["missed"]) >= 1
    assert sum(hour["missed"] for hour in later["hours"]) == len(later["missed"])
