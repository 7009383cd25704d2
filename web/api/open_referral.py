"""The directory for other programs: the read API of Open Referral UK 3.0, open to every origin."""

from aiohttp import web

from chat import directory_reading
from models.errors import BadCommandError
from web.keys import SERVICE

ROOT = "/open-referral"
MOST, USUAL = 100, 50
LONGEST_NUMBER = 7
OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


def add_routes(app: web.Application) -> None:
    app.add_routes(
        [
            web.get(f"{ROOT}", root),
            web.get(f"{ROOT}/", root),
            web.get(f"{ROOT}/services", services),
            web.get(ROOT + "/services/{id}", one),
            web.get(f"{ROOT}/service_at_locations", at_locations),
            web.get(f"{ROOT}/taxonomies", taxonomies),
            web.get(f"{ROOT}/taxonomy_terms", terms),
        ]
    )


async def root(_request: web.Request) -> web.Response:
    return _answer({"version": "HSDS-UK-3.0", "profile": "https://docs.openreferraluk.org/"})


async def services(request: web.Request) -> web.Response:
    page, size = _asked_page(request)
    found = await directory_reading.services(
        request.app[SERVICE], request.query, page=page, size=size
    )
    return _answer(found)


async def one(request: web.Request) -> web.Response:
    return _answer(await directory_reading.one(request.app[SERVICE], request.match_info["id"]))


async def at_locations(request: web.Request) -> web.Response:
    page, size = _asked_page(request)
    return _answer(await directory_reading.at_locations(request.app[SERVICE], page=page, size=size))


async def taxonomies(request: web.Request) -> web.Response:
    page, size = _asked_page(request)
    return _answer(await directory_reading.taxonomies(request.app[SERVICE], page=page, size=size))


async def terms(request: web.Request) -> web.Response:
    page, size = _asked_page(request)
    return _answer(await directory_reading.terms(request.app[SERVICE], page=page, size=size))


def _asked_page(request: web.Request) -> tuple[int, int]:
    """Raise BadCommandError for what is no page."""
    page, size = request.query.get("page", "1"), request.query.get("per_page", str(USUAL))
    return _number(page), min(_number(size), MOST)


def _number(given: str) -> int:
    """A page or a size. Long rows of digits are no number to us: reading them takes time."""
    if not (given.isascii() and given.isdigit() and len(given) < LONGEST_NUMBER and int(given) > 0):
        raise BadCommandError(hint="page")
    return int(given)


def _answer(content: object) -> web.Response:
    return web.json_response(content, headers=OPEN)
