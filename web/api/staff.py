"""Staff over HTTP: sign in and out, the queue and records.

Every handler asks who it is first.
"""

from aiohttp import web

from chat import records, sessions, signing_in, taking
from chat.staff import SignedIn
from web import commands as c
from web.address import address_of
from web.api.body import body_as
from web.guard import COOKIE, signed_in
from web.keys import SERVICE, SETTINGS


def add_routes(app: web.Application) -> None:
    app.add_routes(
        [
            web.post("/api/staff/sign-in", sign_in),
            web.post("/api/staff/sign-out", sign_out),
            web.get("/api/staff/me", me),
            web.get("/api/staff/queue", queue),
            web.get("/api/staff/enquiries/{reference}", enquiry),
            web.get("/api/staff/enquiries/{reference}/messages", messages),
            web.get("/api/staff/enquiries/{reference}/fhir", as_fhir),
        ]
    )


async def sign_in(request: web.Request) -> web.Response:
    service = request.app[SERVICE]
    command: c.SignIn = await body_as(request, c.SignIn)
    service.pace.check_sign_in(command.username, address=address_of(request))
    claim = signing_in.Claim(
        command.username, command.password, command.code, request.cookies.get(COOKIE)
    )
    token, staff = await signing_in.sign_in(service, claim)
    answer = web.json_response({"ok": True, **_about(staff)})
    keep_session(request, answer, token)
    return answer


def keep_session(request: web.Request, response: web.StreamResponse, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        httponly=True,
        samesite="Lax",
        secure=request.app[SETTINGS].secure_cookies,
        path="/",
    )


async def sign_out(request: web.Request) -> web.Response:
    token = request.cookies.get(COOKIE)
    if token:
        await sessions.sign_out(request.app[SERVICE], token)
    answer = web.json_response({"ok": True})
    answer.del_cookie(COOKIE, path="/")
    return answer


async def me(request: web.Request) -> web.Response:
    return web.json_response(_about(await signed_in(request)))


def _about(staff: SignedIn) -> dict[str, object]:
    return {
        "id": staff.id,
        "username": staff.username,
        "name": staff.name,
        "role": staff.role.value,
        "specialties": list(staff.specialties),
    }


async def queue(request: web.Request) -> web.Response:
    staff = await signed_in(request)
    records.check_may_see_queue(staff)
    return web.json_response(await taking.snapshot(request.app[SERVICE]))


async def enquiry(request: web.Request) -> web.Response:
    staff = await signed_in(request)
    reference = request.match_info["reference"]
    return web.json_response(
        await records.enquiry(request.app[SERVICE], staff, reference=reference)
    )


async def messages(request: web.Request) -> web.Response:
    staff = await signed_in(request)
    reference = request.match_info["reference"]
    found = await records.messages_of(request.app[SERVICE], staff, reference=reference)
    return web.json_response({"messages": found})


async def as_fhir(request: web.Request) -> web.Response:
    """The enquiry and its messages as an HL7 FHIR R4 Bundle."""
    staff = await signed_in(request)
    reference = request.match_info["reference"]
    found = await records.as_fhir(request.app[SERVICE], staff, reference=reference)
    return web.json_response(found, content_type="application/fhir+json")
