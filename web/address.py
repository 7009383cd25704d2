"""Where a request comes from: the address that limits count by. Kept in memory, never stored."""

from aiohttp import web

from web.keys import SETTINGS

FORWARDED = "X-Forwarded-For"


def address_of(request: web.Request) -> str:
    """The address of who asks: as the last of our own proxies saw it, else the link's own.

    What came before our proxies' own entries was written by whoever asks, and is not believed.
    """
    linked = request.remote or ""
    proxies = request.app[SETTINGS].proxies
    if not proxies:
        return linked
    given = ",".join(request.headers.getall(FORWARDED, []))
    seen = [part.strip() for part in given.split(",") if part.strip()]
    return seen[-proxies] if len(seen) >= proxies else linked
