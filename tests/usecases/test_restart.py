"""A restart in the middle: what was promised in the store is done, and done once."""

from pathlib import Path

from sqlalchemy import update

from models.facts import AlarmRaised, ClockMissed
from models.tables import clocks, events, outbox, readings
from tests.usecases.desk import APPOINTMENT, DANGER, open_desk


async def test_a_message_stored_and_not_attended_to_is_read_and_answered_after_a_restart(
    tmp_path: Path,
):
    async with open_desk(tmp_path) as desk:
        conversation = await desk.arrive(APPOINTMENT)
        before = await desk.said(conversation)
        await desk.change(update(outbox).values(done_at=None))
        await desk.change(update(readings).values(second_at=None))
    async with open_desk(tmp_path) as again:
        (row,) = await again.rows(readings, conversation_id=conversation)
        assert row["second_at"] is not None
        assert len(again.dialogue.turns) == 1
        after = await again.said(conversation)
        assert after[: len(before)] == before


async def test_work_that_was_done_is_not_done_again(tmp_path: Path):
    async with open_desk(tmp_path) as desk:
        conversation = await desk.arrive(APPOINTMENT)
        before = await desk.said(conversation)
    async with open_desk(tmp_path) as again:
        assert await again.said(conversation) == before
        assert again.dialogue.turns == []


async def test_a_clock_survives_a_restart_and_is_missed_once(tmp_path: Path):
    async with open_desk(tmp_path) as desk:
        conversation = await desk.arrive(DANGER)
        watch = desk.watch
    async with open_desk(tmp_path, watch=watch) as again:
        await again.wait(minutes=15)
        await again.wait(minutes=1)
        await again.ticker.run_due()
        missed = [fact for fact in again.told if isinstance(fact, ClockMissed)]
        assert len(missed) == 1
        (first_human,) = [
            row
            for row in await again.rows(clocks, conversation_id=conversation)
            if row["kind"].startswith("FIRST_HUMAN")
        ]
        assert first_human["missed_at"] is not None
        logged = await again.rows(events, conversation_id=conversation, kind="clock_missed")
        assert len(logged) == 1
        assert "queue.slow" in await again.wordings(conversation)
        alarms = [fact.alarm["kind"] for fact in again.told if isinstance(fact, AlarmRaised)]
        assert "clock_missed" in alarms
