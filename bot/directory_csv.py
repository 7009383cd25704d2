"""The directory as a flat sheet: one line a service, for those who keep theirs in one.

Reads a line into the standard's form and writes it back; checks nothing, `open_referral` does.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.open_referral import made_id

COLUMNS = (
    "id",
    "organization",
    "name",
    "description",
    "status",
    "url",
    "email",
    "phone",
    "phone_note",
    "address",
    "city",
    "postcode",
    "latitude",
    "longitude",
    "areas",
    "languages",
    "terms",
    "days",
    "opens_at",
    "closes_at",
    "fees",
    "free",
    "minimum_age",
    "maximum_age",
    "eligibility",
    "alert",
    "source",
    "checked",
    "demo",
)
PLAIN = {
    "name": "name",
    "description": "description",
    "url": "url",
    "email": "email",
    "fees": "fees_description",
    "minimum_age": "minimum_age",
    "maximum_age": "maximum_age",
    "eligibility": "eligibility_description",
    "alert": "alert",
    "checked": "assured_date",
}
MANY = ";"
YES = frozenset({"yes", "true", "1", "y"})


def unknown_columns(text: str) -> tuple[str, ...]:
    """Names of the first line that are not ours."""
    first = next(csv.reader(io.StringIO(text.removeprefix("\ufeff"))), [])
    return tuple(name for name in first if name and name not in COLUMNS)


def raw_services(text: str, *, terms: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each line in the standard's form. A code that no term has stays as it is, and is refused."""
    for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))):
        yield raw_service(
            {name: (value or "").strip() for name, value in row.items() if name}, terms
        )


def raw_service(row: Mapping[str, str], terms: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """One line, its cells by column, in the standard's form."""
    service_id = row.get("id") or made_id(row.get("organization"), row.get("name"))
    organization = row.get("organization") or row.get("name", "")
    raw: dict[str, Any] = {
        "id": service_id,
        "status": row.get("status") or "active",
        "organization": {"id": made_id("organization", organization), "name": organization},
        "description": "",
        **{field: row[name] for name, field in PLAIN.items() if row.get(name)},
        "service_areas": [{"name": name} for name in _many(row, "areas")],
        "languages": [{"name": name} for name in _many(row, "languages")],
        "attributes": [{"taxonomy_term": terms.get(code, code)} for code in _many(row, "terms")],
        "x_cap": {"source": row.get("source", ""), "demo": row.get("demo", "").lower() in YES},
    }
    if row.get("phone"):
        phone = {"number": row["phone"], "type": "voice", "description": row.get("phone_note")}
        raw["phones"] = [phone]
    if row.get("days") or row.get("opens_at"):
        raw["schedules"] = [_schedule(row)]
    if row.get("free", "").lower() in YES:
        raw["cost_options"] = [{"option": "Free", "currency": "GBP", "amount": 0}]
    if row.get("address") or row.get("postcode") or row.get("latitude"):
        raw["service_at_locations"] = [_at_location(row, service_id)]
    return raw


def _many(row: Mapping[str, str], name: str) -> Sequence[str]:
    return [part.strip() for part in row.get(name, "").split(MANY) if part.strip()]


def _schedule(row: Mapping[str, str]) -> dict[str, Any]:
    times = {name: row[name] for name in ("opens_at", "closes_at") if row.get(name)}
    days = row.get("days", "").replace(MANY, ",").replace(" ", "").upper()
    return {"freq": "WEEKLY", "interval": 1, **({"byday": days} if days else {}), **times}


def _at_location(row: Mapping[str, str], service_id: str) -> dict[str, Any]:
    address = {
        "id": made_id(service_id, "address"),
        "address_1": row.get("address"),
        "city": row.get("city"),
        "postal_code": row.get("postcode"),
        "country": "GB",
    }
    location: dict[str, Any] = {"id": made_id(service_id, "location"), "addresses": [address]}
    location.update({name: row[name] for name in ("latitude", "longitude") if row.get(name)})
    return {"location": location}


def written(documents: Sequence[Mapping[str, Any]]) -> str:
    """The sheet of these services; of phones, hours and places the first of each."""
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(line_of(document) for document in documents)
    return sheet.getvalue()


def line_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """A service as a line of the sheet."""
    phone, hours = _first(document, "phones"), _first(document, "schedules")
    location = _first(document, "service_at_locations").get("location", {})
    address = _first(location, "addresses")
    own = document.get("x_cap", {})
    return {
        "id": document["id"],
        "organization": document["organization"]["name"],
        "status": document["status"],
        **{name: document.get(field, "") for name, field in PLAIN.items()},
        "phone": phone.get("number", ""),
        "phone_note": phone.get("description", ""),
        "address": address.get("address_1", ""),
        "city": address.get("city", ""),
        "postcode": address.get("postal_code", ""),
        "latitude": location.get("latitude", ""),
        "longitude": location.get("longitude", ""),
        "areas": MANY.join(part["name"] for part in document.get("service_areas", ())),
        "languages": MANY.join(part["name"] for part in document.get("languages", ())),
        "terms": MANY.join(
            part["taxonomy_term"]["code"] for part in document.get("attributes", ())
        ),
        "days": hours.get("byday", ""),
        "opens_at": hours.get("opens_at", ""),
        "closes_at": hours.get("closes_at", ""),
        "free": "yes" if _is_free(document) else "",
        "source": own.get("source", ""),
        "demo": "yes" if own.get("demo") else "",
    }


def _first(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return next(iter(document.get(name, ())), {})


def _is_free(document: Mapping[str, Any]) -> bool:
    return any(option.get("amount") == 0 for option in document.get("cost_options", ()))
