"""Finds services for a need near a place: local before national, nearest first.

Shows nothing inactive, and nothing for professionals to the public; makes nothing up.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from bot.directory_query import Query, read_query
from bot.fields.plain import plain
from bot.places import Gazetteer, Place
from bot.service_record import Record, serves
from bot.wording import CONTENT
from models.vocabulary import Need

DIRECTORY_FILE = CONTENT / "directory.json"
TERMS_FILE = CONTENT / "topic_terms.toml"
MOST_SHOWN = 10
FAR_KM = 30.0
REVIEW_AFTER = timedelta(days=180)
CRISIS_REVIEW_AFTER = timedelta(days=30)


class Hit(NamedTuple):
    """A service found. `distance_km` is None without a place or for help by phone and online."""

    id: str
    name: str
    distance_km: float | None


@dataclass(frozen=True, slots=True)
class DirectoryAnswer:
    """The search as understood, and the services, best first."""

    topics: tuple[str, ...]
    place: str | None
    audience: Mapping[str, Any]
    when: Mapping[str, Any]
    services: tuple[Hit, ...]


class Directory:
    """Services held in memory, by id. `demo`: made-up examples are shown as well, and say so."""

    def __init__(
        self, services: Iterable[Mapping[str, Any]], gazetteer: Gazetteer, *, demo: bool = False
    ) -> None:
        records = (Record(service) for service in services)
        self._records = {
            record.id: record for record in records if record.active and (demo or not record.demo)
        }
        self._gazetteer = gazetteer
        stored = tomllib.loads(TERMS_FILE.read_text(encoding="utf-8"))
        self._terms: Mapping[str, Sequence[str]] = stored["topics"]
        self._general: Mapping[str, Sequence[str]] = stored["general"]

    @classmethod
    def load(cls, path: Path | None = None, *, demo: bool = False) -> "Directory":
        stored = json.loads((path or DIRECTORY_FILE).read_text(encoding="utf-8"))
        return cls(stored["services"], Gazetteer.load(), demo=demo)

    def search(
        self,
        query: str = "",
        *,
        today: date,
        needs: Sequence[Need] = (),
        place: str | None = None,
        for_professional: bool = False,
    ) -> DirectoryAnswer:
        """Services for what was typed, with needs and a place said earlier where it says none."""
        read = read_query(query, today=today, gazetteer=self._gazetteer)
        topics = read.topics or tuple(need.value for need in needs)
        where = read.place or (self._gazetteer.named(place) if place else None)
        hits = self._found(read, topics=topics, where=where, for_professional=for_professional)
        return DirectoryAnswer(
            topics, where.name if where else None, read.audience, read.when, tuple(hits)
        )

    def record(self, service_id: str) -> Record | None:
        return self._records.get(service_id)

    def card(
        self, service_id: str, *, today: date, distance_km: float | None = None
    ) -> dict[str, Any] | None:
        """What the page shows of a service; `stale`: not checked within its review time."""
        record = self._records.get(service_id)
        if record is None:
            return None
        limit = CRISIS_REVIEW_AFTER if record.for_crisis else REVIEW_AFTER
        stale = record.checked is None or today - record.checked > limit
        return {**record.card(), "distance_km": distance_km, "stale": stale}

    def _found(
        self, read: Query, *, topics: tuple[str, ...], where: Place | None, for_professional: bool
    ) -> list[Hit]:
        ranked = []
        for record in self._records.values():
            if record.for_professionals and not for_professional:
                continue
            fit = self._fit(record, read, topics=topics)
            if fit <= 0 or not record.suits(read.audience, named=read.exact):
                continue
            distance = _distance(record, where)
            if where and not self._reaches(record, where, distance=distance):
                continue
            ranked.append((self._rank(record, read, fit=fit, distance=distance), record, distance))
        ranked.sort(key=lambda item: item[0])
        open_then = [item for item in ranked if item[1].may_be_open(read.when)]
        shown = (open_then or ranked)[:MOST_SHOWN]
        return [Hit(record.id, record.name, distance) for _, record, distance in shown]

    def _fit(self, record: Record, read: Query, *, topics: tuple[str, ...]) -> float:
        """How well it answers: an exact term, a topic's terms, or its very name."""
        if _named(record, read.words):
            return 5.0
        wanted = {
            term: place
            for topic in topics
            for place, term in enumerate(self._wanted(topic, exact=read.exact))
        }
        direct = [1.0 / (1 + wanted[term]) for term in record.terms if term in wanted]
        exact = read.exact & record.terms
        own = _own_groups(record, read.audience)
        if not direct and not ((exact or own) and not topics):
            return 0.0
        return sum(direct) + 2.0 * len(exact) + own

    def _wanted(self, topic: str, *, exact: frozenset[str]) -> Sequence[str]:
        """A topic's terms; where one was named exactly ("alcohol"), that and the general ones."""
        terms = self._terms[topic]
        named = [term for term in terms if term in exact]
        if named and topic in self._general:
            return [*named, *self._general[topic]]
        return terms

    def _reaches(self, record: Record, where: Place, *, distance: float | None) -> bool:
        district, county = self._gazetteer.district_of(where)
        if distance is not None and distance > FAR_KM:
            return False
        if record.is_national or serves(record.areas, district=district, county=county):
            return True
        return distance is not None and distance <= FAR_KM / 2

    @staticmethod
    def _rank(
        record: Record, read: Query, *, fit: float, distance: float | None
    ) -> tuple[bool, bool, float, float, str]:
        """Local before national, what was named exactly first, the nearest, the best fit."""
        missing_exact = bool(read.exact) and not read.exact & record.terms
        groups = {name for name, value in read.audience.items() if value is True}
        missing_exact = missing_exact or (bool(groups) and not groups & record.groups)
        far = distance if distance is not None else FAR_KM / 2
        return record.is_national, missing_exact, far, -fit, record.name


def filter_line(record: Mapping[str, Any], *, directory: Directory, today: date) -> dict[str, Any]:
    """`{"id","query"}` → `{"id","topics","place","audience","when","services":[…]}`."""
    found = directory.search(record["query"], today=today)
    return {
        "id": record["id"],
        "topics": list(found.topics),
        "place": found.place,
        "audience": dict(found.audience),
        "when": dict(found.when),
        "services": [hit._asdict() for hit in found.services],
    }


def _distance(record: Record, where: Place | None) -> float | None:
    if where is None or where.point is None or record.point is None:
        return None
    return round(record.distance_from(where.point), 1)


def _named(record: Record, words: str) -> bool:
    name = re.sub(r"^demo ", "", plain(record.name))
    return len(name) > len("beat") and re.search(rf"\b{re.escape(name)}\b", words) is not None


def _own_groups(record: Record, audience: Mapping[str, Any]) -> float:
    named = record.groups & {name for name, value in audience.items() if value}
    return 3.0 * len(named) + (2.0 if audience.get("language") in record.languages else 0.0)
