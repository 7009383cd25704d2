"""The directory's rows: writes a service, finds candidates for a search, by terms, place and words.

Ranks nothing and decides nothing: `bot.directory` does.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from bot.directory_rows import ALL_PARTS, part_rows, service_row
from bot.places import Point
from models.tables import (
    directory_attributes,
    directory_organizations,
    directory_services,
    directory_taxonomies,
    directory_terms,
)

MOST_CANDIDATES = 200
MOST_BY_WORDS = 60
KM_A_DEGREE = 111.2


class Change(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class Candidate(NamedTuple):
    """A service that may fit, in the version that it has now."""

    id: str
    version: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a candidate must have. `near`: within `km` of it, or without a place."""

    codes: frozenset[str] = frozenset()
    ids: Sequence[str] = ()
    near: Point | None = None
    km: float = 30.0
    age: int | None = None
    free: bool = False
    demo: bool = False
    for_professional: bool = False


def candidates(db: Connection, wanted: Wanted) -> list[Candidate]:
    """Shown services that fit, local ones first and the nearest of them: at most 200."""
    service = directory_services.c
    statement = select(service.id, service.version).where(*_conditions(wanted))
    order: list[ColumnElement[Any]] = [service.is_local.desc()]
    if wanted.near is not None:
        order.append(_roughly_apart(wanted.near))
    statement = statement.order_by(*order, service.name).limit(MOST_CANDIDATES)
    return [Candidate(row.id, row.version) for row in db.execute(statement)]


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    service = directory_services.c
    seen = service.status == "active" if wanted.for_professional else service.is_shown.is_(True)
    found: list[ColumnElement[bool]] = [seen, _carries(wanted)]
    if not wanted.demo:
        found.append(service.is_demo.is_(False))
    if wanted.free:
        found.append(service.is_free.is_(True))
    if wanted.age is not None:
        found.append(or_(service.minimum_age.is_(None), service.minimum_age <= wanted.age))
        found.append(or_(service.maximum_age.is_(None), service.maximum_age >= wanted.age))
    if wanted.near is not None:
        found.append(or_(service.latitude.is_(None), _inside(wanted.near, km=wanted.km)))
    return found


def _carries(wanted: Wanted) -> ColumnElement[bool]:
    carrying = select(directory_attributes.c.service_id).where(
        directory_attributes.c.code.in_(sorted(wanted.codes))
    )
    return or_(directory_services.c.id.in_(carrying), directory_services.c.id.in_(list(wanted.ids)))


def _inside(point: Point, *, km: float) -> ColumnElement[bool]:
    service, high = directory_services.c, km / KM_A_DEGREE
    wide = high * 1.7  # a degree of longitude is shorter this far north
    return and_(
        service.latitude.between(point.lat - high, point.lat + high),
        service.longitude.between(point.lon - wide, point.lon + wide),
    )


def _roughly_apart(point: Point) -> ColumnElement[Any]:
    """Good enough to order by; the distance that is told is computed exactly."""
    north = directory_services.c.latitude - point.lat
    east = (directory_services.c.longitude - point.lon) * 0.6
    return func.coalesce(north * north + east * east, 1.0)


def by_words(db: Connection, words: Sequence[str]) -> list[str]:
    """Ids of services that speak of any of these words, the best first."""
    kept = [word for word in words if re.fullmatch(r"\w{2,40}", word)]
    if not kept:
        return []
    if db.dialect.name == "sqlite":
        statement = text(
            "SELECT service_id FROM directory_text WHERE directory_text MATCH :words "
            "ORDER BY bm25(directory_text, 0, 8, 1) LIMIT :most"
        )
        asked = " OR ".join(f'"{word}"' for word in kept)
    else:
        statement = text(
            "SELECT service_id FROM directory_text WHERE words @@ to_tsquery('english', :words) "
            "ORDER BY ts_rank(words, to_tsquery('english', :words)) DESC LIMIT :most"
        )
        asked = " | ".join(kept)
    return list(db.execute(statement, {"words": asked, "most": MOST_BY_WORDS}).scalars())


def put(db: Connection, document: Mapping[str, Any], *, now: datetime) -> Change:
    """Add a service, or replace what is known of it. Written alike twice, nothing changes."""
    row = service_row(document, now=now)
    known = db.execute(
        select(directory_services.c.digest).where(directory_services.c.id == row["id"])
    ).scalar()
    if known == row["digest"]:
        return Change.UNCHANGED
    _put_named(db, directory_organizations, [_organization(document)])
    put_terms(db, [part["taxonomy_term"] for part in document.get("attributes", ())])
    if known is None:
        db.execute(insert(directory_services), {**row, "version": 1})
    else:
        _replace(db, row)
    for table, rows in part_rows(document).items():
        if rows:
            db.execute(insert(table), rows)
    _index(db, document)
    return Change.CHANGED if known else Change.ADDED


def _replace(db: Connection, row: Mapping[str, Any]) -> None:
    for table in ALL_PARTS:
        db.execute(delete(table).where(table.c.service_id == row["id"]))
    db.execute(
        update(directory_services)
        .where(directory_services.c.id == row["id"])
        .values(**row, version=directory_services.c.version + 1)
    )


def _organization(document: Mapping[str, Any]) -> dict[str, Any]:
    organization = document["organization"]
    return {
        name: organization.get(name, "" if name == "description" else None)
        for name in ("id", "name", "description", "email", "url")
    }


def put_taxonomies(db: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    kept = [{name: row.get(name, "") for name in ("id", "name", "description")} for row in rows]
    _put_named(db, directory_taxonomies, kept)


def put_terms(db: Connection, terms: Iterable[Mapping[str, Any]]) -> None:
    """Terms that are not known yet; those that are keep what the officers made of them."""
    known = set(db.execute(select(directory_terms.c.id)).scalars())
    missing = {term["id"]: term for term in terms if term["id"] not in known}
    if not missing:
        return
    taxonomies = set(db.execute(select(directory_taxonomies.c.id)).scalars())
    unknown = {
        term["taxonomy_id"]: {"id": term["taxonomy_id"], "name": term.get("taxonomy") or "other"}
        for term in missing.values()
        if term.get("taxonomy_id") and term["taxonomy_id"] not in taxonomies
    }
    put_taxonomies(db, unknown.values())
    names = ("code", "name", "description", "taxonomy")
    rows = [
        {
            "id": term["id"],
            **{name: term.get(name, "") for name in names},
            "taxonomy_id": term.get("taxonomy_id"),
            "parent_id": term.get("parent_id"),
        }
        for term in missing.values()
    ]
    db.execute(insert(directory_terms), rows)


def _put_named(db: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        done = db.execute(update(table).where(table.c.id == row["id"]).values(**row))
        if done.rowcount == 0:
            db.execute(insert(table), dict(row))


def _index(db: Connection, document: Mapping[str, Any]) -> None:
    spoken = [
        document["description"],
        document["organization"]["name"],
        *(part["taxonomy_term"]["name"] for part in document.get("attributes", ())),
        *(part["location"].get("name", "") for part in document.get("service_at_locations", ())),
    ]
    row = {"id": document["id"], "name": document["name"], "words": " ".join(spoken)}
    db.execute(text("DELETE FROM directory_text WHERE service_id = :id"), {"id": row["id"]})
    if db.dialect.name == "sqlite":
        made = "INSERT INTO directory_text (service_id, name, words) VALUES (:id, :name, :words)"
    else:
        made = (
            "INSERT INTO directory_text (service_id, words) VALUES (:id, "
            "setweight(to_tsvector('english', :name), 'A') || to_tsvector('english', :words))"
        )
    db.execute(text(made), row)
