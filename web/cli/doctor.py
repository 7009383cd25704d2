"""`cap-chat doctor`: names what is missing or unsafe, and the remedy. Mends nothing."""

import argparse
import hashlib
import json
import os
import socket
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from chat.seed import demo_accounts, demo_services
from models.migrate import current, newest
from web.settings import ROOT, Mode, Settings, unknown_names, unsafe

PYTHON = (3, 11)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `remedy` is what to do; empty when it is well."""

    what: str
    remedy: str = ""

    @property
    def is_well(self) -> bool:
        return not self.remedy


Check = Callable[[Settings], Iterable[Finding]]


def run(_options: argparse.Namespace, settings: Settings) -> int:
    findings = [finding for check in CHECKS for finding in check(settings)]
    for finding in findings:
        sys.stdout.write(_line(finding))
    faults = sum(not finding.is_well for finding in findings)
    sys.stdout.write(f"\n{faults} to put right\n" if faults else "\nall is well\n")
    return 1 if faults else 0


def _line(finding: Finding) -> str:
    if finding.is_well:
        return f"  well   {finding.what}\n"
    return f"  WRONG  {finding.what}\n         {finding.remedy}\n"


def check_python(_settings: Settings) -> Iterable[Finding]:
    running = sys.version_info[:2]
    what = f"Python {running[0]}.{running[1]}"
    yield Finding(what, "" if running == PYTHON else "the service needs Python 3.11: make setup")


def check_environments(_settings: Settings) -> Iterable[Finding]:
    yield in_step("the service's environment", ROOT / ".venv", ROOT / "requirements.lock")
    assistant = ROOT / "bot" / "assistant"
    yield in_step(
        "the assistant's environment", assistant / ".venv", assistant / "requirements.lock"
    )


def in_step(what: str, environment: Path, lock: Path) -> Finding:
    """Whether an environment was made from its lock as the lock now is."""
    stamp = environment / ".synced"
    if not all(path.exists() for path in (environment / "bin" / "python", stamp, lock)):
        return Finding(f"{what} is missing or half made", "make setup")
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if digest not in stamp.read_text().split():
        return Finding(f"{what} is not what its lock says", "make setup")
    return Finding(f"{what} is as its lock says")


def check_database(settings: Settings) -> Iterable[Finding]:
    try:
        version = current(settings.database_url)
    except SQLAlchemyError as error:
        yield Finding(
            f"the database cannot be reached ({type(error).__name__})",
            "start it, or correct CAP_CHAT_DATABASE_URL",
        )
        return
    if version != newest():
        yield Finding("the database is not at this version", "cap-chat migrate")
        return
    yield Finding("the database is reached and at this version")
    demo = {
        "demo_accounts": demo_accounts(settings.database_url),
        "demo_services": demo_services(settings.database_url),
    }
    for fault in unsafe(settings, **demo):
        if fault not in unsafe(settings):
            yield Finding(fault, "production refuses to start until this is put right")


def check_folder(settings: Settings) -> Iterable[Finding]:
    what = f"the folder {settings.var} can be written"
    try:
        settings.var.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.var):
            yield Finding(what)
    except OSError as error:
        yield Finding(
            f"the folder {settings.var} cannot be written ({error.strerror})",
            "give this user the right to write it, or set CAP_CHAT_VAR",
        )


def check_port(settings: Settings) -> Iterable[Finding]:
    if settings.port == 0 or _is_ours(settings):
        yield Finding("the service's port is ours or any")
        return
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            yield Finding(
                f"{settings.bind} cannot be listened on ({error.strerror})",
                "stop what holds the port, or choose another with CAP_CHAT_BIND",
            )
        else:
            yield Finding(f"{settings.bind} is free")


def _is_ours(settings: Settings) -> bool:
    """The run file names a process that is alive and listens where we would."""
    try:
        known = json.loads((settings.var / "run.json").read_text())
        os.kill(int(known["pid"]), 0)
    except (OSError, ValueError, KeyError):
        return False
    return str(known.get("url", "")).endswith(f":{settings.port}")


def check_settings(settings: Settings) -> Iterable[Finding]:
    for name in unknown_names(os.environ):
        yield Finding(f"{name} is set and means nothing", "correct its name, or remove it")
    if not settings.policy.is_file():
        yield Finding(f"{settings.policy} is missing", "set CAP_CHAT_POLICY to the policy file")
    faults = unsafe(settings)
    for fault in faults:
        yield Finding(fault, "production refuses to start until this is put right")
    if not faults:
        what = "for production" if settings.mode is Mode.PRODUCTION else "for development"
        yield Finding(f"the settings are fit {what}")


CHECKS: tuple[Check, ...] = (
    check_python,
    check_environments,
    check_folder,
    check_database,
    check_settings,
    check_port,
)
