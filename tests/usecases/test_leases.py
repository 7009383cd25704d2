"""A claim is a lease: it ends for who has gone, and not for who renews it at the last moment."""

from datetime import timedelta

import pytest

from chat import taking
from handoff import claims
from models.errors import AlreadyClaimedError, NotYoursError
from models.tables import queue_entries
from models.vocabulary import EntryId
from tests.usecases.desk import DANGER, Desk


async def test_who_renews_while_the_clock_is_about_to_end_the_claim_keeps_it(desk: Desk):
    conversation = await desk.arrive(DANGER)
    priya = await desk.sign_in()
    taken = await taking.take_next(desk.service, priya)
    assert taken is not None
    desk.watch.advance(desk.service.policy.lease + timedelta(seconds=1))
    now = desk.now
    (gone,) = await desk.service.store.read(lambda db: claims.expired(db, now))
    await taking.renew(desk.service, priya, entry=EntryId(gone["id"]), version=taken.claim_version)
    await desk.ticker._put_back(gone, now=now)
    assert await desk.state(conversation) == "with_practitioner"
    (entry,) = await desk.rows(queue_entries)
    assert (entry["state"], entry["claimed_by"]) == ("claimed", priya.id)


async def test_who_does_not_renew_loses_it_and_the_person_is_told(desk: Desk):
    conversation = await desk.arrive(DANGER)
    assert await taking.take_next(desk.service, await desk.sign_in()) is not None
    await desk.wait(seconds=desk.service.policy.lease.total_seconds() + 1)
    assert await desk.state(conversation) == "waiting"
    assert "handoff.away" in await desk.wordings(conversation)


async def test_a_claim_that_has_passed_on_is_neither_renewed_nor_picked_from_the_next(desk: Desk):
    await desk.arrive(DANGER)
    priya, tom = await desk.sign_in(), await desk.sign_in("tom")
    lost = await taking.take_next(desk.service, priya)
    assert lost is not None
    entry = EntryId(lost.entry["entry"])
    await desk.wait(seconds=desk.service.policy.lease.total_seconds() + 1)
    await taking.take(desk.service, tom, entry=entry, reason="knows her")
    with pytest.raises(NotYoursError):
        await taking.renew(desk.service, priya, entry=entry, version=lost.claim_version)
    with pytest.raises(AlreadyClaimedError):
        await taking.take(desk.service, priya, entry=entry, reason="was mine")
    (row,) = await desk.rows(queue_entries)
    assert (row["claimed_by"], row["claim_version"]) == (tom.id, 2)
