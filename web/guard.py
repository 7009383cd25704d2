"""Deny by default: no request reaches a handler unless the table of roles has a rule for it."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from chat import sessions
from chat.roles import Open, roles
from chat.staff import SignedIn
from models.errors import NotSignedInError
from web.keys import SERVICE

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
COOKIE = "cap_staff"
SIGN_IN = "/staff/sign-in"
STAFF = web.RequestKey("staff", SignedIn)


@web.middleware
async def check_access(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find the route's rule; where a role decides, find out who it is and whether they may."""
    resource = request.match_info.route.resource
    if resource is None:  # no such route or method: the router's own answer
        return await handler(request)
    rule = roles().rule_of(request.method, resource.canonical)
    if rule in {Open.ANYONE, Open.PERSON}:
        return await handler(request)
    try:
        staff = await signed_in(request)
    except NotSignedInError:
        if request.path.startswith("/api/"):
            raise
        return web.Response(status=303, headers={"Location": SIGN_IN})
    roles().check_action(staff.role, rule)
    return await handler(request)


async def signed_in(request: web.Request) -> SignedIn:
    """Who asks, looked up once a request. Raises NotSignedInError."""
    known: SignedIn | None = request.get(STAFF)
    if known is not None:
        return known
    token = request.cookies.get(COOKIE)
    if not token:
        raise NotSignedInError
    found = await sessions.by_session(request.app[SERVICE], token)
    request[STAFF] = found
    return found
