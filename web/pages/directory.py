"""The public directory: search in plain words, and one service. Works without a script."""

from aiohttp import web
from sqlalchemy import Connection

from bot.directory import DirectoryAnswer, Only
from chat.references import LONDON
from models.errors import NotFoundError
from web.keys import SERVICE
from web.pages.render import PAGES

LONGEST = 300
DISTANCES = (3, 8, 16)  # km: about 2, 5 and 10 miles


def add_routes(app: web.Application) -> None:
    app.add_routes([web.get("/directory", search), web.get("/directory/{id}", one)])


async def search(request: web.Request) -> web.Response:
    service = request.app[SERVICE]
    asked = request.query.get("q", "").strip()[:LONGEST]
    free, now_open = bool(request.query.get("free")), bool(request.query.get("open"))
    local = service.now().astimezone(LONDON)
    within = _within(request.query.get("within", ""))
    only = Only(free=free, open_now=now_open, within_km=within, or_farther=within is None)

    def look(db: Connection) -> tuple[DirectoryAnswer, list[dict[str, object] | None]]:
        found = service.directory.search(db, asked, local=local, only=only)
        return found, [
            service.directory.card(db, hit.id, today=local.date(), distance_km=hit.distance_km)
            for hit in found.services
        ]

    found, cards = await service.store.read(look) if asked else (None, [])
    return request.app[PAGES].answer(
        "directory.html",
        asked=asked,
        found=found,
        cards=[card for card in cards if card],
        free=free,
        now_open=now_open,
        within=within,
        distances=DISTANCES,
    )


def _within(given: str) -> float | None:
    """One of the distances offered; anything else narrows nothing."""
    return next((km for km in DISTANCES if given == str(km)), None)


async def one(request: web.Request) -> web.Response:
    """Raise NotFoundError, for what the public may not see too."""
    service = request.app[SERVICE]
    today = service.now().astimezone(LONDON).date()
    card = await service.store.read(
        lambda db: service.directory.card(db, request.match_info["id"], today=today)
    )
    if card is None:
        raise NotFoundError
    return request.app[PAGES].answer("directory_service.html", card=card)
