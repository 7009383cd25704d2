"""What a knowledge officer does to the directory: add, edit, check, retire, bring back.

Each is one transaction with its line in the audit log. Nothing is ever deleted.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from bot import directory_store
from bot.directory_form import read_form
from bot.directory_rows import documents
from chat import audit, directory_reviews
from chat.references import LONDON
from chat.roles import roles
from chat.service import Service
from chat.staff import SignedIn
from models.errors import AlreadyClaimedError, BadCommandError, ClosedError, NotFoundError
from models.store import Transaction
from models.tables import directory_services, directory_terms

CURATE = "directory:curate"
ACTIVE, RETIRED = "active", "inactive"
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Edit:
    """What the form holds. `seen`: the version that it was filled in from; `checked`: today."""

    row: Mapping[str, str]
    seen: int | None = None
    checked: bool = False


async def add(service: Service, staff: SignedIn, edit: Edit) -> str:
    """Yields the new entry's id. Raises BadCommandError naming the form's fields that are wrong."""
    roles().check_action(staff.role, CURATE)
    now, service_id = service.now(), str(uuid.uuid4())

    def work(tx: Transaction) -> str:
        document = _read(tx, edit, service_id=service_id, held=None, now=now)
        _put(tx, staff, document, did="add", now=now)
        return service_id

    return await service.store.write(work)


async def change(service: Service, staff: SignedIn, service_id: str, *, edit: Edit) -> None:
    """Raises NotFoundError, BadCommandError, AlreadyClaimedError when it changed meanwhile."""
    roles().check_action(staff.role, CURATE)
    now = service.now()

    def work(tx: Transaction) -> None:
        held = hold_entry(tx, service_id, seen=edit.seen)
        document = _read(tx, edit, service_id=service_id, held=held, now=now)
        _put(tx, staff, document, did="edit", now=now)

    await service.store.write(work)


async def check(service: Service, staff: SignedIn, service_id: str) -> None:
    """It was checked with the service today, and is right as it stands. Raises NotFoundError."""
    roles().check_action(staff.role, CURATE)
    now = service.now()

    await service.store.write(lambda tx: mark_checked(tx, staff, service_id, now=now))


def mark_checked(tx: Transaction, staff: SignedIn, service_id: str, *, now: datetime) -> None:
    """Within a use case: dated today, its review ended and its clock kept, in the audit log.

    Raises NotAllowedError, NotFoundError.
    """
    roles().check_action(staff.role, CURATE)
    held = hold_entry(tx, service_id)
    _put(tx, staff, {**held, "assured_date": _today(now)}, did="check", now=now)


async def retire(service: Service, staff: SignedIn, service_id: str, *, reason: str) -> None:
    """Out of the directory, kept here. Raises NotFoundError, BadCommandError, ClosedError."""
    roles().check_action(staff.role, CURATE)
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise BadCommandError(hint="reason")
    await _set_status(service, staff, service_id, status=RETIRED, reason=said)


async def restore(service: Service, staff: SignedIn, service_id: str) -> None:
    """Back into the directory. Raises NotFoundError, ClosedError when it is in it."""
    roles().check_action(staff.role, CURATE)
    await _set_status(service, staff, service_id, status=ACTIVE, reason=None)


async def _set_status(
    service: Service, staff: SignedIn, service_id: str, *, status: str, reason: str | None
) -> None:
    now = service.now()

    def work(tx: Transaction) -> None:
        held = hold_entry(tx, service_id)
        if (held["status"] == ACTIVE) == (status == ACTIVE):
            raise ClosedError
        did = "retire" if reason else "restore"
        _put(tx, staff, {**held, "status": status}, did=did, now=now)
        tx.execute(
            update(directory_services)
            .where(directory_services.c.id == service_id)
            .values(retired_reason=reason)
        )

    await service.store.write(work)


def hold_entry(tx: Transaction, service_id: str, *, seen: int | None = None) -> dict[str, Any]:
    """The entry, locked. Raises NotFoundError, AlreadyClaimedError."""
    row = directory_services.c
    locked = tx.execute(
        update(directory_services)
        .where(row.id == service_id)
        .values(version=row.version)
        .returning(row.version)
    ).scalar()
    if locked is None:
        raise NotFoundError
    if seen is not None and seen != locked:
        raise AlreadyClaimedError
    return documents(tx.connection, [service_id])[service_id]


def _read(
    tx: Transaction,
    edit: Edit,
    *,
    service_id: str,
    held: Mapping[str, Any] | None,
    now: datetime,
) -> dict[str, Any]:
    terms = {
        term["code"]: {name: value for name, value in term.items() if value is not None}
        for term in tx.execute(select(directory_terms)).mappings()
    }
    read = read_form(edit.row, terms=terms, service_id=service_id, held=held)
    if read.document is None:
        raise BadCommandError(hint=",".join(read.problems))
    checked = {"assured_date": _today(now)} if edit.checked else {}
    return {**read.document, **checked}


def _put(
    tx: Transaction, staff: SignedIn, document: Mapping[str, Any], *, did: str, now: datetime
) -> None:
    directory_store.put(tx.connection, document, now=now)
    checked = document.get("assured_date") == _today(now)
    if checked or document["status"] != ACTIVE:
        directory_reviews.settle(tx, str(document["id"]), checked=checked, now=now)
    if checked:
        tx.execute(
            update(directory_services)
            .where(directory_services.c.id == document["id"])
            .values(reviewed_by=staff.id)
        )
    audit.note(tx, actor=staff.id, action=f"directory:{did}", subject=str(document["id"]), now=now)


def _today(now: datetime) -> str:
    return now.astimezone(LONDON).date().isoformat()
