"""A practitioner takes from the queue, by need or by choice, and keeps the claim alive."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from chat import audit
from chat.briefings import brief
from chat.enquiries import hand_to
from chat.no_reply import expect_reply
from chat.presence import on_shift
from chat.service import Service
from chat.speaking import say as speak
from chat.staff import SignedIn, presence_of_all
from chat.states import Act, next_state
from chat.surging import is_surging, surge_view
from chat.telling import tell_entry
from chat.transcript import NOTHING_ASKED, hold, record, tell_state
from chat.views import entry_view, stamp
from handoff import claims, queue
from models.store import Transaction
from models.tables import queue_entries
from models.vocabulary import (
    ClaimVersion,
    ConversationId,
    ConversationState,
    EnquiryId,
    EnquiryStatus,
    EntryId,
    OwnerKind,
    Speaker,
    StaffId,
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a practitioner holds after taking: the entry, the fence and how long it lasts without
    renewal.
    """

    entry: dict[str, Any]
    conversation: ConversationId
    claim_version: ClaimVersion
    lease_until: str
    briefing: dict[str, Any]


async def snapshot(service: Service) -> dict[str, Any]:
    """The queue as it stands: snapshot + facts numbered after `event` = the next snapshot."""

    def work(db: Connection) -> dict[str, Any]:
        return {
            "entries": [entry_view(row) for row in queue.in_order(db)],
            "event": queue.fact_number(db),
            "surge": surge_view(db),
            "presence": presence_of_all(db),
        }

    return await service.store.read(work)


async def take_next(service: Service, staff: SignedIn) -> Taken | None:
    """The most pressing waiting entry, or None. Raises AtCapacityError."""
    now = service.now()

    def work(tx: Transaction) -> RowMapping | None:
        surge = is_surging(tx)
        entry = claims.take_next(
            tx,
            staff.id,
            specialties=() if surge else staff.specialties,
            on_shift=() if surge else _others_specialties(service, tx, staff, now=now),
            policy=service.policy,
            now=now,
        )
        return None if entry is None else join_from_queue(service, tx, entry, staff, now=now)

    entry = await service.store.write(work)
    return None if entry is None else await taken_view(service, entry)


def _others_specialties(
    service: Service, tx: Transaction, staff: SignedIn, *, now: datetime
) -> set[str]:
    return {
        specialty
        for row in on_shift(service, tx, now)
        if row["staff_id"] != staff.id
        for specialty in row["specialties"]
    }


async def take(service: Service, staff: SignedIn, *, entry: EntryId, reason: str | None) -> Taken:
    """Pick one. Raises AlreadyClaimedError, AtCapacityError or NotFoundError."""
    now = service.now()

    def work(tx: Transaction) -> RowMapping:
        claimed = claims.take(
            tx,
            entry,
            staff.id,
            reason=reason,
            policy=service.policy,
            now=now,
        )
        return join_from_queue(service, tx, claimed, staff, now=now)

    return await taken_view(service, await service.store.write(work))


def join_from_queue(
    service: Service, tx: Transaction, entry: RowMapping, staff: SignedIn, *, now: datetime
) -> RowMapping:
    """After the entry was claimed: they own the conversation, and the person is told who joins."""
    held = hold(tx, ConversationId(entry["conversation_id"]))
    row = record(
        tx,
        held,
        kind="entry_taken",
        by=staff.id,
        now=now,
        detail={"entry": entry["id"], "claim_version": entry["claim_version"]},
        state=next_state(ConversationState(held["state"]), Act.CLAIMED).value,
        holder=staff.id,
        holder_name=staff.name,
        claim_version=entry["claim_version"],
        **NOTHING_ASKED,
        crisis_step=None,
    )
    audit.note(tx, actor=staff.id, action="entry:take", subject=row["reference"], now=now)
    row = speak(
        service,
        tx,
        row,
        wording_id="handoff.joined",
        now=now,
        speaker=Speaker.SYSTEM,
        params={"first_name": staff.name, "role": staff.title},
    )
    hand_to(
        tx,
        EnquiryId(row["enquiry_id"]),
        status=EnquiryStatus.WITH_PERSON,
        owner=(OwnerKind.STAFF, staff.id),
        next_step="practitioner_talks",
        due_at=entry["due_at"],
    )
    expect_reply(service, tx, entry, now=now)
    tell_entry(tx, entry, name="taken")
    tell_state(tx, row)
    return entry


async def taken_view(service: Service, entry: RowMapping) -> Taken:
    conversation = ConversationId(entry["conversation_id"])
    briefing = await service.store.read(lambda db: brief(service, db, conversation, entry))
    return Taken(
        entry=entry_view(entry),
        conversation=conversation,
        claim_version=ClaimVersion(entry["claim_version"]),
        lease_until=stamp(entry["lease_until"]),
        briefing=briefing,
    )


async def renew(service: Service, staff: SignedIn, *, entry: EntryId, version: ClaimVersion) -> str:
    """Keep the claim alive; yields until when. Raises NotYoursError when it has passed on."""
    until = service.now() + service.policy.lease
    renewed = await service.store.write(
        lambda tx: claims.renew(tx, entry, staff.id, version=version, lease_until=until)
    )
    return stamp(renewed["lease_until"])


async def holding(service: Service, staff: StaffId) -> list[Taken]:
    """What this practitioner holds now: for a console that comes back after a lost link."""

    def look(db: Connection) -> list[RowMapping]:
        statement = select(queue_entries).where(
            queue_entries.c.claimed_by == staff, queue_entries.c.state == "claimed"
        )
        return list(db.execute(statement).mappings())

    return [await taken_view(service, entry) for entry in await service.store.read(look)]
