"""Sign-in by the organisation's identity service, against one that we run: honest and hostile."""

import base64
import hashlib
import hmac
import json
import time
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import select, update

from models.tables import audit_rows, identity_requests, staff_members
from tests.service import running_service

CLIENT, SECRET = "cap-chat", "the secret of this client, long enough"
THERE, BACK = "/staff/sign-in/organisation", "/staff/sign-in/organisation/back"


class Provider:
    """An identity service with levers: what it puts in the token, and how it signs."""

    def __init__(self):
        self.key = RSAKey.generate_key(2048, parameters={"kid": "one", "use": "sig"})
        self.stranger = RSAKey.generate_key(2048, parameters={"kid": "one", "use": "sig"})
        self.url = ""
        self.asked: dict[str, str] = {}
        self.claims: dict[str, object] = {}
        self.document: dict[str, object] = {}
        self.token = self.signed
        self.exchanges: list[dict[str, str]] = []
        self.key_set: object = None

    def routes(self):
        return [
            web.get("/.well-known/openid-configuration", self._document),
            web.get("/keys", self._keys),
            web.post("/token", self._token),
        ]

    async def _document(self, _request):
        honest = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        return web.json_response({**honest, **self.document})

    async def _keys(self, _request):
        honest = {"keys": [self.key.as_dict(private=False)]}
        return web.json_response(self.key_set if self.key_set is not None else honest)

    async def _token(self, request):
        form = dict(await request.post())
        self.exchanges.append({**form, "authorization": request.headers.get("Authorization", "")})
        digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if challenge != self.asked["code_challenge"] or form["code"] != "the-code":
            return web.json_response({"error": "invalid_grant"}, status=400)
        return web.json_response({"id_token": self.token(), "token_type": "Bearer"})

    def whole(self):
        now = int(time.time())
        honest = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "subject-1",
            "iat": now,
            "exp": now + 300,
            "nonce": self.asked["nonce"],
            "groups": ["everybody", "cap-chat-practitioner"],
            "given_name": "Asha",
            "preferred_username": "asha.k",
        }
        changed = {**honest, **self.claims}
        return {name: value for name, value in changed.items() if value is not None}

    def signed(self, *, key=None, header=None):
        return jwt.encode(header or {"alg": "RS256", "kid": "one"}, self.whole(), key or self.key)

    def unsigned(self):
        return f"{_part({'alg': 'none'})}.{_part(self.whole())}."

    def signed_with_public_key_as_secret(self):
        head, body, _ = self.signed(header={"alg": "RS256", "kid": "one"}).split(".")
        head = _part({"alg": "HS256", "kid": "one"})
        public = self.key.as_pem(private=False)
        digest = hmac.new(public, f"{head}.{body}".encode(), hashlib.sha256).digest()
        return f"{head}.{body}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"

    def with_a_cut_signature(self):
        head, body, signature = self.signed().split(".")
        return f"{head}.{body}.{signature[:-8]}AAAAAAAA"


def _part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.fixture
async def provider():
    fake = Provider()
    app = web.Application()
    app.add_routes(fake.routes())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield fake
    await runner.cleanup()


@pytest.fixture
async def service(tmp_path, provider):
    oidc = {
        "oidc_issuer": provider.url,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
    }
    async with running_service(tmp_path, **oidc) as running:
        yield running


@pytest.fixture
async def http(service):
    async with aiohttp.ClientSession(
        service.url, cookie_jar=aiohttp.CookieJar(unsafe=True)
    ) as session:
        yield session


