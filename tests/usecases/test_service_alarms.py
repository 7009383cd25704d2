"""Every alarm of the service sounds when it should, and none when all is well."""

import re
from datetime import timedelta

import pytest
from prometheus_client import generate_latest
from sqlalchemy import insert, update

from chat import board, service_alarms
from chat.health import LONGEST_OVERDUE, LONGEST_UNREAD, MOST_UNREAD, measure
from chat.service_alarms import Trouble
from models.facts import AlarmRaised, ClockMissed
from models.tables import presences, queue_entries, readings
from tests.usecases.desk import DANGER, Desk


def sounded(desk: Desk) -> set[str]:
    return {fact.alarm["kind"] for fact in desk.told if isinstance(fact, AlarmRaised)}


def gauge(desk: Desk, trouble: Trouble) -> float:
    text = generate_latest(desk.service.metrics.registry).decode()
    (found,) = re.findall(rf'^cap_alarm{{alarm="{trouble.value}"}} ([\d.]+)$', text, re.MULTILINE)
    return float(found)


async def well(desk: Desk) -> None:
    """Somebody on shift, somebody waits in time, everything read."""
    await desk.sign_in()
    await desk.arrive(DANGER)
    desk.told.clear()


async def nobody(desk: Desk) -> None:
    await desk.change(update(presences).values(available=False))


async def overdue(desk: Desk) -> None:
    late = desk.watch.now() - LONGEST_OVERDUE - timedelta(seconds=1)
    await desk.change(update(queue_entries).values(due_at=late))


async def bot_down(desk: Desk) -> None:
    desk.dialogue.down = True


async def read_late(desk: Desk) -> None:
    at = desk.watch.now() - LONGEST_UNREAD - timedelta(seconds=1)
    await desk.change(update(readings).values(second_at=None, at=at))


async def many_unread(desk: Desk) -> None:
    (row, *_) = await desk.rows(readings)
    new = {**row, "second_at": None, "at": desk.watch.now()}
    more = [{**new, "seq": 1000 + number} for number in range(MOST_UNREAD + 1)]
    await desk.service.store.write(lambda tx: tx.execute(insert(readings), more))


TROUBLES = {
    Trouble.NOBODY: nobody,
    Trouble.QUEUE_AGE: overdue,
    Trouble.BOT: bot_down,
    Trouble.LATE: read_late,
    Trouble.UNREAD: many_unread,
}


@pytest.mark.parametrize("trouble", Trouble)
async def test_an_alarm_sounds_and_falls_silent_when_all_is_well_again(desk: Desk, trouble):
    await well(desk)
    assert await service_alarms.sound(desk.service) == ()
    assert sounded(desk) == set()
    assert gauge(desk, trouble) == 0
    await TROUBLES[trouble](desk)
    assert await service_alarms.sound(desk.service) == (trouble,)
    assert sounded(desk) == {trouble.value}
    assert gauge(desk, trouble) == 1


@pytest.mark.parametrize("trouble", Trouble)
async def test_the_board_shows_an_alarm_for_as_long_as_it_lasts(desk: Desk, trouble):
    await well(desk)
    assert (await board.board(desk.service))["alarms"] == []
    await TROUBLES[trouble](desk)
    assert (await board.board(desk.service))["alarms"] == [trouble.value]
    assert sounded(desk) == set()


async def test_a_gauge_falls_when_the_trouble_is_over(desk: Desk):
    await well(desk)
    desk.dialogue.down = True
    await service_alarms.sound(desk.service)
    desk.dialogue.down = False
    assert await service_alarms.sound(desk.service) == ()
    assert gauge(desk, Trouble.BOT) == 0


async def test_the_passing_of_time_looks_every_minute(desk: Desk):
    await well(desk)
    desk.dialogue.down = True
    await desk.wait(minutes=1)
    assert Trouble.BOT.value in sounded(desk)


async def test_a_missed_clock_is_told_and_one_in_time_is_not(desk: Desk):
    await well(desk)
    await desk.wait(seconds=30)
    assert [fact for fact in desk.told if isinstance(fact, ClockMissed)] == []
    await desk.wait(hours=1)
    assert [fact for fact in desk.told if isinstance(fact, ClockMissed)] != []


async def test_metrics_name_kinds_of_alarms_and_nobody(desk: Desk):
    await well(desk)
    await service_alarms.sound(desk.service)
    await measure(desk.service)
    labels = {
        label
        for metric in desk.service.metrics.registry.collect()
        for sample in metric.samples
        for label in sample.labels.items()
    }
    assert labels == {("alarm", trouble.value) for trouble in Trouble}
