"""Sign-in by the organisation's identity service: there and back. Only when one is set."""

import structlog
from aiohttp import web

from chat import identity
from models.errors import NotSignedInError, ServiceError
from web.api.staff import keep_session
from web.guard import COOKIE, SIGN_IN
from web.keys import SERVICE, SETTINGS
from web.oidc import Oidc
from web.pages.render import PAGES, see_other
from web.pages.sign_in import CONSOLE, sign_in_refused
from web.settings import Settings

THERE = f"{SIGN_IN}/organisation"
BACK = f"{THERE}/back"
BROWSER = "cap_oidc"
LONGEST = 4096
log = structlog.get_logger()

OIDC = web.AppKey("oidc", Oidc)
ROLE_MAP = web.AppKey("role_map", identity.RoleMap)


def add_routes(app: web.Application) -> None:
    oidc = client_of(app[SETTINGS])
    if oidc is None:
        return
    app[OIDC], app[ROLE_MAP] = oidc, identity.RoleMap.load(app[SETTINGS].oidc_roles)
    app.add_routes([web.get(THERE, there), web.get(BACK, back)])


def client_of(settings: Settings) -> Oidc | None:
    if not settings.oidc_issuer or not settings.oidc_client_id:
        return None
    return Oidc(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        redirect=f"{settings.public_url.rstrip('/')}{BACK}",
    )


async def there(request: web.Request) -> web.Response:
    """To the identity service, with a cookie that ties the answer to this browser."""
    try:
        asked = await identity.begin(request.app[SERVICE])
        answer = see_other(await request.app[OIDC].address(asked))
    except ServiceError as error:
        return _refused(request, error)
    answer.set_cookie(
        BROWSER,
        asked.state,
        max_age=int(identity.ANSWER_WITHIN.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=request.app[SETTINGS].secure_cookies,
        path=THERE,
    )
    return answer


async def back(request: web.Request) -> web.Response:
    """The answer: believed only when all of it holds, and once."""
    service = request.app[SERVICE]
    state, code = request.query.get("state", ""), request.query.get("code", "")
    try:
        if not code or len(code) > LONGEST:
            raise NotSignedInError
        asked = await identity.answered(service, state, browser=request.cookies.get(BROWSER, ""))
        claims = await request.app[OIDC].claims(asked, code=code, now=service.now())
        token = await identity.admit(
            service,
            claims,
            role_map=request.app[ROLE_MAP],
            replaces=request.cookies.get(COOKIE),
        )
    except ServiceError as error:
        return _refused(request, error)
    answer = see_other(CONSOLE)
    keep_session(request, answer, token)
    answer.del_cookie(BROWSER, path=THERE)
    return answer


def _refused(request: web.Request, error: ServiceError) -> web.Response:
    log.warning("identity_refused", code=error.code, hint=error.hint)
    name = {"not_allowed": "no_role", "unavailable": "unavailable"}.get(error.code, "refused")
    trouble = request.app[PAGES].say(f"organisation.{name}")
    answer = sign_in_refused(request, trouble=trouble, status=error.status)
    answer.del_cookie(BROWSER, path=THERE)
    return answer
