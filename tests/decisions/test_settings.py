"""Settings: defaults for one machine, and what production refuses."""

import os
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from web.settings import PREFIX, Mode, RateLimits, Settings, unknown_names, unsafe

SECRET = SecretStr("q7Zp2mX9vK4tB8nR5cW1yH6dJ3gF0sLa")


def fit_for_production(**changes):
    known = {
        "mode": Mode.PRODUCTION,
        "public_url": "https://chat.example.nhs.uk",
        "cap_phone": "0808 800 3302",
    }
    return Settings(**{**known, **changes})


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch):
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


def test_the_store_follows_the_var_folder(tmp_path):
    settings = Settings(var=tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/cap-chat.db"


def test_the_public_address_follows_bind():
    assert Settings(bind="127.0.0.1:9001").public_url == "http://127.0.0.1:9001"


def test_a_variable_with_the_prefix_is_read(monkeypatch):
    monkeypatch.setenv("CAP_CHAT_TRUST_NAME", "Another Trust")
    assert Settings().trust_name == "Another Trust"


def test_a_relative_var_folder_is_made_absolute():
    assert Settings(var=Path("elsewhere")).var.is_absolute()


@pytest.mark.parametrize("bind", ["8080", "localhost", "localhost:", ":8080", "h:99999", "h:x"])
def test_a_bind_that_is_not_host_and_port_is_refused(bind):
    with pytest.raises(ValidationError):
        Settings(bind=bind)


def test_an_ipv6_bind_gives_its_bare_host():
    settings = Settings(bind="[::1]:80")
    assert (settings.host, settings.port) == ("::1", 80)


def test_development_is_never_called_unsafe():
    assert unsafe(Settings(), demo_accounts=9, demo_services=9) == ()


def test_a_complete_production_is_safe():
    assert unsafe(fit_for_production()) == ()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"public_url": "http://chat.example.nhs.uk"}, "PUBLIC_URL is not https"),
        ({"public_url": "https://localhost"}, "PUBLIC_URL is an address of this machine"),
        ({"public_url": "https://127.0.0.1:8443"}, "PUBLIC_URL is an address of this machine"),
        ({"cap_phone": "0116 496 0123"}, "CAP_PHONE is a placeholder"),
        ({"cap_phone": "07700 900123"}, "CAP_PHONE is a placeholder"),
        ({"cap_phone": "tbc"}, "CAP_PHONE is a placeholder"),
        ({"bot_url": "http://bot:5005"}, "BOT_TOKEN"),
        ({"bot_url": "http://bot:5005", "bot_token": SecretStr("a" * 40)}, "BOT_TOKEN"),
        ({"oidc_client_id": "cap", "oidc_issuer": "https://id.example"}, "OIDC_CLIENT_SECRET"),
        (
            {
                "oidc_client_id": "cap",
                "oidc_issuer": "http://id.example",
                "oidc_client_secret": SECRET,
            },
            "OIDC_ISSUER",
        ),
        ({"database_url": "postgresql://cap:cap@db/cap"}, "DATABASE_URL"),
        ({"rate_limits": RateLimits.RELAXED}, "RATE_LIMITS"),
    ],
)
def test_production_says_which_setting_is_unsafe(changes, named):
    faults = unsafe(fit_for_production(**changes))
    assert len(faults) == 1
    assert named in faults[0]


def test_production_wants_the_phone_number_confirmed():
    settings = Settings(mode=Mode.PRODUCTION, public_url="https://chat.example.nhs.uk")
    assert any("CAP_PHONE" in fault for fault in unsafe(settings))


def test_production_counts_demo_accounts_and_services():
    faults = unsafe(fit_for_production(), demo_accounts=3, demo_services=10)
    assert [fault.split()[0] for fault in faults] == ["3", "10"]


def test_no_fault_repeats_a_secret():
    settings = fit_for_production(bot_url="http://bot:5005", bot_token=SecretStr("hunter2"))
    assert "hunter2" not in " ".join(unsafe(settings))


def test_a_misspelt_variable_is_found():
    environment = {"CAP_CHAT_BIDN": "x", "CAP_CHAT_BIND": "y", "PATH": "z"}
    assert unknown_names(environment) == ("CAP_CHAT_BIDN",)
