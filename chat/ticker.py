"""What the passing of time does: quiet people, clocks, leases, the sweep.

Due rows are worked, never waited for in memory.
"""

import asyncio
import contextlib
from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import assert_never

import structlog
from sqlalchemy import RowMapping

from chat import directory_reviews, handing_over, retention, service_alarms, transferring
from chat.clock_steps import clock_step
from chat.ending import close_with_bot
from chat.giving_back import put_back
from chat.leaving import at_risk, start_welfare
from chat.links import gone_for_good
from chat.need import QUIET
from chat.no_reply import no_reply
from chat.self_test import self_test
from chat.service import Service
from chat.speaking import say
from chat.sweep import sweep, take_turn
from chat.task_due import task_due
from chat.telling import raise_alarm, tell_entry
from chat.transcript import hold
from handoff import claims
from handoff.queue import open_entry
from handoff.timers import due_timers, next_due, set_timer, take_timer
from models.errors import NotYoursError, UnavailableError
from models.store import Transaction
from models.vocabulary import ConversationId, ConversationState, EntryState, Speaker

SHORTEST_SLEEP, LONGEST_SLEEP = timedelta(milliseconds=20), timedelta(seconds=1)
SWEEP_EVERY = timedelta(minutes=1)
SELF_TEST_FIRST = timedelta(hours=1)  # after a start
SELF_TEST_EVERY = timedelta(days=1)
log = structlog.get_logger()


