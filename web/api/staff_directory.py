"""The directory for the console's panel: as the public searches it, in JSON. Only reads."""

from aiohttp import web
from sqlalchemy import Connection

from chat.references import LONDON
from web.keys import SERVICE

LONGEST = 300


def add_routes(app: web.Application) -> None:
    app.add_routes([web.get("/api/staff/directory", search)])


async def search(request: web.Request) -> web.Response:
    service = request.app[SERVICE]
    asked = request.query.get("q", "").strip()[:LONGEST]
    local = service.now().astimezone(LONDON)

    def look(db: Connection) -> list[dict[str, object]]:
        found = service.directory.search(db, asked, local=local)
        cards = (
            service.directory.card(db, hit.id, today=local.date(), distance_km=hit.distance_km)
            for hit in found.services
        )
        return [card for card in cards if card]

    services = await service.store.read(look) if asked else []
    return web.json_response({"services": services})
