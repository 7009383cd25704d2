"""Places people name, as the gazetteer knows them, and how far things are. Never guesses from a common word."""

# ruff: noqa: E501 - a pattern is read whole, on its one line

import json
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from bot.wording import CONTENT

PLACES_FILE = CONTENT / "places.json"
DISTRICTS_FILE = CONTENT / "postcode_districts.json"
EARTH_RADIUS_KM = 6371.0
LONGEST_NAME = 5  # words
SHORTEST_FUZZY = 6  # letters
ALIKE = 85  # of 100

_OUTWARD = re.compile(r"\b([A-Z]{1,2}[0-9][0-9A-Z]?)(?:\s*[0-9][A-Z]{0,2})?\b", re.IGNORECASE)
_LEADS_IN = r"(?:in|near|nr|around|round|at|from|by|to|into|of|outside|towards|over|up|live|lives|living|based|the|area|for|village|on|and|or|just|not far from)"
_NOT_A_PLACE = re.compile(
    r"\b(?:leicester|derby|nottingham|coventry) (?:city (?:fc|football)|tigers|riders|royal|mercury|general|road|building society|uni(?:versity)?)\b"
)
_LOOSE_ALIASES = frozenset(
    {
        "town",
        "the city",
        "city centre",
        "west end",
        "clock tower",
        "houghton",
        "burton",
        "donington",
        "highcross",
    }
)
# Marked to confirm, and yet nothing else hereabouts.
_LOCAL_NAMES = frozenset(
    {
        "belgrave",
        "hamilton",
        "knighton",
        "saffron lane",
        "whetstone",
        "northfields",
        "anstey",
        "langham",
        "moira",
        "belgrave road",
        "city centre",
    }
)
_WORDS_NOT_PLACES = frozenset(
    ["hospital", "anxiety", "another", "appointment", "because", "before", "counselling", "everything", "something", "somewhere", "sometimes", "support", "services", "therapy", "whatever", "working", "friendly", "nothing", "morning", "evening", "weekend", "garden", "building", "football", "breathing", "bereavement", "learning", "leisure", "leaflet", "barbers", "drinking", "swimming", "children", "saturday", "long what"]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees north and east; about a kilometre true."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Place:
    """A place by its name in places.json, or an outward code. `in_area`: Leicester, Leicestershire, Rutland."""

    name: str
    point: Point | None
    in_area: bool
    confirm: bool = False
    district: str = ""
    county: str = ""


def distance_km(one: Point, other: Point) -> float:
    """Great-circle distance in kilometres."""
    lat_one, lat_other = math.radians(one.lat), math.radians(other.lat)
    half = math.sin((lat_other - lat_one) / 2) ** 2
    across = math.sin(math.radians(other.lon - one.lon) / 2) ** 2
    return (
        2
        * EARTH_RADIUS_KM
        * math.asin(math.sqrt(half + math.cos(lat_one) * math.cos(lat_other) * across))
    )


class Gazetteer:
    """Place names with their other spellings, and outward codes."""

    def __init__(self, names: dict[str, Place], outward: dict[str, Place]) -> None:
        self._names = names
        self._outward = outward
        self._fuzzy = [
            name
            for name, place in names.items()
            if len(name) >= SHORTEST_FUZZY and not place.confirm and name not in _LOOSE_ALIASES
        ]

    @classmethod
    @cache
    def load(cls) -> "Gazetteer":
        return cls(
            _names(_rows(PLACES_FILE, "places")), _districts(_rows(DISTRICTS_FILE, "districts"))
        )

    def all(self) -> tuple[Place, ...]:
        """Every named place, once."""
        return tuple({place.name: place for place in self._names.values()}.values())

    def named(self, name: str) -> Place | None:
        """The place of exactly this name, other spelling or outward code."""
        return self._names.get(_folded(name)) or self._outward.get(name.upper().strip())

    def district_of(self, place: Place) -> tuple[str, str]:
        """District and county; those of the nearest named place for an outward code."""
        if place.district or place.point is None:
            return place.district, place.county
        here = place.point
        named = [
            other for other in self._names.values() if other.point is not None and other.district
        ]
        nearest = min(named, key=lambda other: distance_km(here, other.point or here))
        return nearest.district, nearest.county

    def find(self, text: str) -> Place | None:
        """The place that a text speaks of: the most exact one, never Leicester if a part of it is named.

        `confirm` is True when the word is also a common word, a surname or somewhere else.
        """
        folded = _NOT_A_PLACE.sub(" ", _folded(text))
        found = list(self._exact(folded, text=text))
        if found:
            return _most_exact(found)
        outward = self._code(text)
        return outward or self._misspelt(folded)

    def answer(self, text: str) -> Place | None:
        """The place named in answer to "where?": a bare common word counts, too."""
        bare = re.sub(rf"^(?:{_LEADS_IN} |im |i |a |an |its |please )+", "", _folded(text)).strip()
        for name in (
            _folded(text),
            bare,
            re.sub(r" (?:please|area|ish|way|leics|leicestershire|rutland)$", "", bare),
        ):
            if name in self._names:
                return self._names[name]
        return self.find(text)

    def _exact(self, folded: str, *, text: str) -> Iterator[tuple[int, str, Place]]:
        words = folded.split()
        taken = 0
        for start in range(len(words)):
            if start < taken:
                continue
            for size in range(min(LONGEST_NAME, len(words) - start), 0, -1):
                name = " ".join(words[start : start + size])
                place = self._names.get(name)
                if place and self._meant(name, place, folded=folded, text=text):
                    yield start, name, place
                    taken = start + size
                    break

    def _meant(self, name: str, place: Place, *, folded: str, text: str) -> bool:
        """A word with another meaning counts only after "in", "near" and the like."""
        if not place.confirm and name not in _LOOSE_ALIASES:
            return True
        if folded == name or (name in _LOCAL_NAMES and folded.endswith(name)):
            return True
        lead = re.search(
            rf"\b(?:in|near|nr|around|round|from|live in|living in|based in|area of|over in) {re.escape(name)}\b",
            folded,
        )
        if not lead:
            return False
        return (
            name in _LOOSE_ALIASES | _LOCAL_NAMES
            or bool(re.search(rf"\b{re.escape(name.title())}\b", text))
            or (text == text.lower() and lead.end() == len(folded))
        )

    def _code(self, text: str) -> Place | None:
        for found in _OUTWARD.finditer(text):
            place = self._outward.get(found.group(1).upper())
            if place:
                return place
        return None

    def _misspelt(self, folded: str) -> Place | None:
        words = folded.split()
        grams = [
            " ".join(words[at : at + size])
            for size in (3, 2, 1)
            for at in range(len(words) - size + 1)
        ]
        best: tuple[float, str] | None = None
        for gram in grams:
            if len(gram) < SHORTEST_FUZZY or gram in _WORDS_NOT_PLACES:
                continue
            near = process.extractOne(gram, self._fuzzy, scorer=fuzz.ratio, score_cutoff=ALIKE)
            if near and near[0][0] == gram[0] and (best is None or near[1] > best[0]):
                best = (near[1], near[0])
        return self._names[best[1]] if best else None


def _most_exact(found: list[tuple[int, str, Place]]) -> Place:
    """A part of the city before the city; a sure name before one to confirm; then the last one said."""
    ordered = sorted(
        found,
        key=lambda item: (
            item[2].name == "Leicester",
            item[2].confirm,
            not item[2].in_area,
            -item[0],
        ),
    )
    return ordered[0][2]


def _folded(text: str) -> str:
    low = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-z0-9]+", " ", low.replace("'", "")).strip()
    return re.sub(r"\bst\.? (?=[a-z])", "st ", re.sub(r"\bmkt\b", "market", plain))


def _rows(path: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))[name]
    return rows


def _names(rows: list[dict[str, Any]]) -> dict[str, Place]:
    names: dict[str, Place] = {}
    for row in rows:
        place = Place(
            row["name"],
            Point(row["lat"], row["lon"]),
            row["in_area"],
            row["ask_to_confirm"],
            district=row["district"],
            county=row["area"],
        )
        for name in (row["name"], *row["aliases"]):
            names.setdefault(_folded(name), place)
    return names


def _districts(rows: list[dict[str, Any]]) -> dict[str, Place]:
    return {
        row["outward"]: Place(row["outward"], Point(row["lat"], row["lon"]), row["status"] != "out")
        for row in rows
    }
