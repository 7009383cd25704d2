"""An entry of the directory is put to review in good time, once, until it is checked."""

from datetime import UTC, datetime, time, timedelta

import pytest

from chat import curating, directory_reviews, task_ending
from chat.references import LONDON
from models.errors import BadCommandError, ClosedError
from models.tables import audit_rows, clocks, directory_services, tasks
from tests.usecases.desk import Desk, open_desk
from tests.usecases.directory import put_entry
from tests.usecases.worklists import result, the_task
from web.watch import Watch

LIST = directory_reviews.LIST


async def reviews(desk: Desk):
    return await desk.rows(tasks, work_list=LIST)


DAYS = [
    ("food", 164, False),
    ("food", 165, True),
    ("helpline", 14, False),
    ("helpline", 15, True),
    ("food", 195, True),
    ("food", 196, False),
]


class LateInTheYear(Watch):
    """Before midnight in winter: what was checked in summer was checked in another offset."""

    def now(self) -> datetime:
        return datetime(2026, 11, 26, 23, 41, tzinfo=UTC) + self.offset


@pytest.mark.parametrize(("term", "days", "is_due"), DAYS)
async def test_a_review_is_due_fifteen_days_ahead_across_a_change_of_the_clocks(
    tmp_path, term, days, is_due
):
    async with open_desk(tmp_path, watch=LateInTheYear()) as desk:
        await put_entry(desk, term=term, checked=desk.today - timedelta(days=days))
        assert await directory_reviews.put_on_list(desk.service) == is_due
        for task in await reviews(desk):
            due = task["due_at"].astimezone(LONDON)
            assert due.time() == time()
            assert (due.date() - desk.today).days == (30 if term == "helpline" else 180) - days


@pytest.mark.parametrize(("term", "days", "is_due"), DAYS)
async def test_a_review_is_due_fifteen_days_ahead(desk: Desk, term: str, days: int, is_due: bool):
    await put_entry(desk, term=term, checked=desk.today - timedelta(days=days))
    assert await directory_reviews.put_on_list(desk.service) == is_due
    found = await reviews(desk)
    assert len(found) == is_due
    for task in found:
        whole = timedelta(days=30 if term == "helpline" else 180)
        assert abs(task["due_at"] - desk.now - (whole - timedelta(days=days))) < timedelta(days=1)
        assert task["detail"]["entry"] == "Oak Hub"


async def test_an_entry_never_checked_has_no_time_to_count_from(desk: Desk):
    await put_entry(desk)
    assert await directory_reviews.put_on_list(desk.service) == 0


async def test_an_entry_is_on_the_list_once_however_often_it_is_looked_for(desk: Desk):
    await put_entry(desk, checked=desk.today - timedelta(days=170))
    for _ in range(3):
        await directory_reviews.put_on_list(desk.service)
    assert len(await reviews(desk)) == 1


async def test_many_old_entries_are_spread_over_sweeps(desk: Desk):
    for number in range(directory_reviews.MOST_AT_ONCE + 5):
        await put_entry(desk, name=f"Hub {number}", checked=desk.today - timedelta(days=170))
    await directory_reviews.put_on_list(desk.service)
    assert len(await reviews(desk)) == directory_reviews.MOST_AT_ONCE
    await directory_reviews.put_on_list(desk.service)
    assert len(await reviews(desk)) == directory_reviews.MOST_AT_ONCE + 5


async def check_on_the_desk(desk: Desk, entry: str) -> None:
    await curating.check(desk.service, await desk.sign_in("kwame"), entry)


async def complete_the_task(desk: Desk, entry: str) -> None:
    kwame = await desk.sign_in("kwame")
    await result(desk, kwame, LIST, "checked", note="Rang them: all as it stands")


