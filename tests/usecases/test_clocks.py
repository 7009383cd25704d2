"""Every clock: started by what really starts it, stepped through its alarms, missed on record."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from chat import (
    callback,
    clock_explaining,
    directory_reviews,
    enquirer,
    giving_back,
    practitioner,
    records,
    taking,
    task_work,
)
from chat.need import Need
from chat.passing import bring_person
from chat.transcript import hold
from handoff.clock_acts import ClockAct, acts_near, acts_when_due
from handoff.policy import ClockKind
from handoff.targets import ClockCase, plan
from models.errors import BadCommandError, NotFoundError
from models.facts import AlarmRaised, ClockMissed, TaskAlarm
from models.tables import (
    clock_explanations,
    clocks,
    conversations,
    directory_services,
    events,
    queue_entries,
    timers,
)
from models.vocabulary import ClientRef, LeaveHow, Priority
from tests.usecases.desk import DANGER, Desk, open_desk
from tests.usecases.directory import put_entry
from tests.usecases.worklists import closed_with, put, result, sees
from web.watch import Watch

A_THURSDAY = datetime(2026, 11, 26, 10, tzinfo=UTC)
EMERGENCY = "I have taken all my tablets just now"
QUEUED = {kind for kind in ClockKind if kind.value.startswith("FIRST_HUMAN")}


class StillWatch(Watch):
    """Time passes only when the test says so: a second is a second on a loaded machine, too."""

    def now(self) -> datetime:
        return A_THURSDAY + self.offset


@pytest.fixture
async def desk(tmp_path):
    async with open_desk(tmp_path, watch=StillWatch()) as opened:
        yield opened


async def in_danger(desk: Desk):
    return await desk.arrive(DANGER)


async def in_emergency(desk: Desk):
    return await desk.arrive(EMERGENCY)


async def asks_for_somebody(desk: Desk):
    await enquirer.ask_for_person(desk.service, await desk.arrive("hello"))


async def needs_somebody_today(desk: Desk):
    talk = await desk.arrive("hello")
    need = Need(Priority.URGENT)
    await desk.service.store.write(
        lambda tx: bring_person(desk.service, tx, hold(tx, talk), need=need, now=desk.now)
    )


async def asks_to_be_called(desk: Desk):
    talk = await desk.arrive("hello")
    await callback.ask_callback(desk.service, talk, callback.CallbackWish("07700 900123"))


async def arrives_at_the_hub(desk: Desk):
    await closed_with(desk, "NONURGENT_ASSESSMENT")
    await result(desk, await desk.sign_in("adam"), "scheduling", "at_hub", note="by ambulance")


async def falls_silent(desk: Desk):
    talk = await desk.arrive(DANGER)
    await enquirer.leave(desk.service, talk, how=LeaveHow.QUICK_EXIT)


async def staff_ask(desk: Desk):
    helen = await desk.sign_in("helen")
    await task_work.ask(desk.service, helen, work_list="knowledge", said={"question": "?"})


def closing(*codes: str):
    async def start(desk: Desk):
        await closed_with(desk, *codes)

    return start


def leaving(*codes: str):
    async def start(desk: Desk):
        await desk.arrive("hello")
        await put(desk, *codes)

    return start


async def entry_is_to_be_checked(desk: Desk):
    await desk.change(update(directory_services).values(status="inactive"))  # the starters
    await put_entry(desk, checked=desk.today - timedelta(days=165))
    await directory_reviews.put_on_list(desk.service)


STARTED_BY = {
    ClockKind.FIRST_HUMAN_EMERGENCY: in_emergency,
    ClockKind.FIRST_HUMAN_VERY_URGENT: in_danger,
    ClockKind.FIRST_HUMAN_URGENT: asks_for_somebody,
    ClockKind.URGENT_CALLBACK: asks_to_be_called,
    ClockKind.URGENT_ASSESS: in_danger,
    ClockKind.CRISIS_FULL: needs_somebody_today,
    ClockKind.HUB_ASSESS: arrives_at_the_hub,
    ClockKind.NONURGENT_REVIEW: closing("TO_NONURGENT_TRIAGE"),
    ClockKind.NONURGENT_SCHEDULE: closing("NONURGENT_ASSESSMENT"),
    ClockKind.ADMIN_REPLY: leaving("APPT_CHANGE_PASSED"),
    ClockKind.INFO_REQUEST: leaving("INFO_REQUESTED"),
    ClockKind.HUDDLE: closing("HUDDLE_LISTED"),
    ClockKind.LOST_CONTACT: falls_silent,
    ClockKind.TRANSFER_ACCEPT: closing("EXISTING_TEAM"),
    ClockKind.KNOWLEDGE_QUERY: staff_ask,
    ClockKind.NAVIGATOR_FOLLOWUP: leaving("SIGNPOST_ASSISTED"),
    ClockKind.DIRECTORY_REVIEW: entry_is_to_be_checked,
}
PRESSING = {ClockKind.TRANSFER_ACCEPT}


async def at(desk: Desk, moment: datetime) -> None:
    """The watch goes on to this moment, and what is due by then is done."""
    desk.watch.advance(moment - desk.now)
    await desk.ticker.run_due()
    await desk.worker.drain()


async def the_clock(desk: Desk, kind: ClockKind):
    (row,) = await desk.rows(clocks, kind=kind.value)
    return row


async def logged(desk: Desk, kind: ClockKind) -> list[str]:
    return [
        row["kind"]
        for row in await desk.rows(events)
        if row["kind"] in {"clock_near", "clock_missed"} and row["detail"]["clock"] == kind.value
    ]


def called(desk: Desk, kind: ClockKind) -> list[tuple[str, bool]]:
    """Each call for this clock: near or missed, and whether it went to the supervisors alone."""
    return [
        (fact.alarm["kind"], fact.roles == ("supervisor",))
        for fact in desk.told
        if isinstance(fact, TaskAlarm) and fact.alarm.get("clock") == kind.value
    ]


def entry_calls(desk: Desk) -> int:
    """Calls to whoever has the conversation, or could take it."""
    kinds = [fact.alarm["kind"] for fact in desk.told if isinstance(fact, AlarmRaised)]
    return sum(kind in {"clock_near", "clock_missed"} for kind in kinds)


def expected(kind: ClockKind, acts: tuple[ClockAct, ...], *, alarm: str, by_task: bool):
    wanted = [(alarm, False)] if ClockAct.OWNER in acts and by_task else []
    return wanted + [(alarm, True)] * (ClockAct.SUPERVISOR in acts)


@pytest.mark.parametrize("kind", STARTED_BY, ids=str)
async def test_a_clock_acts_at_each_of_its_alarms_and_its_miss_stays(desk: Desk, kind):
    # Given the clock, started by what starts it
    await STARTED_BY[kind](desk)
    clock = await the_clock(desk, kind)
    case = ClockCase.PRESSING if kind in PRESSING else ClockCase.USUAL
    service = desk.service
    planned = plan(
        kind, clock["started_at"], policy=service.policy, calendar=service.calendar, case=case
    )
    assert clock["due_at"] == planned.due_at
    by_task = not any([clock["kind"] in QUEUED, await desk.rows(queue_entries, state="waiting")])
    by_task = by_task or clock["task_id"] is not None
    # When its alarms come, one after the other
    for step, moment in enumerate(planned.alarms):
        before = len(called(desk, kind))
        rung = entry_calls(desk)
        await at(desk, moment)
        # Then whoever must act is called, once
        wanted = expected(kind, acts_near(kind, step), alarm="clock_near", by_task=by_task)
        assert called(desk, kind)[before:] == wanted
        assert by_task or entry_calls(desk) > rung
        assert (await the_clock(desk, kind))["missed_at"] is None
    # When it is due
    before = len(called(desk, kind))
    await at(desk, planned.due_at)
    # Then the miss is recorded, told, and a second look changes nothing
    row = await the_clock(desk, kind)
    assert row["missed_at"] is not None
    wanted = expected(kind, acts_when_due(kind), alarm="clock_missed", by_task=by_task)
    assert called(desk, kind)[before:] == wanted
    missed = [fact.clock["kind"] for fact in desk.told if isinstance(fact, ClockMissed)]
    assert missed.count(kind.value) == 1
    if clock["conversation_id"]:
        near = ["clock_near"] * len(planned.alarms)
        assert await logged(desk, kind) == [*near, "clock_missed"]
    await desk.ticker.run_due()
    assert (await the_clock(desk, kind))["missed_at"] == row["missed_at"]
    assert called(desk, kind)[before:] == wanted


async def test_no_clock_is_left_out():
    assert set(ClockKind) == set(STARTED_BY)


WORKING_DAY = [
    pytest.param("2026-12-24T16:00:00Z", "2026-12-29T16:00:00Z", id="over Christmas"),
    pytest.param("2027-03-25T16:00:00Z", "2027-03-30T15:00:00Z", id="over Easter, into summer"),
    pytest.param("2027-10-29T15:00:00Z", "2027-11-01T16:00:00Z", id="into winter"),
    pytest.param("2027-06-05T11:00:00Z", "2027-06-07T16:00:00Z", id="from a Saturday"),
]


@pytest.mark.parametrize(("starts", "due"), WORKING_DAY)
async def test_a_working_day_is_a_working_day(desk: Desk, starts, due):
    kind = ClockKind.ADMIN_REPLY
    desk.watch.advance(datetime.fromisoformat(starts) - desk.now)
    await STARTED_BY[kind](desk)
    clock = await the_clock(desk, kind)
    wanted = datetime.fromisoformat(due)
    assert abs(clock["due_at"] - wanted) < timedelta(minutes=1)
    await at(desk, clock["due_at"] - timedelta(seconds=1))
    assert (await the_clock(desk, kind))["missed_at"] is None
    await at(desk, clock["due_at"])
    assert (await the_clock(desk, kind))["missed_at"] is not None


@pytest.mark.parametrize("starts", ["2027-03-28T00:30:00Z", "2027-10-31T00:30:00Z"])
async def test_four_hours_are_four_hours_in_the_night_the_clocks_change(desk: Desk, starts):
    moment = datetime.fromisoformat(starts)
    desk.watch.advance(moment - desk.now)
    await in_danger(desk)
    clock = await the_clock(desk, ClockKind.URGENT_ASSESS)
    assert clock["due_at"] - clock["started_at"] == timedelta(hours=4)
    assert clock["due_at"].astimezone(UTC).hour == 4


async def test_a_kept_clock_never_rings(desk: Desk):
    await in_danger(desk)
    priya = await desk.sign_in()
    taken = await taking.take_next(desk.service, priya)
    assert taken is not None
    await practitioner.say(
        desk.service,
        priya,
        conversation=taken.conversation,
        client_ref=ClientRef("one"),
        text="Hello",
        version=taken.claim_version,
    )
    await desk.wait(minutes=11)
    assert await logged(desk, ClockKind.FIRST_HUMAN_VERY_URGENT) == []


async def hold_on(desk: Desk, staff, taken, *, until: datetime) -> None:
    """The console keeps the claim alive, second by second as it does, and says nothing."""
    while desk.now < until:
        await at(desk, min(until, desk.now + timedelta(seconds=15)))
        if await desk.state(taken.conversation) != "with_practitioner":
            return
        await taking.renew(
            desk.service, staff, entry=taken.entry["entry"], version=taken.claim_version
        )


async def test_who_takes_somebody_and_says_nothing_loses_the_claim(desk: Desk):
    await in_danger(desk)
    due = (await the_clock(desk, ClockKind.FIRST_HUMAN_VERY_URGENT))["due_at"]
    priya = await desk.sign_in()
    taken = await taking.take_next(desk.service, priya)
    assert taken is not None
    await hold_on(desk, priya, taken, until=due - timedelta(seconds=1))
    assert await desk.state(taken.conversation) == "with_practitioner"
    await at(desk, due)
    assert await desk.state(taken.conversation) == "waiting"
    released = [row["detail"]["how"] for row in await desk.rows(events, kind="entry_released")]
    assert released == ["no_reply"]


async def test_who_takes_somebody_late_has_time_to_read_the_briefing(desk: Desk):
    await in_danger(desk)
    due = (await the_clock(desk, ClockKind.FIRST_HUMAN_VERY_URGENT))["due_at"]
    await at(desk, due - timedelta(seconds=20))
    priya = await desk.sign_in()
    taken = await taking.take_next(desk.service, priya)
    assert taken is not None
    await hold_on(desk, priya, taken, until=due + timedelta(minutes=4))
    assert await desk.state(taken.conversation) == "with_practitioner"
    await hold_on(desk, priya, taken, until=due + timedelta(minutes=4, seconds=39))
    await at(desk, desk.now + timedelta(seconds=1))
    assert await desk.state(taken.conversation) == "waiting"


async def test_a_claim_that_was_given_back_is_not_taken_from_the_next(desk: Desk):
    await in_danger(desk)
    priya, tom = await desk.sign_in(), await desk.sign_in("tom")
    first = await taking.take_next(desk.service, priya)
    assert first is not None
    await giving_back.release(
        desk.service,
        priya,
        entry=first.entry["entry"],
        version=first.claim_version,
        reason="end of shift",
    )
    await desk.wait(minutes=9)
    second = await taking.take_next(desk.service, tom)
    assert second is not None
    clock = await the_clock(desk, ClockKind.FIRST_HUMAN_VERY_URGENT)
    await hold_on(desk, tom, second, until=clock["due_at"] + timedelta(minutes=1))
    assert await desk.state(second.conversation) == "with_practitioner"


async def test_a_miss_is_explained_beside_itself_and_never_removed(desk: Desk):
    await closed_with(desk, "HUDDLE_LISTED")
    omar, nadia = await desk.sign_in("omar"), await desk.sign_in("nadia")
    clock = await the_clock(desk, ClockKind.HUDDLE)
    with pytest.raises(NotFoundError):  # not missed yet
        await clock_explaining.explain(desk.service, omar, clock=clock["id"], reason="late")
    await at(desk, clock["due_at"])
    missed = await the_clock(desk, ClockKind.HUDDLE)
    with pytest.raises(BadCommandError):
        await clock_explaining.explain(desk.service, omar, clock=clock["id"], reason=" ")
    with pytest.raises(NotFoundError):  # not their list
        await clock_explaining.explain(desk.service, nadia, clock=clock["id"], reason="late")
    for reason in ("no consultant on Friday", "huddle moved"):
        await clock_explaining.explain(desk.service, omar, clock=clock["id"], reason=reason)
    said = {"decision": "advice", "attended": "all", "question": "?", "asked_of": "CMHT"}
    await result(desk, omar, "huddle", "ask_expert", **said)
    after = await the_clock(desk, ClockKind.HUDDLE)
    assert after["missed_at"] == missed["missed_at"]
    assert after["met_at"] is not None
    explained = [row["reason"] for row in await desk.rows(clock_explanations)]
    assert explained == ["no consultant on Friday", "huddle moved"]
    reference = (await desk.rows(conversations))[0]["reference"]
    record = await records.enquiry(desk.service, omar, reference=reference)
    (shown,) = [row for row in record["clocks"] if row["kind"] == "HUDDLE"]
    assert [row["reason"] for row in shown["explained"]] == explained
    assert record["hand_offs"] == 0


async def test_steps_survive_a_restart_and_come_in_order_after_an_outage(desk: Desk):
    await in_danger(desk)
    waiting = [row for row in await desk.rows(timers, kind="clock_step") if not row["done_at"]]
    assert len(waiting) == 2 + 3
    await desk.wait(hours=5)
    assert await logged(desk, ClockKind.URGENT_ASSESS) == [
        "clock_near",
        "clock_near",
        "clock_missed",
    ]


async def test_an_unfilled_clock_calls_the_colleague_who_has_its_task(desk: Desk):
    await closed_with(desk, "HUDDLE_LISTED")
    omar = await desk.sign_in("omar")
    (row,) = await sees(desk, omar)
    await task_work.accept(desk.service, omar, task=row["task"], by=task_work.Acceptance())
    clock = await the_clock(desk, ClockKind.HUDDLE)
    await at(desk, clock["due_at"])
    owners = [
        fact.staff
        for fact in desk.told
        if isinstance(fact, TaskAlarm) and fact.alarm["kind"] == "clock_missed" and fact.staff
    ]
    assert owners == [("omar",)]
