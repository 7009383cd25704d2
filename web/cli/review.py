"""`cap-chat review export`: what practitioners thought of the screen, as JSONL, for a supervisor.

Reads the password from the terminal, or the first line of its input.
"""

import argparse
import getpass
import json
import sys

from chat import audit, reviewing
from chat.signing_in import Claim
from models.engine import alone
from models.errors import NotSignedInError
from models.store import Transaction
from web.settings import Settings
from web.watch import Watch
from web.wiring import key_of


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Raises NotSignedInError after a wrong try is kept, TooFastError after too many."""
    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    secret = key_of(settings.var)
    with alone(settings.database_url) as connection:
        found = reviewing.export(
            Transaction(connection, audit.seal_of(secret)),
            Claim(options.by, password),
            secret=secret,
            now=Watch().now(),
        )
    if found is None:
        raise NotSignedInError
    for row in found:
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    return 0
