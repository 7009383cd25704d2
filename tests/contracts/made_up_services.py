"""Services that nobody offers, as many as wanted, spread over real places: for measuring."""

import random
from collections.abc import Iterator
from typing import Any

from bot.open_referral import made_id
from bot.places import Gazetteer

CODES = [
    "benefits",
    "money",
    "housing",
    "homeless",
    "befriending",
    "loneliness",
    "groups",
    "alcohol",
    "drugs",
    "gambling",
    "addiction",
    "relationships",
    "parenting",
    "lifestyle",
    "exercise",
    "smoking",
    "diet",
    "community",
    "arts",
    "nature",
    "learning",
    "volunteering",
    "work",
    "carers",
    "bereavement",
    "abuse",
    "food",
    "cafe",
    "crisis",
    "helpline",
    "therapy",
    "selfhelp",
    "peer",
    "cyp",
    "navigator",
    "transport",
]
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORDS = [
    "Open",
    "Door",
    "Bright",
    "Steps",
    "Oak",
    "Tree",
    "Willow",
    "Hope",
    "Harbour",
    "Green",
    "Lane",
    "Kind",
    "Circle",
    "Hub",
]


def made_up(how_many: int, *, seed: int = 5) -> Iterator[dict[str, Any]]:
    """The same ones for the same seed."""
    chance = random.Random(seed)
    places = [place for place in Gazetteer.load().all() if place.in_area]
    for number in range(how_many):
        yield _service(number, chance, places)


def _service(number: int, chance: random.Random, places: list[Any]) -> dict[str, Any]:
    service, place = made_id("made up", number), chance.choice(places)
    codes = chance.sample(CODES, 3)
    north, east = chance.uniform(-0.02, 0.02), chance.uniform(-0.03, 0.03)
    return {
        "id": service,
        "name": f"{chance.choice(WORDS)} {chance.choice(WORDS)} {place.name} {number}",
        "description": f"Help with {', '.join(codes)} for people of {place.name}.",
        "status": "active",
        "organization": {"id": made_id("made up organization", number % 500), "name": "Made up"},
        "minimum_age": chance.choice((None, None, 18, 11)),
        "phones": [{"number": f"0116 496 {number % 1000:04d}"}],
        "schedules": [
            {"byday": ",".join(chance.sample(DAYS, 3)), "opens_at": "09:00", "closes_at": "17:00"}
        ],
        "service_areas": [{"name": place.district}],
        "cost_options": [{"amount": chance.choice((0, 5))}],
        "attributes": [
            {"taxonomy_term": {"id": made_id("term", code), "code": code, "name": code}}
            for code in codes
        ],
        "service_at_locations": [
            {
                "location": {
                    "id": made_id(service, "here"),
                    "latitude": place.point.lat + north,
                    "longitude": place.point.lon + east,
                }
            }
        ],
    }
