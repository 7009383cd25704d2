"""A service as the knowledge officer's form has it: the columns of the sheet, and back.

What the form does not show (further phones, hours, places, sources) is kept as it was.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot import open_referral
from bot.directory_csv import MANY, line_of, raw_service
from bot.open_referral import Read
from bot.places import Gazetteer

FIELDS = (
    "organization",
    "name",
    "description",
    "url",
    "email",
    "phone",
    "phone_note",
    "address",
    "city",
    "postcode",
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
)
# Fields of the standard's form → the form's own, where they differ.
SHOWN_AS = {
    "phones": "phone",
    "schedules": "opens_at",
    "service_areas": "areas",
    "attributes": "terms",
    "cost_options": "free",
    "service_at_locations": "postcode",
    "fees_description": "fees",
    "eligibility_description": "eligibility",
}
# The lists of a service, and the form's fields that show the first of each, or all.
_LISTS = {
    "phones": ("phone", "phone_note"),
    "schedules": ("days", "opens_at", "closes_at"),
    "service_areas": ("areas",),
    "languages": ("languages",),
    "attributes": ("terms",),
    "cost_options": ("free",),
    "service_at_locations": ("address", "city", "postcode"),
}
_WITH_MORE = ("phones", "schedules", "service_at_locations")
_HIDDEN_TAXONOMIES = frozenset({"record-status"})
_KEPT = ("application_process", "assurer_email", "assured_date", "status", "x_cap")


def form_of(document: Mapping[str, Any]) -> dict[str, str]:
    """The form filled in with what is held."""
    line = line_of(document)
    hours = {name: str(line[name] or "")[:5] for name in ("opens_at", "closes_at")}
    shown = [
        part["taxonomy_term"]["code"]
        for part in document.get("attributes", ())
        if part["taxonomy_term"].get("taxonomy") not in _HIDDEN_TAXONOMIES
    ]
    days = str(line["days"] or "").replace(",", MANY)
    texts = {name: "" if line.get(name) is None else str(line[name]) for name in FIELDS}
    return {**texts, **hours, "terms": MANY.join(shown), "days": days}


def read_form(
    row: Mapping[str, str],
    *,
    terms: Mapping[str, Mapping[str, Any]],
    service_id: str,
    held: Mapping[str, Any] | None = None,
) -> Read:
    """The service that the form describes, or the form's fields that are wrong."""
    raw = raw_service({**row, "id": service_id}, terms)
    _place(raw, row)
    if held is not None:
        raw = _with_what_was_held(raw, row, held)
    read = open_referral.read_one(raw)
    problems = [_shown(problem) for problem in read.problems]
    if not row.get("terms"):
        problems.append("terms")
    if not row.get("description"):
        problems.append("description")
    if problems:
        return Read(read.number, None, tuple(dict.fromkeys(problems)))
    return read


def _shown(problem: str) -> str:
    first = problem.split(".", maxsplit=1)[0]
    return SHOWN_AS.get(first, first)


def _with_what_was_held(
    raw: Mapping[str, Any], row: Mapping[str, str], held: Mapping[str, Any]
) -> dict[str, Any]:
    """Lists of which the form shows nothing new stay whole; of others, what it does not show."""
    merged = {**raw, **{name: held[name] for name in _KEPT if name in held}}
    if raw["organization"]["name"] == held["organization"]["name"]:
        merged["organization"] = held["organization"]
    before = form_of(held)
    for name, fields in _LISTS.items():
        known = held.get(name, ())
        if all(_alike(row.get(field, ""), before[field]) for field in fields):
            merged[name] = list(known)
        elif name in _WITH_MORE:
            merged[name] = [*raw.get(name, ()), *known[1:]]
    if merged["attributes"] != held.get("attributes"):
        merged["attributes"] = [*raw["attributes"], *_hidden(held)]
    return merged


def _alike(now: str, before: str) -> bool:
    return sorted(now.split(MANY)) == sorted(before.split(MANY))


def _hidden(held: Mapping[str, Any]) -> list[Any]:
    return [
        part
        for part in held.get("attributes", ())
        if part["taxonomy_term"].get("taxonomy") in _HIDDEN_TAXONOMIES
    ]


def _place(raw: Mapping[str, Any], row: Mapping[str, str]) -> None:
    """Put a new address on the map, by its town or outward code."""
    places: Sequence[dict[str, Any]] = raw.get("service_at_locations", ())
    gazetteer = Gazetteer.load()
    outward = row.get("postcode", "").strip().split(" ", maxsplit=1)[0]
    found = gazetteer.named(row.get("city", "")) or gazetteer.named(outward)
    if places and found is not None and found.point is not None:
        places[0]["location"].update(latitude=found.point.lat, longitude=found.point.lon)
