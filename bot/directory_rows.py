"""A service as a document of the standard, and as rows of the store: one to the other and back.

Loses nothing that `open_referral` keeps. Decides nothing.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, select

from bot.service_record import Record
from models.tables import (
    directory_areas,
    directory_at_locations,
    directory_attributes,
    directory_costs,
    directory_languages,
    directory_organizations,
    directory_phones,
    directory_schedules,
    directory_services,
    directory_terms,
)

# The lists of a service that are rows of their own, and the fields of each.
PARTS: Mapping[str, tuple[Table, tuple[str, ...]]] = {
    "phones": (directory_phones, ("number", "type", "description")),
    "schedules": (
        directory_schedules,
        ("freq", "interval", "byday", "opens_at", "closes_at", "description"),
    ),
    "service_areas": (directory_areas, ("name",)),
    "languages": (directory_languages, ("name",)),
    "cost_options": (directory_costs, ("option", "currency", "amount", "amount_description")),
}
ALL_PARTS = (
    *(table for table, _ in PARTS.values()),
    directory_at_locations,
    directory_attributes,
)
FIELDS = (
    "name",
    "description",
    "status",
    "url",
    "email",
    "alert",
    "application_process",
    "fees_description",
    "eligibility_description",
    "minimum_age",
    "maximum_age",
    "assurer_email",
)
PLACE = ("location_type", "name", "latitude", "longitude")


def digest_of(document: Mapping[str, Any]) -> str:
    """The same for the same facts, whatever their order of writing; terms count by their ids."""
    terms = [part["taxonomy_term"]["id"] for part in document.get("attributes", ())]
    written = json.dumps(
        {**document, "attributes": terms}, sort_keys=True, ensure_ascii=True, separators=(",", ":")
    )
    return hashlib.sha256(written.encode()).hexdigest()


def service_row(document: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """The row of the service itself, with what a search asks first."""
    record = Record(document)
    own = document.get("x_cap", {})
    point = record.point
    checked = document.get("assured_date")
    return {
        "id": document["id"],
        "organization_id": document["organization"]["id"],
        **{name: document.get(name) for name in FIELDS},
        "assured_date": date.fromisoformat(checked) if checked else None,
        "last_modified": now,
        "own": dict(own),
        "source": own.get("source", ""),
        "is_demo": record.demo,
        "is_shown": record.is_public,
        "is_local": not record.is_national,
        "is_free": record.is_free,
        "latitude": point.lat if point else None,
        "longitude": point.lon if point else None,
        "digest": digest_of(document),
    }


def part_rows(document: Mapping[str, Any]) -> dict[Table, list[dict[str, Any]]]:
    """The rows of its lists, in their order."""
    service = document["id"]
    rows: dict[Table, list[dict[str, Any]]] = {}
    for name, (table, fields) in PARTS.items():
        rows[table] = [
            {
                "id": part["id"],
                "service_id": service,
                "position": place,
                **{field: part.get(field) for field in fields},
            }
            for place, part in enumerate(document.get(name, ()))
        ]
    rows[directory_at_locations] = [
        {
            "id": part["id"],
            "service_id": service,
            "position": place,
            "location_id": part["location"]["id"],
            **{field: part["location"].get(field) for field in PLACE},
            "addresses": part["location"].get("addresses", []),
        }
        for place, part in enumerate(document.get("service_at_locations", ()))
    ]
    rows[directory_attributes] = [
        {
            "id": part["id"],
            "service_id": service,
            "position": place,
            "taxonomy_term_id": part["taxonomy_term"]["id"],
            "code": part["taxonomy_term"]["code"],
        }
        for place, part in enumerate(document.get("attributes", ()))
    ]
    return rows


def documents(db: Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Services by id, as the standard writes them; unknown ids are left out."""
    statement = (
        select(directory_services, *_organization_columns())
        .join(
            directory_organizations,
            directory_organizations.c.id == directory_services.c.organization_id,
        )
        .where(directory_services.c.id.in_(ids))
    )
    found = {row["id"]: _document(row) for row in db.execute(statement).mappings()}
    for name, (table, fields) in PARTS.items():
        for row in _rows(db, table, ids):
            found[row["service_id"]][name].append(
                {"id": row["id"], **_present({field: row[field] for field in fields})}
            )
    for row in _rows(db, directory_at_locations, ids):
        found[row["service_id"]]["service_at_locations"].append(_at_location(row))
    terms = {row["id"]: _term(row) for row in db.execute(select(directory_terms)).mappings()}
    for row in _rows(db, directory_attributes, ids):
        part = {"id": row["id"], "taxonomy_term": terms[row["taxonomy_term_id"]]}
        found[row["service_id"]]["attributes"].append(part)
    return found


def _organization_columns() -> list[Any]:
    return [
        directory_organizations.c[name].label(f"organization_{name}")
        for name in ("name", "description", "email", "url")
    ]


def _rows(db: Connection, table: Table, ids: Sequence[str]) -> Sequence[RowMapping]:
    statement = select(table).where(table.c.service_id.in_(ids)).order_by(table.c.position)
    return db.execute(statement).mappings().all()


def _document(row: RowMapping) -> dict[str, Any]:
    organization = {
        "id": row["organization_id"],
        "name": row["organization_name"],
        "description": row["organization_description"],
        **_present({name: row[f"organization_{name}"] for name in ("email", "url")}),
    }
    checked = row["assured_date"]
    return {
        "id": row["id"],
        **_present({name: row[name] for name in FIELDS}),
        **({"assured_date": checked.isoformat()} if checked else {}),
        "organization": organization,
        **{name: [] for name in (*PARTS, "attributes", "service_at_locations")},
        "x_cap": row["own"],
    }


def _at_location(row: RowMapping) -> dict[str, Any]:
    location = {
        "id": row["location_id"],
        **_present({name: row[name] for name in PLACE}),
        "addresses": row["addresses"],
    }
    return {"id": row["id"], "location": location}


def _term(row: RowMapping) -> dict[str, Any]:
    kept = ("id", "code", "name", "description", "taxonomy", "taxonomy_id", "parent_id")
    return _present({name: row[name] for name in kept})


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
