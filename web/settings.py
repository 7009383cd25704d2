"""What the person who deploys the service can set, with safe defaults for one development machine.

Reads the environment, `.env` and a secrets folder; never writes, and never looks into the store.
"""

import ipaddress
import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]
PREFIX = "CAP_CHAT_"
SHORTEST_SECRET = 32
HIGHEST_PORT = 65535

# Numbers that Ofcom keeps for drama: 0116 496 0xxx, 01632 960xxx, 07700 900xxx and their like.
_DRAMA = re.compile(
    r"0(1\d{2}4960|2079460|28896496|292018|1632960|7700900|8081570|9098790|3069990)"
)


class Mode(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Branding(StrEnum):
    NEUTRAL = "neutral"
    NHS = "nhs"


class Under18Route(StrEnum):
    """Where an enquiry about a child goes: the children's hub, or the CAP itself."""

    HUB = "hub"
    CAP = "cap"


class RateLimits(StrEnum):
    ON = "on"
    RELAXED = "relaxed"


def _store_under_var(known: Mapping[str, Any]) -> str:
    return f"sqlite:///{known['var']}/cap-chat.db"


def _practices_under_var(known: Mapping[str, Any]) -> Path:
    return Path(known["var"]) / "gp_practices.csv"


def _address_of_bind(known: Mapping[str, Any]) -> str:
    return f"http://{known['bind']}"


def _seconds(given: object) -> object:
    return float(given) if isinstance(given, str) else given


Seconds = Annotated[timedelta, BeforeValidator(_seconds), Field(gt=timedelta(0))]
"""Written as a number of seconds."""


class Settings(BaseSettings):
    """One deployment. Every name is also an environment variable with the prefix `CAP_CHAT_`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    mode: Mode = Mode.DEVELOPMENT
    var: Path = ROOT / "var"
    bind: str = "127.0.0.1:8080"
    database_url: str = Field(default_factory=_store_under_var)
    redis_url: str | None = None
    bot_url: str | None = None
    bot_token: SecretStr | None = None
    public_url: str = Field(default_factory=_address_of_bind)
    trust_name: str = "Leicestershire Partnership NHS Trust"
    cap_phone: str = "0808 800 3302"
    branding: Branding = Branding.NEUTRAL
    under_18_route: Under18Route = Under18Route.HUB
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_roles: Path = ROOT / "config" / "oidc-roles.toml"
    rate_limits: RateLimits = RateLimits.ON
    proxies: int = Field(default=0, ge=0, le=9)
    """How many proxies of ours stand before the service, each adding to X-Forwarded-For."""
    links: int = Field(default=8000, ge=1)
    """Open at once, in all; fewer when the system lets the process have fewer open files."""
    links_of_address: int = Field(default=500, ge=1)
    """Of these from one address, when no proxies stand before us: a whole trust may be one."""
    sockets_of_address: int = Field(default=400, ge=1)
    """Sockets of one address. Fewer than its links, so that requests remain to be heard by."""
    turns_of_address: int = Field(default=8, ge=1)
    """Requests and commands of one address that are worked on at once; the others wait."""
    turns_a_second: int = Field(default=60, ge=1)
    """Of one address, on average; a long text is worth several."""
    time_to_ask: Seconds = timedelta(seconds=10)
    """From the opening of a link until the head of a request is here, or a socket has joined."""
    time_to_say: Seconds = timedelta(seconds=20)
    """From there until all of its body is here."""
    time_to_read: Seconds = timedelta(seconds=20)
    """How long the other end of a link may leave unread what is on its way to it."""
    time_idle: Seconds = timedelta(seconds=75)
    """Between two requests on one link. Longer than any proxy keeps its own."""
    policy: Path = ROOT / "config" / "policy.toml"
    practices: Path = Field(default_factory=_practices_under_var)
    """The list of GP practices that `cap-chat practices import` keeps."""

    @field_validator("bind")
    @classmethod
    def _bind_is_host_and_port(cls, bind: str) -> str:
        host, colon, port = bind.rpartition(":")
        if not (colon and host and port.isdecimal() and int(port) <= HIGHEST_PORT):
            raise ValueError("BIND is a host and a port, such as 127.0.0.1:8080")
        return bind

    @field_validator("var")
    @classmethod
    def _var_is_absolute(cls, var: Path) -> Path:
        return var.absolute()

    @property
    def host(self) -> str:
        return self.bind.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """0 lets the system pick a free port."""
        return int(self.bind.rpartition(":")[2])

    @property
    def is_relaxed(self) -> bool:
        return self.rate_limits is RateLimits.RELAXED

    @property
    def secure_cookies(self) -> bool:
        return urlsplit(self.public_url).scheme == "https"


def load(**overrides: Any) -> Settings:
    """This deployment's settings: `overrides`, else environment, else `.env`, else `secrets/`."""
    secrets = ROOT / "secrets"
    return Settings(
        _env_file=ROOT / ".env",
        _secrets_dir=secrets if secrets.is_dir() else None,
        **overrides,
    )


def unknown_names(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Variables that carry our prefix and mean nothing to us: most likely a slip of the pen."""
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    return tuple(
        sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    )


def unsafe(
    settings: Settings, *, demo_accounts: int = 0, demo_services: int = 0
) -> tuple[str, ...]:
    """Why this must not serve the public, in plain words; empty in development or when it may.

    The counts of demo accounts and demo directory services come from the caller, who has the store.
    """
    if settings.mode is Mode.DEVELOPMENT:
        return ()
    faults = [*_unsafe_links(settings), *_unsafe_secrets(settings), *_unsafe_phone(settings)]
    if demo_accounts:
        faults.append(f"{demo_accounts} demo accounts can sign in; remove them")
    if demo_services:
        faults.append(f"{demo_services} demo services are in the directory; remove them")
    if settings.is_relaxed:
        faults.append("RATE_LIMITS is relaxed, which is for load tests only")
    return tuple(faults)


def _unsafe_links(settings: Settings) -> list[str]:
    faults = []
    public = urlsplit(settings.public_url)
    if public.scheme != "https":
        faults.append(
            "PUBLIC_URL is not https, so sign-in cookies would cross the network in clear"
        )
    if _is_local(public.hostname or ""):
        faults.append("PUBLIC_URL is an address of this machine; set the one that people will use")
    if settings.oidc_issuer and urlsplit(settings.oidc_issuer).scheme != "https":
        faults.append("OIDC_ISSUER is not https")
    if settings.oidc_issuer and not settings.oidc_client_id:
        faults.append("OIDC_ISSUER is set and OIDC_CLIENT_ID is not")
    return faults


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in {"", "localhost"}


def _unsafe_secrets(settings: Settings) -> list[str]:
    faults = []
    if settings.oidc_issuer and _is_weak(settings.oidc_client_secret):
        faults.append(_weak("OIDC_CLIENT_SECRET"))
    if settings.bot_url and _is_weak(settings.bot_token):
        faults.append(_weak("BOT_TOKEN"))
    password = urlsplit(settings.database_url).password
    if "postgres" in settings.database_url and password and len(password) < SHORTEST_SECRET // 2:
        faults.append("the password in DATABASE_URL is short; use at least 16 characters")
    return faults


def _is_weak(secret: SecretStr | None) -> bool:
    text = secret.get_secret_value() if secret else ""
    return len(text) < SHORTEST_SECRET or len(set(text)) < SHORTEST_SECRET // 4


def _weak(name: str) -> str:
    return f"{name} is missing or easy to guess; use at least {SHORTEST_SECRET} random characters"


def _unsafe_phone(settings: Settings) -> list[str]:
    digits = re.sub(r"\D", "", settings.cap_phone)
    if "cap_phone" not in settings.model_fields_set:
        return ["CAP_PHONE is not set; somebody at the trust must confirm the number"]
    if _DRAMA.match(digits) or len(digits) not in {10, 11}:
        return ["CAP_PHONE is a placeholder, not a number that anybody answers"]
    return []
