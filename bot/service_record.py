"""One service of the directory: what, where, for whom, when open. Knows no question."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bot.fields.plain import plain
from bot.opening import PARTS, Opening, is_met
from bot.places import Point, distance_km

_NATIONAL = frozenset(
    {"England", "United Kingdom", "England and Wales", "Midlands and East of England"}
)
_DAYS = {"MO": "mon", "TU": "tue", "WE": "wed", "TH": "thu", "FR": "fri", "SA": "sat", "SU": "sun"}
# Audience terms of the directory → names of the query's audience.
GROUP_CODES = {
    "carer": "carers",
    "parents": "parents",
    "lgbt": "lgbt",
    "veteran": "veterans",
    "student": "students",
    "refugee": "refugees",
    "deaf": "deaf",
    "south-asian": "south_asian",
    "black": "black",
}
_ONLY_FOR = frozenset({"lgbt", "veterans", "students", "refugees", "deaf", "black", "south_asian"})
CRISIS_CODES = ("cafe", "crisis", "helpline")
REVIEW_AFTER = timedelta(days=180)
CRISIS_REVIEW_AFTER = timedelta(days=30)
SHORT_NAME = len("beat")
YOUNGEST_ADULT = 18
OLDEST_YOUNG = 25


class Record:
    """A service read from its Open Referral form."""

    def __init__(self, service: Mapping[str, Any]) -> None:
        own = service.get("x_cap", {})
        terms = [row["taxonomy_term"] for row in service.get("attributes", ())]
        self.id: str = service["id"]
        self.name: str = service["name"]
        self.spoken_name = plain(self.name).removeprefix("demo ")
        self.active = service["status"] == "active"
        self.demo = bool(own.get("demo"))
        self.terms = frozenset(term["code"] for term in terms)
        self.groups = frozenset(GROUP_CODES[code] for code in self.terms if code in GROUP_CODES)
        self.languages = frozenset(row["name"] for row in service.get("languages", ()))
        self.areas = tuple(area["name"] for area in service.get("service_areas", ()))
        self.for_professionals = bool(self.terms & {"professional", "professional-only"})
        self.is_public = (
            self.active
            and not self.for_professionals
            and bool(own.get("show_public", True) or self.demo)
        )
        self.is_free = _is_free(service)
        self.for_crisis = bool(self.terms & frozenset(CRISIS_CODES))
        self.checked = _day(service.get("assured_date"))
        self.point = _point(service.get("service_at_locations", ()))
        nationwide = bool(self.areas) and all(area in _NATIONAL for area in self.areas)
        self.is_national = nationwide and self.point is None
        self._service = service
        self._terms = terms

    def is_named_in(self, words: str) -> bool:
        """Whether plain words say its very name; a short one could be any word."""
        name = self.spoken_name
        return len(name) > SHORT_NAME and f" {name} " in f" {words} "

    def distance_from(self, here: Point) -> float:
        """Kilometres; raise ValueError for a service without a place."""
        if self.point is None:
            raise ValueError("a service without a place has no distance")
        return distance_km(here, self.point)

    def suits(self, audience: Mapping[str, Any], *, named: frozenset[str]) -> bool:
        """Not for another age, another gender or another group than the one said."""
        if "ld-autism" in self.terms and "ld-autism" not in named:
            return False
        only_for = self.groups & _ONLY_FOR if "all" not in self.terms else frozenset()
        if only_for and not any(audience.get(name) for name in only_for):
            return False
        return self._suits_age(audience) and self._suits_gender(audience)

    def _suits_age(self, audience: Mapping[str, Any]) -> bool:
        age = audience.get("age")
        youngest = self._service.get("minimum_age") or 0
        oldest = self._service.get("maximum_age") or 200
        if age is not None and not youngest <= age <= oldest:
            return False
        band = audience.get("age_band")
        if age is None and band in {"child", "young"} and youngest >= YOUNGEST_ADULT:
            return False
        if band in {"adult", "older"} and oldest <= OLDEST_YOUNG:
            return False
        return not (band in {"child", "young"} and "older-people" in self.terms)

    def _suits_gender(self, audience: Mapping[str, Any]) -> bool:
        gender = audience.get("gender")
        if gender == "male":
            return "women" not in self.terms
        return not (gender == "female" and "men" in self.terms and "all" not in self.terms)

    def may_be_open(self, when: Mapping[str, Any]) -> bool:
        """Open at one of these days and times, or its hours are not known."""
        schedules = self._service.get("schedules", ())
        if not when or not schedules:
            return True
        return any(_meets(schedule, when) for schedule in schedules)

    def is_stale(self, today: date) -> bool:
        """Not checked within its review time."""
        limit = CRISIS_REVIEW_AFTER if self.for_crisis else REVIEW_AFTER
        return self.checked is None or today - self.checked > limit

    def meets(self, opening: Opening, *, local: datetime) -> bool | None:
        """Whether its hours are those asked for; None where they are not known."""
        hours = [_hours(schedule) for schedule in self._service.get("schedules", ())]
        return is_met(opening, hours, local=local)

    def card(self) -> dict[str, Any]:
        """The facts for the page, in the words of the record."""
        service = self._service
        return {
            "kind": "service",
            "id": self.id,
            "name": self.name,
            "what": service["description"],
            "who_for": self._who_for(),
            "cost": service.get("fees_description", ""),
            "when_open": [_hours(schedule) for schedule in service.get("schedules", ())],
            "where": _address(service.get("service_at_locations", ())),
            "contact": {
                "phones": [
                    {"number": phone["number"], "note": phone.get("description", "")}
                    for phone in service.get("phones", ())
                ],
                "email": service.get("email", ""),
                "url": service.get("url", ""),
            },
            "alert": service.get("alert", ""),
            "checked": self.checked.isoformat() if self.checked else None,
            "demo": self.demo,
        }

    def _who_for(self) -> str:
        if self._service.get("eligibility_description"):
            return str(self._service["eligibility_description"])
        return ", ".join(term["name"] for term in self._terms if term["taxonomy"] == "audience")


def serves(areas: Sequence[str], *, district: str, county: str) -> bool:
    """Does one of the areas take in this district? "Leicester and Leicestershire": both."""
    inside = {"leicester": "Leicester", "leicestershire": "Leicestershire", "rutland": "Rutland"}
    names = {district, inside.get(county, "")} - {""}
    parts = {
        part.strip()
        for area in areas
        for part in ([area] if area == "Hinckley and Bosworth" else _parts(area))
    }
    return bool(parts & names)


def _parts(area: str) -> list[str]:
    if area in {"Oadby and Wigston", "North West Leicestershire"}:
        return [area]
    return area.replace(" and ", ",").split(",")


def _is_free(service: Mapping[str, Any]) -> bool:
    """Free for everybody or for some; unknown is not free."""
    options = service.get("cost_options", ())
    free = any(option.get("amount") == 0 for option in options)
    return free or str(service.get("fees_description", "")).lower().startswith("free")


def _point(places: Sequence[Mapping[str, Any]]) -> Point | None:
    for row in places:
        location = row["location"]
        if location.get("latitude") is not None and location.get("longitude") is not None:
            return Point(location["latitude"], location["longitude"])
    return None


def _address(places: Sequence[Mapping[str, Any]]) -> str:
    lines = [
        part
        for row in places
        for address in row["location"].get("addresses", ())
        for part in (
            row["location"].get("name"),
            address.get("address_1"),
            address.get("city"),
            address.get("postal_code"),
        )
        if part
    ]
    return ", ".join(dict.fromkeys(lines))


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _hours(schedule: Mapping[str, Any]) -> dict[str, Any]:
    days = [_DAYS[day[-2:]] for day in (schedule.get("byday") or "").split(",") if day]
    opens, closes = schedule.get("opens_at"), schedule.get("closes_at")
    return {"days": days, "from": opens and opens[:5], "to": closes and closes[:5]}


def _meets(schedule: Mapping[str, Any], when: Mapping[str, Any]) -> bool:
    hours = _hours(schedule)
    if when.get("days") and not set(when["days"]) & set(hours["days"]):
        return False
    if not when.get("times") or not hours["from"] or not hours["to"]:
        return True
    return any(
        hours["from"] < PARTS[part][1] and hours["to"] > PARTS[part][0] for part in when["times"]
    )