class Ticker:
    """One loop: sleeps until the earliest due row (a second at most), acts with guarded updates,
    may run twice.
    """

    def __init__(self, service: Service, *, self_test_after: timedelta = SELF_TEST_FIRST) -> None:
        self._service = service
        self._woken = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        self._swept_at: datetime | None = None
        self._test_due = service.now() + self_test_after

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="ticker")

    def wake(self) -> None:
        self._woken.set()

    async def stop(self) -> None:
        self._stopping = True  # wait_for may lose a cancellation that comes as it is woken
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            wait = LONGEST_SLEEP
            try:
                await self.run_due()
                wait = await self._until_due()
            except Exception as error:  # the loop's edge: whatever broke, time goes on
                log.error("ticker_failed", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), wait.total_seconds())

    async def _until_due(self) -> timedelta:
        due = await self._service.store.read(next_due)
        wait = LONGEST_SLEEP if due is None else due - self._service.now()
        return min(LONGEST_SLEEP, max(SHORTEST_SLEEP, wait))

    async def run_due(self) -> None:
        """Do all that is due by now, in order of its time; then the sweep, once a minute and on one
        node, and the screen's self-test and what is kept too long, once a day.

        What fails does not keep back what comes after it; it stays due, and is raised at the end.
        """
        failed: dict[str, Exception] = {}
        while await self._run_batch(failed):
            pass
        now = self._service.now()
        if self._swept_at is None or now - self._swept_at >= SWEEP_EVERY:
            await self._sweep(now)
            self._swept_at = now
        if now >= self._test_due:
            self._test_due = now + SELF_TEST_EVERY
            await self_test(self._service)
            await retention.run(self._service)
        for error in failed.values():
            raise error

    async def _sweep(self, now: datetime) -> None:
        """Several nodes on one store take turns: whoever writes down the minute sweeps in it."""
        minute = int(now.timestamp() // SWEEP_EVERY.total_seconds())
        if await self._service.store.write(lambda tx: take_turn(tx, minute)):
            await sweep(self._service)
            await directory_reviews.put_on_list(self._service)
            await service_alarms.sound(self._service)

    async def _run_batch(self, failed: dict[str, Exception]) -> bool:
        now = self._service.now()
        gone = await self._service.store.read(lambda db: claims.expired(db, now))
        for entry in gone:
            if entry["id"] not in failed:
                await self._attempt(entry["id"], self._put_back(entry, now=now), failed)
        due = await self._service.store.read(lambda db: due_timers(db, now, without=failed))
        for timer in due:
            await self._attempt(timer["id"], self._fire(timer, now=now), failed)
        return bool(due)

    async def _attempt(
        self, what: str, doing: Awaitable[None], failed: dict[str, Exception]
    ) -> None:
        try:
            await doing
        except UnavailableError:
            raise
        except Exception as error:  # a bug in one must not stop the clocks of all others
            log.error("due_row_failed", row=what, error=type(error).__name__)
            failed[what] = error

    async def _put_back(self, entry: RowMapping, *, now: datetime) -> None:
        service = self._service

        def work(tx: Transaction) -> None:
            put_back(service, tx, entry, how="lease_lost", by="clock", now=now)

        try:
            await service.store.write(work)
        except NotYoursError:
            log.info("lease_already_settled", entry=entry["id"])

    async def _fire(self, timer: RowMapping, *, now: datetime) -> None:
        service = self._service

        def work(tx: Transaction) -> None:
            if take_timer(tx, timer["id"], now=now):
                _act(service, tx, timer, now=now)

        await service.store.write(work)


def _act(service: Service, tx: Transaction, timer: RowMapping, *, now: datetime) -> None:
    match timer["kind"]:
        case "clock_step":
            clock_step(service, tx, timer, now=now)
        case "no_reply":
            no_reply(service, tx, timer, now=now)
        case "quiet":
            _quiet(service, tx, timer, now=now)
        case "welfare":
            _welfare_due(tx, timer)
        case "task_due":
            task_due(tx, timer["subject"], due_at=timer["due_at"])
        case "transfer":
            transferring.expire(tx, timer["subject"], now=now)
        case "hand_over":
            handing_over.expire(service, tx, timer["subject"], now=now)
        case "gone":
            held = hold(tx, ConversationId(timer["conversation_id"]))
            gone_for_good(service, tx, held, now=now)
        case _:
            log.error("unknown_timer", kind=timer["kind"])


def _quiet(service: Service, tx: Transaction, timer: RowMapping, *, now: datetime) -> None:
    """Has the person been silent by the timer's own time? Says so once each step; re-arms while it
    matters.

    Judged at the time the timer was due: after an outage the steps come in their order, none is
    skipped.
    """
    at = timer["due_at"]
    held = hold(tx, ConversationId(timer["conversation_id"]))
    state = ConversationState(held["state"])
    match state:
        case ConversationState.CLOSED | ConversationState.ON_PHONE:
            return
        case ConversationState.WITH_BOT:
            _quiet_with_bot(service, tx, held, step=timer["version"], at=at, now=now)
        case ConversationState.WAITING | ConversationState.WITH_PRACTITIONER:
            _quiet_with_people(service, tx, held, step=timer["version"], at=at, now=now)
        case _:
            assert_never(state)


def _heard_at(held: RowMapping) -> datetime:
    heard: datetime = held["last_enquirer_at"] or held["opened_at"]
    return heard


def _rearm(tx: Transaction, held: RowMapping, *, due_at: datetime, step: int) -> None:
    set_timer(
        tx, ConversationId(held["id"]), kind=QUIET, subject=held["id"], due_at=due_at, version=step
    )


def _quiet_with_bot(
    service: Service, tx: Transaction, held: RowMapping, *, step: int, at: datetime, now: datetime
) -> None:
    policy = service.policy
    heard = _heard_at(held)
    silent = at - heard
    if silent < policy.quiet_plain:
        _rearm(tx, held, due_at=heard + policy.quiet_plain, step=0)
    elif silent < policy.quiet_plain_warn:
        if step == 0:
            say(service, tx, held, wording_id="quiet.plain.1", now=now, speaker=Speaker.SYSTEM)
        _rearm(tx, held, due_at=heard + policy.quiet_plain_warn, step=1)
    elif silent < policy.quiet_plain_close:
        if step <= 1:
            say(service, tx, held, wording_id="quiet.plain.2", now=now, speaker=Speaker.SYSTEM)
        _rearm(tx, held, due_at=heard + policy.quiet_plain_close, step=2)
    else:
        close_with_bot(service, tx, held, is_quiet=True, now=now)


def _quiet_with_people(
    service: Service, tx: Transaction, held: RowMapping, *, step: int, at: datetime, now: datetime
) -> None:
    """Nudges at three and eight minutes; after the second, somebody at risk gets a welfare task."""
    policy = service.policy
    heard = _heard_at(held)
    silent = at - heard
    if silent < policy.nudge_first:
        _rearm(tx, held, due_at=heard + policy.nudge_first, step=0)
        return
    waiting = ConversationState(held["state"]) is ConversationState.WAITING
    if silent < policy.nudge_second:
        if step == 0:
            wording = "quiet.queue" if waiting else "quiet.live.1"
            say(service, tx, held, wording_id=wording, now=now, speaker=Speaker.SYSTEM)
        _rearm(tx, held, due_at=heard + policy.nudge_second, step=1)
        return
    row = held
    if step <= 1:
        row = say(service, tx, held, wording_id="quiet.live.2", now=now, speaker=Speaker.SYSTEM)
    if at_risk(row):
        start_welfare(service, tx, row, since=at, now=now)
    _rearm(tx, row, due_at=at + policy.nudge_second, step=2)


def _welfare_due(tx: Transaction, timer: RowMapping) -> None:
    """The welfare time has run out: the alarm again, for the supervisor too."""
    entry = open_entry(tx, ConversationId(timer["conversation_id"]))
    if entry is not None and entry["state"] != EntryState.DONE.value:
        raise_alarm(tx, entry, kind="welfare_due")
        tell_entry(tx, entry, name="changed")
