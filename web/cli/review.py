"""`cap-chat review export`: what practitioners thought of the screen, as JSONL, for a supervisor.

Reads the password from the terminal, or the first line of its input.
"""

import argparse
import getpass
import json
import sys

from chat import audit, reviewing
from models.engine import alone
from models.store import Transaction
from web.settings import Settings
from web.watch import Watch
from web.wiring import key_of


def run(options: argparse.Namespace, settings: Settings) -> int:
    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    with alone(settings.database_url) as connection:
        found = reviewing.export(
            Transaction(connection, audit.seal_of(key_of(settings.var))),
            username=options.username,
            password=password,
            now=Watch().now(),
        )
    for row in found:
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    return 0
