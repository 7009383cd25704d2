"""What holds for every HTTP request: who may post from where, what every answer carries, how errors
are told.
"""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from models.errors import (
    NotAllowedError,
    NotFoundError,
    ServiceError,
    TooLongError,
    UnavailableError,
)
from models.text import readable
from web.keys import SENTENCES, SETTINGS
from web.pages.failure import told_as_page, wants_page

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = structlog.get_logger()

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'; img-src 'self' data:; connect-src 'self' {socket}"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: browsers then send the origin of our own forms as null.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
}


@web.middleware
async def tell_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Our own errors become the contract's answer; anything else is a bug: logged once, told as
    unavailable.
    """
    try:
        return await handler(request)
    except ServiceError as error:
        return _told(request, error)
    except web.HTTPRequestEntityTooLarge:
        return _told(request, TooLongError())
    except web.HTTPNotFound:
        if wants_page(request):
            return told_as_page(request, NotFoundError())
        raise
    except web.HTTPException:
        raise
    except ConnectionResetError:
        raise  # whoever asked is gone: nobody to tell, and no bug
    except Exception as error:  # the HTTP edge: a bug is logged once, without what was sent
        log.error(
            "request_failed",
            route=_route_of(request),
            error=type(error).__name__,
            where=_where(error),
        )
        return _told(request, UnavailableError())


def _told(request: web.Request, error: ServiceError) -> web.Response:
    told = request.app[SENTENCES].told(error)
    headers = {"Retry-After": str(told["retry_after"])} if "retry_after" in told else {}
    if wants_page(request):
        answer = told_as_page(request, error)
        answer.headers.update(headers)
        return answer
    return web.json_response({"error": told}, status=error.status, headers=headers)


def _route_of(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "none"


def _where(error: Exception) -> str:
    """The innermost place of a bug, by file and line: never its message, which may hold what was
    sent.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "unknown"
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"


@web.middleware
async def readable_address(request: web.Request, handler: Handler) -> web.StreamResponse:
    """An address with what no store and no page can hold leads nowhere."""
    asked = [request.path, *request.query.keys(), *request.query.values()]
    if any(readable(part) != part for part in asked):
        raise NotFoundError
    return await handler(request)


@web.middleware
async def same_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A write that names another origin is refused; one that names none (no browser) is let
    through.
    """
    if request.method not in SAFE and not _origin_is_ours(request):
        raise NotAllowedError
    return await handler(request)


def _origin_is_ours(request: web.Request) -> bool:
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if origin is None:
        return site in {"same-origin", "none"}
    public = urlsplit(request.app[SETTINGS].public_url)
    ours = {public.netloc, request.host}
    return urlsplit(origin).netloc in ours


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal `on_response_prepare`: the same strict headers on every answer."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    scheme = "wss" if request.secure else "ws"
    policy = POLICY.format(socket=f"{scheme}://{request.host}")
    response.headers.setdefault("Content-Security-Policy", policy)
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    if request.app[SETTINGS].secure_cookies:
        response.headers.setdefault(
            "Strict-Transport-Security", "max-age=31536000; includeSubDomains"
        )


EVERY_REQUEST = (tell_errors, readable_address, same_origin)
"""In this order: whatever the later ones refuse is told by the first."""