@pytest.mark.parametrize("check", [check_on_the_desk, complete_the_task])
async def test_checking_the_entry_ends_its_review_and_keeps_the_promise(desk: Desk, check):
    entry = await put_entry(desk, checked=desk.today - timedelta(days=170))
    await directory_reviews.put_on_list(desk.service)
    await check(desk, entry)
    (task,), (clock,) = await reviews(desk), await desk.rows(clocks)
    assert task["done_at"] is not None
    assert task["state"] == "checked"
    assert isinstance(clock["met_at"], datetime)
    assert await directory_reviews.put_on_list(desk.service) == 0
    (row,) = await desk.rows(directory_services, id=entry)
    assert row["assured_date"] == desk.today
    assert row["reviewed_by"] == (await desk.sign_in("kwame")).id
    (noted,) = await desk.rows(audit_rows, action="directory:check")
    assert noted["subject"] == entry


async def test_completing_the_task_dates_its_own_entry_and_no_other(desk: Desk):
    before = desk.today - timedelta(days=170)
    other = await put_entry(desk, name="Elm Hub", checked=desk.today - timedelta(days=100))
    entry = await put_entry(desk, checked=before)
    await directory_reviews.put_on_list(desk.service)
    await complete_the_task(desk, entry)
    dated = {row["id"]: row["assured_date"] for row in await desk.rows(directory_services)}
    assert dated[entry] == desk.today
    assert dated[other] == desk.today - timedelta(days=100)


async def test_a_task_that_lacks_what_was_found_dates_nothing(desk: Desk):
    before = desk.today - timedelta(days=170)
    entry = await put_entry(desk, checked=before)
    await directory_reviews.put_on_list(desk.service)
    with pytest.raises(BadCommandError):
        await result(desk, await desk.sign_in("kwame"), LIST, "checked")
    (row,) = await desk.rows(directory_services, id=entry)
    assert row["assured_date"] == before


async def test_an_entry_that_must_come_out_is_not_dated_as_checked(desk: Desk):
    before = desk.today - timedelta(days=170)
    entry = await put_entry(desk, checked=before)
    await directory_reviews.put_on_list(desk.service)
    kwame = await desk.sign_in("kwame")
    await result(desk, kwame, LIST, "to_retire", reason="It has closed")
    (row,) = await desk.rows(directory_services, id=entry)
    assert row["assured_date"] == before


async def test_who_checked_it_on_the_desk_first_leaves_nothing_to_complete(desk: Desk):
    entry = await put_entry(desk, checked=desk.today - timedelta(days=170))
    await directory_reviews.put_on_list(desk.service)
    task = await the_task(desk, LIST)
    await check_on_the_desk(desk, entry)
    kwame = await desk.sign_in("kwame")
    with pytest.raises(ClosedError):
        await task_ending.complete(
            desk.service, kwame, task=task, result="checked", said={"note": "Rang them"}
        )


async def test_retiring_the_entry_ends_its_review_and_the_clock_lapses(desk: Desk):
    entry = await put_entry(desk, checked=desk.today - timedelta(days=170))
    await directory_reviews.put_on_list(desk.service)
    kwame = await desk.sign_in("kwame")
    await curating.retire(desk.service, kwame, entry, reason="It has closed")
    (task,), (clock,) = await reviews(desk), await desk.rows(clocks)
    assert task["done_at"] is not None
    assert clock["met_at"] is None
    assert clock["stopped_at"] is not None
    assert await directory_reviews.put_on_list(desk.service) == 0


async def test_a_review_that_was_ended_without_a_check_comes_back_the_next_day(desk: Desk):
    await put_entry(desk, checked=desk.today - timedelta(days=170))
    await directory_reviews.put_on_list(desk.service)
    ended = tasks.update().where(tasks.c.work_list == LIST).values(done_at=desk.now)
    await desk.service.store.write(lambda tx: tx.execute(ended))
    assert await directory_reviews.put_on_list(desk.service) == 0
    desk.watch.advance(timedelta(days=1, minutes=1))
    assert await directory_reviews.put_on_list(desk.service) == 1
