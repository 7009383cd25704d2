"""The program `cap-chat`: the online route into the Central Access Point, from a terminal.

Reads the command line and calls the module of that duty; loads nothing that the duty does not need.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from pydantic import ValidationError

from models.errors import ServiceError
from models.vocabulary import Role
from web.settings import PREFIX, Settings, load

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - has no public name

COULD_NOT = 2
INTERRUPTED = 130

_COMMANDS = {
    "serve": ("serve", "serve the chat and the console until Ctrl-C"),
    "migrate": ("migrate", "bring the database to this version"),
    "seed": ("seed", "put demo staff and content into a development database"),
    "doctor": ("doctor", "say what is missing or unsafe"),
    "train": ("train", "train the assistant and the screen where they are stale"),
    "screen": ("screen", "filter: risk screen of messages, JSONL in and out"),
    "understand": ("understand", "filter: kinds, needs and language of messages"),
    "sbom": ("sbom", "print the bill of materials of both lock files, with licences"),
    "fields": ("fields", "filter: answers to questions, read"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command: 0 it did what was asked, 1 it found faults, 2 it could not."""
    options = _parser().parse_args(arguments)
    try:
        settings = _settings(options)
    except ValidationError as error:
        return _say_what_is_wrong(error)
    try:
        return _duty(options.module).run(options, settings)
    except ServiceError as error:
        sys.stderr.write(f"cap-chat: {error.hint or error.code}\n")
        return COULD_NOT
    except _database_errors() as error:
        # Its text may carry the database's address and password.
        sys.stderr.write(f"cap-chat: the database refused ({type(error).__name__})\n")
        return COULD_NOT
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us has gone; say nothing more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT


def _database_errors() -> tuple[type[Exception], ...]:
    """None before a duty has loaded what speaks to the database: the filters do without."""
    loaded = sys.modules.get("sqlalchemy.exc")
    return () if loaded is None else (loaded.SQLAlchemyError,)


def command_names() -> frozenset[str]:
    """What may follow `cap-chat`."""
    return frozenset(
        {
            *_COMMANDS,
            "directory",
            "practices",
            "audit",
            "review",
            "retention",
            "staff",
            "enquiry",
        }
    )


class Duty(Protocol):
    """What every module of this folder that is a command offers."""

    def run(self, options: argparse.Namespace, settings: Settings) -> int: ...


