"""OpenID Connect, authorization code with PKCE: talks to the organisation's identity service and
believes nothing of it that is not signed, for us, for this request, and of now.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import SecretStr

from chat.identity import Request
from models.errors import NotSignedInError, UnavailableError

ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512")
"""Signatures by a private key only: never `none`, never a shared secret."""
LEEWAY = 60
LARGEST = 256 * 1024
TIMEOUT = aiohttp.ClientTimeout(total=10)
SCOPES = "openid profile"


@dataclass(frozen=True, slots=True)
class Provider:
    """The endpoints as the service's own document names them."""

    authorization: str
    token: str
    keys: str


@dataclass(frozen=True, slots=True)
class Oidc:
    """One client of one issuer. Its document and keys are read at each sign-in, so that changed
    keys need no restart.
    """

    issuer: str
    client_id: str
    client_secret: SecretStr | None
    redirect: str

    async def address(self, asked: Request) -> str:
        """Where the browser is sent. Raises UnavailableError."""
        async with aiohttp.ClientSession(timeout=TIMEOUT) as http:
            provider = await self._provider(http)
        challenge = hashlib.sha256(asked.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect,
            "scope": SCOPES,
            "state": asked.state,
            "nonce": asked.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        joint = "&" if urlsplit(provider.authorization).query else "?"
        return f"{provider.authorization}{joint}{urlencode(query)}"

    async def claims(self, asked: Request, *, code: str, now: datetime) -> Mapping[str, Any]:
        """Exchange the code and verify who it is for.

        Raises NotSignedInError for anything that does not hold, UnavailableError.
        """
        async with aiohttp.ClientSession(timeout=TIMEOUT) as http:
            provider = await self._provider(http)
            token = await self._exchange(http, provider, asked=asked, code=code)
            keys = await _get(http, provider.keys)
        try:
            return self._verified(token, keys, nonce=asked.nonce, now=now)
        except (JoseError, ValueError, KeyError, TypeError):
            raise NotSignedInError from None

    def _verified(
        self, token: str, keys: Mapping[str, Any], *, nonce: str, now: datetime
    ) -> Mapping[str, Any]:
        usable = [key for key in keys["keys"] if key.get("use", "sig") == "sig"]
        usable = [key for key in usable if key.get("kty") in {"RSA", "EC"}]
        key_set = KeySet.import_key_set({"keys": usable})
        claims = jwt.decode(token, key_set, algorithms=ALGORITHMS).claims
        jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
        audience = claims["aud"]
        for_many = isinstance(audience, list) and len(audience) > 1
        if (for_many or "azp" in claims) and claims.get("azp") != self.client_id:
            raise NotSignedInError
        return claims

    async def _provider(self, http: aiohttp.ClientSession) -> Provider:
        found = await _get(http, f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        try:
            if found["issuer"] != self.issuer:
                raise UnavailableError(hint="the identity service names another issuer")
            endpoints = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            provider = Provider(*(str(found[name]) for name in endpoints))
        except KeyError:
            raise UnavailableError(hint="the identity service's document lacks a field") from None
        scheme = urlsplit(self.issuer).scheme
        for address in (provider.authorization, provider.token, provider.keys):
            if urlsplit(address).scheme not in {"https", scheme}:
                raise UnavailableError(hint="the identity service names an unsafe address")
        return provider

    async def _exchange(
        self, http: aiohttp.ClientSession, provider: Provider, *, asked: Request, code: str
    ) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect,
            "code_verifier": asked.verifier,
            "client_id": self.client_id,
        }
        headers = {}
        if self.client_secret is not None:
            secret = self.client_secret.get_secret_value()
            pair = f"{quote(self.client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
            del form["client_id"]
        try:
            async with http.post(
                provider.token, data=form, headers=headers, allow_redirects=False
            ) as answer:
                found = await _json(answer)
        except (aiohttp.ClientError, TimeoutError):
            raise UnavailableError(hint="the identity service cannot be reached") from None
        token = found.get("id_token")
        if answer.status != 200 or not isinstance(token, str):  # noqa: PLR2004 - HTTP: done
            raise NotSignedInError
        return token


async def _get(http: aiohttp.ClientSession, address: str) -> dict[str, Any]:
    try:
        async with http.get(address, allow_redirects=False) as answer:
            if answer.status != 200:  # noqa: PLR2004 - HTTP: done
                raise UnavailableError(hint="the identity service does not answer")
            return await _json(answer)
    except (aiohttp.ClientError, TimeoutError):
        raise UnavailableError(hint="the identity service cannot be reached") from None


async def _json(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    """At most so much of it. Raises UnavailableError for what is no object."""
    raw = bytearray()
    async for chunk in answer.content.iter_chunked(64 * 1024):
        raw += chunk
        if len(raw) > LARGEST:
            raise UnavailableError(hint="the identity service says too much")
    try:
        found = json.loads(bytes(raw))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UnavailableError(hint="the identity service does not speak as it should")
    return found