async def go_there(http, provider) -> dict[str, str]:
    async with http.get(THERE, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
        sent = urlsplit(answer.headers["Location"])
    asked = {name: values[0] for name, values in parse_qs(sent.query).items()}
    provider.asked = asked
    return asked


async def come_back(http, *, state: str, code: str = "the-code"):
    query = {"state": state, "code": code}
    async with http.get(BACK, params=query, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def sign_in(http, provider):
    asked = await go_there(http, provider)
    return await come_back(http, state=asked["state"])


async def who(http):
    async with http.get("/api/staff/me") as answer:
        return await answer.json() if answer.status == 200 else None


async def test_an_honest_answer_signs_in_with_the_role_of_the_group(http, provider, service):
    status, _page = await sign_in(http, provider)
    me = await who(http)
    assert (status, me["name"], me["role"]) == (303, "Asha", "practitioner")
    assert me["specialties"] == ["AMH"]
    assert provider.asked["response_type"] == "code"
    assert provider.asked["code_challenge_method"] == "S256"
    assert provider.asked["redirect_uri"].endswith(BACK)
    [exchange] = provider.exchanges
    pair = base64.b64decode(exchange["authorization"].removeprefix("Basic ")).decode()
    assert pair.startswith(f"{CLIENT}:")
    assert SECRET not in str({**exchange, "authorization": ""})


async def test_a_second_sign_in_is_the_same_account_brought_up_to_date(http, provider, service):
    await sign_in(http, provider)
    first = await who(http)
    provider.claims = {"groups": ["cap-chat-auditor"], "given_name": "Asha Rani"}
    await sign_in(http, provider)
    second = await who(http)
    assert second["id"] == first["id"]
    assert (second["role"], second["name"]) == ("auditor", "Asha Rani")


HOSTILE_CLAIMS = {
    "wrong nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "wrong issuer": {"iss": "https://elsewhere.example"},
    "no issuer": {"iss": None},
    "for somebody else": {"aud": "another-client"},
    "for nobody": {"aud": None},
    "for many, not meant for us": {"aud": [CLIENT, "another"], "azp": "another"},
    "for many, without saying for whom": {"aud": [CLIENT, "another"]},
    "expired": {"iat": 1, "exp": int(time.time()) - 3600},
    "without an end": {"exp": None},
    "an end that is no time": {"exp": "tomorrow"},
    "of the future": {"iat": int(time.time()) + 3600},
    "without a subject": {"sub": None},
    "a subject that is no text": {"sub": {"a": 1}},
}


@pytest.mark.parametrize("claims", HOSTILE_CLAIMS.values(), ids=HOSTILE_CLAIMS)
async def test_a_token_that_does_not_hold_is_refused(http, provider, claims):
    provider.claims = claims
    status, page = await sign_in(http, provider)
    assert (status, "Start again from this page" in page) == (401, True)
    assert await who(http) is None


HOSTILE_TOKENS = {
    "unsigned": lambda provider: provider.unsigned(),
    "by a stranger's key": lambda provider: provider.signed(key=provider.stranger),
    "by the public key as a secret": lambda it: it.signed_with_public_key_as_secret(),
    "signature cut": lambda provider: provider.with_a_cut_signature(),
    "no token": lambda _provider: "",
    "rubbish": lambda _provider: "a.b.c",
    "a number": lambda _provider: 7,
}


@pytest.mark.parametrize("token", HOSTILE_TOKENS.values(), ids=HOSTILE_TOKENS)
async def test_a_token_that_is_not_signed_by_the_service_is_refused(http, provider, token):
    provider.token = lambda: token(provider)
    status, _page = await sign_in(http, provider)
    assert status == 401
    assert await who(http) is None


async def test_an_answer_is_taken_once(http, provider):
    asked = await go_there(http, provider)
    kept = {cookie.key: cookie.value for cookie in http.cookie_jar}
    assert (await come_back(http, state=asked["state"]))[0] == 303
    http.cookie_jar.clear()
    http.cookie_jar.update_cookies(kept)
    assert (await come_back(http, state=asked["state"]))[0] == 401
    assert len(provider.exchanges) == 1


async def test_an_answer_to_another_browser_is_refused(http, provider, service):
    asked = await go_there(http, provider)
    async with aiohttp.ClientSession(service.url) as other:
        assert (await come_back(other, state=asked["state"]))[0] == 401
    assert provider.exchanges == []


@pytest.mark.parametrize(
    ("state", "status"), [("", 401), ("guessed", 401), ("é" * 1000, 401), ("\x00", 404)]
)
async def test_a_state_nobody_asked_with_is_refused(http, provider, state, status):
    await go_there(http, provider)
    assert (await come_back(http, state=state))[0] == status
    assert provider.exchanges == []


async def test_an_answer_that_comes_too_late_is_refused(http, provider, service):
    asked = await go_there(http, provider)
    await service.advance(11 * 60)
    assert (await come_back(http, state=asked["state"]))[0] == 401


async def test_a_code_that_the_service_does_not_take_is_refused(http, provider):
    asked = await go_there(http, provider)
    assert (await come_back(http, state=asked["state"], code="stolen"))[0] == 401


async def test_a_verifier_of_another_request_does_not_fit(http, provider, service):
    asked = await go_there(http, provider)
    swap = update(identity_requests).values(verifier="of-another-request")
    await service.service.store.write(lambda tx: tx.execute(swap))
    assert (await come_back(http, state=asked["state"]))[0] == 401


@pytest.mark.parametrize("groups", [[], ["everybody"], None, "nothing", {"a": 1}, [1, None]])
async def test_who_has_no_group_of_ours_has_no_way_in(http, provider, groups):
    provider.claims = {"groups": groups}
    status, page = await sign_in(http, provider)
    assert (status, "no role in this service" in page) == (403, True)
    assert await who(http) is None


async def test_a_name_like_a_local_accounts_does_not_open_that_account(http, provider, service):
    provider.claims = {"preferred_username": "sue", "sub": "sue"}
    await sign_in(http, provider)
    me = await who(http)
    assert (me["role"], me["id"] == "sue") == ("practitioner", False)


async def test_a_disabled_account_stays_out_whatever_the_service_says(http, provider, service):
    await sign_in(http, provider)
    me = await who(http)
    off = update(staff_members).where(staff_members.c.id == me["id"]).values(active=False)
    await service.service.store.write(lambda tx: tx.execute(off))
    assert await who(http) is None
    assert (await sign_in(http, provider))[0] == 401
    last = select(audit_rows.c.action).order_by(audit_rows.c.number.desc()).limit(1)
    refused = await service.service.store.read(lambda db: db.execute(last).scalar())
    assert refused == "sign_in:refused"


UNFIT = {
    "another issuer": {"issuer": "https://elsewhere.example"},
    "a scheme of its own": {"token_endpoint": "file:///etc/passwd"},
    "no address": {"jwks_uri": ""},
}


@pytest.mark.parametrize("document", UNFIT.values(), ids=UNFIT)
async def test_a_document_that_cannot_be_trusted_leads_nowhere(http, provider, document):
    provider.document = document
    async with http.get(THERE, allow_redirects=False) as answer:
        assert (answer.status, "does not answer" in await answer.text()) == (503, True)


@pytest.mark.parametrize(
    "keys", [{}, {"keys": []}, {"keys": "x"}, {"keys": [1]}, {"keys": [{"kty": "RSA"}]}, []]
)
async def test_keys_that_are_none_sign_nobody_in(http, provider, keys):
    provider.key_set = keys
    assert (await sign_in(http, provider))[0] in {401, 503}
    assert await who(http) is None


async def test_changed_keys_need_no_restart(http, provider):
    await sign_in(http, provider)
    provider.key = RSAKey.generate_key(2048, parameters={"kid": "two", "use": "sig"})
    provider.token = lambda: provider.signed(header={"alg": "RS256", "kid": "two"})
    assert (await sign_in(http, provider))[0] == 303


async def test_without_an_identity_service_there_is_no_such_way_in(tmp_path):
    async with running_service(tmp_path) as plain, aiohttp.ClientSession(plain.url) as http:
        async with http.get(THERE, allow_redirects=False) as answer:
            assert answer.status == 404
        async with http.get("/staff/sign-in") as page:
            assert THERE not in await page.text()