def _duty(name: str) -> Duty:
    return cast("Duty", importlib.import_module(f"web.cli.{name}"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cap-chat", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument("--var", type=Path, help="folder for the database and run files")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, (module, summary) in _COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        command.set_defaults(module=module)
        _add_var(command)
        if name == "serve":
            command.add_argument("--bind", help="host and port, such as 127.0.0.1:8080")
            command.add_argument("--port", type=int, help="port alone; 0 picks a free one")
    _add_directory(commands)
    _add_practices(commands)
    _add_audit(commands)
    _add_staff(commands)
    _add_enquiry(commands)
    _add_review(commands)
    _add_retention(commands)
    return parser


def _add_var(command: argparse.ArgumentParser) -> None:
    # SUPPRESS: a --var before the command must not be undone by its absence after it.
    command.add_argument("--var", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def _add_directory(commands: "Commands") -> None:
    directory = commands.add_parser("directory", help="the directory of community services")
    inner = directory.add_subparsers(metavar="WHAT", required=True)
    search = inner.add_parser("search", help="filter: searches in plain words, JSONL in and out")
    load = inner.add_parser("import", help="take in a file: Open Referral UK JSON, or CSV")
    load.add_argument("file", metavar="FILE", type=Path)
    load.add_argument("--dry-run", action="store_true", help="say what would change, no more")
    export = inner.add_parser("export", help="write everything out as Open Referral UK JSON")
    export.add_argument("--csv", action="store_true", help="a flat sheet instead")
    unmet = inner.add_parser("unmet", help="what was looked for and nobody offers, as a sheet")
    named = (("search", search), ("import", load), ("export", export), ("unmet", unmet))
    for what, command in named:
        command.set_defaults(module="directory", what=what)
        _add_var(command)


def _add_practices(commands: "Commands") -> None:
    practices = commands.add_parser("practices", help="the list of GP practices")
    inner = practices.add_subparsers(metavar="WHAT", required=True)
    load = inner.add_parser("import", help="take in the published list (epraccur.csv), or a sheet")
    load.add_argument("file", metavar="FILE", type=Path)
    load.add_argument("--dry-run", action="store_true", help="say what would change, no more")
    load.set_defaults(module="practices", what="import")
    _add_var(load)


def _add_audit(commands: "Commands") -> None:
    audit = commands.add_parser("audit", help="the log of who read and wrote what")
    inner = audit.add_subparsers(metavar="WHAT", required=True)
    verify = inner.add_parser("verify", help="find every changed, removed or reordered row")
    verify.add_argument("--anchor", metavar="FILE", type=Path, help="as `audit anchor` printed it")
    keep = inner.add_parser(
        "anchor", help="print the last row's number and hash, to keep elsewhere"
    )
    for what, command in (("verify", verify), ("anchor", keep)):
        command.set_defaults(module="audit", what=what)
        _add_var(command)


def _add_staff(commands: "Commands") -> None:
    staff = commands.add_parser("staff", help="accounts of those who work with the service")
    inner = staff.add_subparsers(metavar="WHAT", required=True)
    add = inner.add_parser("add", help="a new account, to be taken up within three days")
    add.add_argument("--name", required=True, help="first name, as people in the chat see it")
    add.add_argument("--title", required=True, help='such as "mental health practitioner"')
    add.add_argument("--role", required=True, choices=[role.value for role in Role])
    add.add_argument("--specialty", action="append", default=[], help="may be given again")
    reset = inner.add_parser("reset", help="password and second step anew; signed out everywhere")
    disable = inner.add_parser("disable", help="no way in any more; signed out everywhere")
    for command in (add, reset, disable):
        command.add_argument("username")
    listing = inner.add_parser("list", help="who has an account")
    named = (("add", add), ("reset", reset), ("disable", disable), ("list", listing))
    for what, command in named:
        command.set_defaults(module="staff", what=what)
        _add_var(command)


def _add_review(commands: "Commands") -> None:
    review = commands.add_parser("review", help="what practitioners thought of the screen")
    inner = review.add_subparsers(metavar="WHAT", required=True)
    export = inner.add_parser("export", help="as JSONL; asks for a supervisor's password")
    export.add_argument(
        "--by", required=True, metavar="USERNAME", help="the supervisor who signs for it"
    )
    export.set_defaults(module="review", what="export")
    _add_var(export)


def _add_enquiry(commands: "Commands") -> None:
    enquiry = commands.add_parser("enquiry", help="what is held of one enquiry")
    inner = enquiry.add_subparsers(metavar="WHAT", required=True)
    export = inner.add_parser("export", help="all of it as JSON; noted in the audit log")
    export.add_argument("reference", metavar="REF")
    export.add_argument("--fhir", action="store_true", help="as an HL7 FHIR R4 Bundle")
    erase = inner.add_parser("erase", help="remove it for good, when a person asked and may")
    erase.add_argument("reference", metavar="REF")
    erase.add_argument("--dry-run", action="store_true", help="say what would go, no more")
    _add_signature(erase)
    for what, command in (("export", export), ("erase", erase)):
        command.set_defaults(module="enquiry", what=what)
        _add_var(command)


def _add_retention(commands: "Commands") -> None:
    retention = commands.add_parser("retention", help="how long records are kept")
    inner = retention.add_subparsers(metavar="WHAT", required=True)
    run = inner.add_parser("run", help="erase what has been kept long enough")
    run.add_argument("--dry-run", action="store_true", help="say what would go, no more")
    hold = inner.add_parser("hold", help="keep a record whatever its age")
    release = inner.add_parser("release", help="end such a hold")
    for command in (hold, release):
        command.add_argument("reference", metavar="REF")
        _add_signature(command)
    for what, command in (("run", run), ("hold", hold), ("release", release)):
        command.set_defaults(module="retention", what=what)
        _add_var(command)


def _add_signature(command: argparse.ArgumentParser) -> None:
    command.add_argument("--by", required=True, help="who decided it, by user name")
    command.add_argument("--reason", required=True, help="why; names no person")


def _settings(options: argparse.Namespace) -> Settings:
    overrides: dict[str, Any] = {}
    if options.var is not None:
        overrides["var"] = options.var
    if getattr(options, "bind", None) is not None:
        overrides["bind"] = options.bind
    if getattr(options, "port", None) is not None:
        host = load(**overrides).bind.rpartition(":")[0]
        overrides["bind"] = f"{host}:{options.port}"
    return load(**overrides)


def _say_what_is_wrong(error: ValidationError) -> int:
    for fault in error.errors(include_input=False, include_url=False):
        if fault["type"] == "default_factory_not_called":
            continue  # follows from another fault
        name = ".".join(str(part) for part in fault["loc"]).upper()
        sys.stderr.write(f"cap-chat: {PREFIX}{name}: {fault['msg']}\n")
    return COULD_NOT


if __name__ == "__main__":
    sys.exit(main())
