"""Finds services for a need near a place: local before national, nearest first.

Shows nothing inactive, and nothing for professionals to the public; makes nothing up.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy import Connection

from bot import directory_store
from bot.directory_hours import ByHours, by_hours
from bot.directory_query import Query, read_query
from bot.directory_rows import documents
from bot.directory_store import Candidate, Wanted
from bot.directory_topics import content_words
from bot.opening import Opening
from bot.places import Gazetteer, Place
from bot.service_record import GROUP_CODES, Record, serves
from bot.wording import CONTENT

TERMS_FILE = CONTENT / "topic_terms.toml"
MOST_SHOWN = 10
FAR_KM = 30.0
AREA_KM = 90.0  # from one end of Leicestershire and Rutland to the other


class _Reach(Enum):
    NEAR = "near"
    AREA = "area"


class Hit(NamedTuple):
    """A service found. `distance_km` is None without a place or for help by phone and online."""

    id: str
    name: str
    distance_km: float | None


@dataclass(frozen=True, slots=True)
class DirectoryAnswer:
    """The search as understood, and the services, best first. `widened`: none was near enough.

    `opening`: the hours asked for, if any. `none_open`: no service is known to be open then, so
    they are shown whatever their hours.
    """

    topics: tuple[str, ...]
    place: str | None
    audience: Mapping[str, Any]
    when: Mapping[str, Any]
    services: tuple[Hit, ...]
    widened: bool = False
    opening: Opening | None = None
    none_open: bool = False


@dataclass(frozen=True, slots=True)
class Only:
    """Narrower than the words say: free ones, those open now, no farther than so many km.

    `or_farther`: where none is near enough, the nearest in all the area instead.
    """

    free: bool = False
    open_now: bool = False
    within_km: float | None = None
    for_professional: bool = False
    or_farther: bool = False


class Directory:
    """Searches the store. Keeps what it has read of a service until that changes.

    `demo`: made-up examples are shown as well, and say so.
    """

    def __init__(self, gazetteer: Gazetteer, *, demo: bool = False) -> None:
        self.shows_demo = demo
        self._kept: dict[str, tuple[int, Record]] = {}
        self._gazetteer = gazetteer
        stored = tomllib.loads(TERMS_FILE.read_text(encoding="utf-8"))
        self._terms: Mapping[str, Sequence[str]] = stored["topics"]
        self._general: Mapping[str, Sequence[str]] = stored["general"]

    @classmethod
    def load(cls, *, demo: bool = False) -> "Directory":
        return cls(Gazetteer.load(), demo=demo)

    def search(
        self,
        db: Connection,
        query: str = "",
        *,
        local: datetime,
        needs: Sequence[str] = (),
        place: str | None = None,
        only: Only = Only(),
    ) -> DirectoryAnswer:
        """Services for what was typed, with needs and a place said earlier where it says none.

        `local`: the time here, which says what is open now and which day is today.
        """
        read = read_query(query, today=local.date(), gazetteer=self._gazetteer)
        topics = read.topics or tuple(needs)
        where = read.place or (self._gazetteer.named(place) if place else None)
        meant = replace(
            read,
            topics=topics,
            place=where,
            within_km=only.within_km or read.within_km,
            opening=Opening(now=True) if only.open_now else read.opening,
        )
        found = self._found(db, meant, only=only, reach=_Reach.NEAR, local=local)
        is_asked = where is not None and bool(topics or read.exact)
        widened = not found.shown and only.or_farther and is_asked
        if widened:
            found = self._found(db, meant, only=only, reach=_Reach.AREA, local=local)
        return DirectoryAnswer(
            topics,
            where.name if where else None,
            read.audience,
            read.when,
            found.shown[:MOST_SHOWN],
            widened=widened and bool(found.shown),
            opening=meant.opening,
            none_open=found.none_open,
        )

    def record(self, db: Connection, service_id: str, *, only: Only = Only()) -> Record | None:
        """A service that may be shown; None for any other."""
        seen = directory_store.candidates(
            db,
            Wanted(ids=[service_id], demo=self.shows_demo, for_professional=only.for_professional),
        )
        return next(iter(self._records(db, seen)), None)

    def card(
        self, db: Connection, service_id: str, *, today: date, distance_km: float | None = None
    ) -> dict[str, Any] | None:
        """What the page shows of a service; `stale`: not checked within its review time."""
        record = self.record(db, service_id)
        if record is None:
            return None
        return {
            **record.card(),
            "distance_km": distance_km,
            "stale": record.is_stale(today),
        }

    def _records(self, db: Connection, seen: Sequence[Candidate]) -> list[Record]:
        """Those seen, in their order; only what changed since is read again."""
        changed = [one.id for one in seen if self._kept.get(one.id, (0, None))[0] != one.version]
        read = documents(db, changed) if changed else {}
        versions = {one.id: one.version for one in seen}
        for service_id, document in read.items():
            self._kept[service_id] = (versions[service_id], Record(document))
        return [self._kept[one.id][1] for one in seen if one.id in self._kept]

    def _found(
        self, db: Connection, read: Query, *, only: Only, reach: "_Reach", local: datetime
    ) -> ByHours[Hit]:
        named = directory_store.by_words(db, content_words(read.words))
        wanted = Wanted(
            codes=self._codes(read),
            ids=named,
            near=read.place.point if read.place else None,
            km=FAR_KM if reach is _Reach.NEAR else AREA_KM,
            age=read.audience.get("age"),
            free=only.free,
            demo=self.shows_demo,
            for_professional=only.for_professional,
        )
        home = self._gazetteer.district_of(read.place) if read.place else ("", "")
        places = {
            term: place
            for topic in read.topics
            for place, term in enumerate(self._wanted(topic, exact=read.exact))
        }
        by_words = {service_id: place for place, service_id in enumerate(named)}
        ranked = []
        for record in self._records(db, directory_store.candidates(db, wanted)):
            fit = self._fit(record, read, by_words=by_words, places=places)
            distance = _distance(record, read.place)
            is_near = reach is _Reach.AREA or _is_near(record, read, home, distance=distance)
            if fit > 0 and is_near and record.suits(read.audience, named=read.exact):
                rank = self._rank(record, read, fit=fit, distance=distance)
                ranked.append((rank, record, distance))
        ranked.sort(key=lambda item: item[0])
        hits = [(record, Hit(record.id, record.name, far)) for _, record, far in ranked]
        return by_hours(hits, read, local=local)

    def _codes(self, read: Query) -> frozenset[str]:
        """Terms that can make a service fit."""
        codes = {term for topic in read.topics for term in self._terms[topic]}
        codes |= read.exact
        if not read.topics:
            codes |= {code for code, group in GROUP_CODES.items() if read.audience.get(group)}
        return frozenset(codes)

    @staticmethod
    def _fit(
        record: Record, read: Query, *, by_words: Mapping[str, int], places: Mapping[str, int]
    ) -> float:
        """How well it answers: its very name, an exact term, a topic's terms, else its words."""
        if record.is_named_in(read.words):
            return 5.0
        direct = [1.0 / (1 + places[term]) for term in record.terms if term in places]
        exact = read.exact & record.terms
        own = _own_groups(record, read.audience)
        if direct or ((exact or own) and not read.topics):
            return sum(direct) + 2.0 * len(exact) + own
        spoken_of = not read.topics and not read.exact and record.id in by_words
        return 1.0 / (1 + by_words[record.id]) if spoken_of else 0.0

    def _wanted(self, topic: str, *, exact: frozenset[str]) -> Sequence[str]:
        """A topic's terms; where one was named exactly ("alcohol"), that and the general ones."""
        terms = self._terms[topic]
        named = [term for term in terms if term in exact]
        if named and topic in self._general:
            return [*named, *self._general[topic]]
        return terms

    @staticmethod
    def _rank(
        record: Record, read: Query, *, fit: float, distance: float | None
    ) -> tuple[bool, bool, bool, bool, float, float, str]:
        """Asked for by name; local before national; what was named exactly; nearest; best fit."""
        missing_exact = bool(read.exact) and not read.exact & record.terms
        groups = {name for name, value in read.audience.items() if value is True}
        missing_exact = missing_exact or (bool(groups) and not groups & record.groups)
        far = distance if distance is not None else FAR_KM / 2
        return (
            not record.is_named_in(read.words),
            record.is_national,
            missing_exact,
            read.free and not record.is_free,
            far,
            -fit,
            record.name,
        )


def filter_line(
    record: Mapping[str, Any], *, directory: Directory, db: Connection, local: datetime
) -> dict[str, Any]:
    """`{"id","query"}` → `{"id","topics","place","audience","when","services":[…]}`."""
    found = directory.search(db, record["query"], local=local, only=Only(or_farther=True))
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


def _is_near(record: Record, read: Query, home: tuple[str, str], *, distance: float | None) -> bool:
    """Near enough, or it serves the place's district and county; never farther than was said."""
    if read.place is None:
        return True
    if distance is not None and distance > (read.within_km or FAR_KM):
        return False
    district, county = home
    if record.is_national or serves(record.areas, district=district, county=county):
        return True
    return distance is not None and distance <= (read.within_km or FAR_KM / 2)


def _own_groups(record: Record, audience: Mapping[str, Any]) -> float:
    named = record.groups & {name for name, value in audience.items() if value}
    return 3.0 * len(named) + (2.0 if audience.get("language") in record.languages else 0.0)
