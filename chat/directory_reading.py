"""The public directory as other programs read it, in pages. Shows only what the public may see."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from bot.directory_rows import documents
from bot.directory_store import by_words
from chat.service import Service
from models.errors import NotFoundError
from models.tables import (
    directory_at_locations,
    directory_attributes,
    directory_services,
    directory_taxonomies,
    directory_terms,
)

OWN = "x_cap"
LONGEST_AGE = 3
FILTERS = ("search", "taxonomy_term_id", "minimum_age", "maximum_age")


async def services(
    service: Service, asked: Mapping[str, str], *, page: int, size: int
) -> dict[str, Any]:
    """Services by name, narrowed by the standard's parameters."""

    def look(db: Connection) -> dict[str, Any]:
        found = select(directory_services.c.id).where(*_shown(service), *_narrowed(db, asked))
        ids, envelope = _page(db, found.order_by(directory_services.c.name), page=page, size=size)
        return {**envelope, "contents": [public(row) for row in _in_order(db, ids)]}

    return await service.store.read(look)


async def one(service: Service, service_id: str) -> dict[str, Any]:
    """Raise NotFoundError, for what the public may not see too."""

    def look(db: Connection) -> dict[str, Any]:
        found = select(directory_services.c.id).where(
            *_shown(service), directory_services.c.id == service_id
        )
        ids = db.execute(found).scalars().all()
        if not ids:
            raise NotFoundError
        return public(_in_order(db, ids)[0])

    return await service.store.read(look)


async def at_locations(service: Service, *, page: int, size: int) -> dict[str, Any]:
    """Each service at each of its places."""

    def look(db: Connection) -> dict[str, Any]:
        at = directory_at_locations.c
        found = select(at.service_id).join(directory_services).where(*_shown(service)).distinct()
        ids, envelope = _page(db, found.order_by(at.service_id), page=page, size=size)
        contents = [
            {**part, "service_id": row["id"], "service": public(row)}
            for row in _in_order(db, ids)
            for part in row["service_at_locations"]
        ]
        return {**envelope, "contents": contents}

    return await service.store.read(look)


async def taxonomies(service: Service, *, page: int, size: int) -> dict[str, Any]:
    found = select(directory_taxonomies).order_by(directory_taxonomies.c.name)
    return await service.store.read(lambda db: _rows(db, found, page=page, size=size))


async def terms(service: Service, *, page: int, size: int) -> dict[str, Any]:
    found = select(directory_terms).order_by(directory_terms.c.taxonomy, directory_terms.c.name)
    return await service.store.read(lambda db: _rows(db, found, page=page, size=size))


def public(document: Mapping[str, Any]) -> dict[str, Any]:
    """A service without what is ours."""
    return {name: value for name, value in document.items() if name != OWN}


def _shown(service: Service) -> list[ColumnElement[bool]]:
    shown: list[ColumnElement[bool]] = [directory_services.c.is_shown.is_(True)]
    if not service.directory.shows_demo:
        shown.append(directory_services.c.is_demo.is_(False))
    return shown


def _narrowed(db: Connection, asked: Mapping[str, str]) -> list[ColumnElement[bool]]:
    row = directory_services.c
    found: list[ColumnElement[bool]] = []
    if asked.get("search"):
        found.append(row.id.in_(by_words(db, asked["search"].lower().split())))
    if asked.get("taxonomy_term_id"):
        carrying = select(directory_attributes.c.service_id).where(
            directory_attributes.c.taxonomy_term_id == asked["taxonomy_term_id"]
        )
        found.append(row.id.in_(carrying))
    age = _age(asked.get("minimum_age", ""))
    if age is not None:
        found.append(or_(row.maximum_age.is_(None), row.maximum_age >= age))
    age = _age(asked.get("maximum_age", ""))
    if age is not None:
        found.append(or_(row.minimum_age.is_(None), row.minimum_age <= age))
    return found


def _age(given: str) -> int | None:
    """A whole number of years; anything else narrows nothing."""
    plain = given.isascii() and given.isdigit() and len(given) <= LONGEST_AGE
    return int(given) if plain else None


def _page(
    db: Connection, found: Select[Any], *, page: int, size: int
) -> tuple[Sequence[str], dict[str, Any]]:
    rows = db.execute(found.limit(size).offset((page - 1) * size)).scalars().all()
    return rows, _envelope(db, found, page=page, size=size)


def _rows(db: Connection, found: Select[Any], *, page: int, size: int) -> dict[str, Any]:
    rows = db.execute(found.limit(size).offset((page - 1) * size)).mappings()
    return {**_envelope(db, found, page=page, size=size), "contents": [dict(row) for row in rows]}


def _envelope(db: Connection, found: Select[Any], *, page: int, size: int) -> dict[str, Any]:
    total = db.execute(select(func.count()).select_from(found.subquery())).scalar_one()
    pages = max(1, math.ceil(total / size))
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": page,
        "size": size,
        "first_page": page == 1,
        "last_page": page >= pages,
        "empty": total == 0,
    }


def _in_order(db: Connection, ids: Sequence[str]) -> list[dict[str, Any]]:
    found = documents(db, ids)
    return [found[service_id] for service_id in ids]
