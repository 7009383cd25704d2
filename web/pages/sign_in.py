"""Staff pages: sign in, take up an account, sign out. One form each, so that a refusal tells
nothing of which part was wrong.
"""

from aiohttp import web

from chat import seed, sessions, signing_in
from models.errors import BadCommandError, NotSignedInError, ServiceError
from models.text import readable
from web.address import address_of
from web.api.staff import keep_session
from web.guard import COOKIE, SIGN_IN
from web.keys import SENTENCES, SERVICE, SETTINGS
from web.pages.render import PAGES, see_other
from web.settings import Mode

CONSOLE = "/staff"
ENROL = "/staff/sign-in/enrol"
LONGEST_LINE = 500


def add_routes(app: web.Application) -> None:
    app.add_routes(
        [
            web.get(SIGN_IN, sign_in_page),
            web.post(SIGN_IN, sign_in),
            web.get(ENROL, enrol_page),
            web.post(ENROL, enrol),
            web.post("/staff/sign-out", sign_out),
        ]
    )


async def sign_in_page(request: web.Request) -> web.Response:
    return _sign_in_page(request)


def _sign_in_page(
    request: web.Request, *, trouble: str | None = None, username: str = "", status: int = 200
) -> web.Response:
    settings = request.app[SETTINGS]
    demo = settings.mode is Mode.DEVELOPMENT
    return request.app[PAGES].answer(
        "staff/sign_in.html",
        status=status,
        trouble=trouble,
        username=username,
        organisation=bool(settings.oidc_issuer and settings.oidc_client_id),
        demo=seed.DEMO if demo else (),
        demo_password=seed.DEMO_PASSWORD if demo else "",
    )


def sign_in_refused(request: web.Request, *, trouble: str, status: int) -> web.Response:
    """The page again, with why another way in did not lead in."""
    return _sign_in_page(request, trouble=trouble, status=status)


async def _claim(request: web.Request) -> tuple[signing_in.Claim, dict[str, str]]:
    """What the form holds; too long a field is nobody's."""
    form = await request.post()
    lines = {name: readable(str(value))[:LONGEST_LINE] for name, value in form.items()}
    claim = signing_in.Claim(
        lines.get("username", "").strip(),
        lines.get("password", ""),
        lines.get("code", ""),
        request.cookies.get(COOKIE),
    )
    return claim, lines


async def sign_in(request: web.Request) -> web.Response:
    """By form. The same sentence for everything that does not fit."""
    claim, _lines = await _claim(request)
    service = request.app[SERVICE]
    try:
        service.pace.check_sign_in(claim.username, address=address_of(request))
        token, _staff = await signing_in.sign_in(service, claim)
    except NotSignedInError as error:
        wrong = request.app[PAGES].say("sign_in.wrong")
        return _sign_in_page(request, trouble=wrong, username=claim.username, status=error.status)
    except ServiceError as error:
        told = _told(request, error)
        return _sign_in_page(request, trouble=told, username=claim.username, status=error.status)
    answer = see_other(CONSOLE)
    keep_session(request, answer, token)
    return answer


def _told(request: web.Request, error: ServiceError) -> str:
    if error.code == "too_fast":
        minutes = (
            1 if error.retry_after is None else -(-int(error.retry_after.total_seconds()) // 60)
        )
        return request.app[PAGES].say("sign_in.wait", minutes=max(1, minutes))
    return str(request.app[SENTENCES].told(error)["message"])


async def enrol_page(request: web.Request) -> web.Response:
    return request.app[PAGES].answer("staff/enrol.html")


async def enrol(request: web.Request) -> web.Response:
    """Take up an account. The recovery codes are on the answer's page, this once."""
    claim, lines = await _claim(request)
    service, pages = request.app[SERVICE], request.app[PAGES]
    try:
        service.pace.check_sign_in(claim.username, address=address_of(request))
        codes = await signing_in.take_up(service, claim, enrol_code=lines.get("enrol_code", ""))
    except ServiceError as error:
        trouble = _enrol_trouble(request, error)
        return pages.answer(
            "staff/enrol.html", status=error.status, trouble=trouble, username=claim.username
        )
    return pages.answer("staff/enrolled.html", codes=codes)


def _enrol_trouble(request: web.Request, error: ServiceError) -> str:
    pages = request.app[PAGES]
    if isinstance(error, BadCommandError):
        return pages.say("enrol.weak")
    if isinstance(error, NotSignedInError):
        return pages.say("enrol.wrong")
    return _told(request, error)


async def sign_out(request: web.Request) -> web.Response:
    token = request.cookies.get(COOKIE)
    if token:
        await sessions.sign_out(request.app[SERVICE], token)
    answer = see_other(SIGN_IN)
    answer.del_cookie(COOKIE, path="/")
    return answer
