"""`cap-chat staff`: accounts of this service. Prints what to hand over once, keeps no copy."""

import argparse
import sys

from chat import accounts
from chat.audit import seal_of
from models.engine import alone
from models.store import Transaction
from models.vocabulary import Role
from web.settings import Settings
from web.watch import Watch
from web.wiring import key_of


def run(options: argparse.Namespace, settings: Settings) -> int:
    key, now = key_of(settings.var), Watch().now()
    with alone(settings.database_url) as connection:
        tx = Transaction(connection, seal_of(key))
        match options.what:
            case "add":
                member = accounts.NewMember(
                    options.username,
                    options.name,
                    options.title,
                    Role(options.role),
                    tuple(options.specialty),
                )
                told = _hand_over(accounts.add(tx, member, key=key, now=now))
            case "reset":
                told = _hand_over(accounts.reset(tx, options.username, key=key, now=now))
            case "disable":
                accounts.disable(tx, options.username, now=now)
                told = f"{options.username}: disabled and signed out everywhere\n"
            case _:
                told = _listed(accounts.everybody(connection))
    sys.stdout.write(told)
    return 0


def _hand_over(made: accounts.Handover) -> str:
    return (
        f"Hand these to {made.username} and to nobody else; they are not shown again.\n"
        f"  authenticator app   {made.authenticator}\n"
        f"  enrolment code      {made.enrol_code}\n"
        f"They take up the account at /staff/sign-in/enrol by {made.until:%Y-%m-%d %H:%M} UTC.\n"
    )


def _listed(rows: list[dict[str, str]]) -> str:
    if not rows:
        return "no accounts\n"
    widths = {name: max(len(row[name]) for row in rows) for name in rows[0]}
    lines = ("  ".join(row[name].ljust(widths[name]) for name in row).rstrip() for row in rows)
    return "\n".join(lines) + "\n"
