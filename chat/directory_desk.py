"""The directory as the knowledge officer reads it: what is stale, due, retired, not public."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, assert_never

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, or_, select

from bot.directory_form import form_of
from bot.directory_rows import documents
from bot.directory_store import by_words
from bot.service_record import CRISIS_CODES, CRISIS_REVIEW_AFTER, REVIEW_AFTER, Record
from chat.curating import ACTIVE, CURATE
from chat.references import LONDON
from chat.roles import roles
from chat.service import Service
from chat.staff import SignedIn
from models.errors import NotFoundError
from models.tables import (
    directory_attributes,
    directory_organizations,
    directory_services,
    directory_terms,
)

PAGE = 50
SOON = timedelta(days=30)
PROFESSIONAL_CODES = ("professional", "professional-only")
HIDDEN_TAXONOMIES = ("record-status",)


class Show(StrEnum):
    ALL = "all"
    STALE = "stale"
    DUE = "due"
    RETIRED = "retired"
    PROFESSIONAL = "professional"


@dataclass(frozen=True, slots=True)
class Asked:
    show: Show = Show.ALL
    words: str = ""
    page: int = 1


async def entries(service: Service, staff: SignedIn, asked: Asked) -> dict[str, Any]:
    """A page of entries by name, and how many each filter has. Raises NotAllowedError."""
    roles().check_action(staff.role, CURATE)
    today = _today(service.now())

    def look(db: Connection) -> dict[str, Any]:
        conditions = [_shows(asked.show, today)]
        if asked.words:
            found = by_words(db, asked.words.lower().split())
            named = directory_services.c.name.icontains(asked.words, autoescape=True)
            conditions.append(or_(directory_services.c.id.in_(found), named))
        total = _count(db, *conditions)
        statement = (
            select(directory_services, directory_organizations.c.name.label("organization"))
            .join(directory_organizations)
            .where(*conditions)
            .order_by(func.lower(directory_services.c.name), directory_services.c.id)
            .limit(PAGE)
            .offset((asked.page - 1) * PAGE)
        )
        stale = set(db.execute(select(directory_services.c.id).where(_stale(today))).scalars())
        rows = [
            {**row, "stale": row["id"] in stale, "retired": row["status"] != ACTIVE}
            for row in db.execute(statement).mappings()
        ]
        counts = {show.value: _count(db, _shows(show, today)) for show in Show}
        pages = max(1, -(-total // PAGE))
        return {"rows": rows, "total": total, "pages": pages, "counts": counts}

    return await service.store.read(look)


async def entry(service: Service, staff: SignedIn, service_id: str) -> dict[str, Any]:
    """One entry whole: the form filled in, its card, its state. Raises NotFoundError."""
    roles().check_action(staff.role, CURATE)
    today = _today(service.now())

    def look(db: Connection) -> dict[str, Any]:
        row = (
            db.execute(select(directory_services).where(directory_services.c.id == service_id))
            .mappings()
            .first()
        )
        if row is None:
            raise NotFoundError
        document = documents(db, [service_id])[service_id]
        record = Record(document)
        return {
            "id": service_id,
            "form": form_of(document),
            "name": record.name,
            "version": row["version"],
            "checked": row["assured_date"],
            "checked_by": row["reviewed_by"],
            "stale": record.is_stale(today),
            "retired": not record.active,
            "reason": row["retired_reason"],
            "public": record.is_public,
            "source": row["source"],
            "demo": record.demo,
        }

    return await service.store.read(look)


async def terms(service: Service) -> dict[str, list[dict[str, str]]]:
    """The terms that the form offers, by taxonomy."""

    def look(db: Connection) -> dict[str, list[dict[str, str]]]:
        found: dict[str, list[dict[str, str]]] = {}
        ordered = select(directory_terms).order_by(
            directory_terms.c.taxonomy, directory_terms.c.name
        )
        for row in db.execute(ordered).mappings():
            if row["taxonomy"] not in HIDDEN_TAXONOMIES:
                group = found.setdefault(row["taxonomy"] or "other", [])
                group.append({"code": row["code"], "name": row["name"]})
        return found

    return await service.store.read(look)


def _shows(show: Show, today: date) -> ColumnElement[bool]:
    active = directory_services.c.status == ACTIVE
    match show:
        case Show.ALL:
            return literal(value=True)
        case Show.STALE:
            return and_(active, _stale(today))
        case Show.DUE:
            return and_(active, ~_stale(today), _stale(today + SOON))
        case Show.RETIRED:
            return ~active
        case Show.PROFESSIONAL:
            return _carries(PROFESSIONAL_CODES)
        case _:
            assert_never(show)


def _stale(today: date) -> ColumnElement[bool]:
    """As `Record.is_stale` has it, for many at once."""
    checked = directory_services.c.assured_date
    limit = case((_carries(CRISIS_CODES), today - CRISIS_REVIEW_AFTER), else_=today - REVIEW_AFTER)
    return or_(checked.is_(None), checked < limit)


def _carries(codes: tuple[str, ...]) -> ColumnElement[bool]:
    carrying = select(directory_attributes.c.service_id).where(
        directory_attributes.c.code.in_(codes)
    )
    return directory_services.c.id.in_(carrying)


def _count(db: Connection, *conditions: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(directory_services).where(*conditions)
    return int(db.execute(counted).scalar_one())


def _today(now: datetime) -> date:
    return now.astimezone(LONDON).date()
