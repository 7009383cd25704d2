"""`cap-chat audit`: proves the log of who read and wrote what, or prints its anchor. Only reads."""

import argparse
import sys

from sqlalchemy import Connection

from chat import audit
from models.engine import alone
from web.settings import Settings
from web.wiring import key_of

FAULTY, COULD_NOT = 1, 2


def run(options: argparse.Namespace, settings: Settings) -> int:
    with alone(settings.database_url) as connection:
        if options.what == "anchor":
            sys.stdout.write(f"{audit.anchor(connection)}\n")
            return 0
        return _verify(connection, options, settings)


def _verify(connection: Connection, options: argparse.Namespace, settings: Settings) -> int:
    found = [str(one) for one in audit.faults(connection, audit.seal_of(key_of(settings.var)))]
    if options.anchor is not None:
        try:
            kept = audit.Anchor.parsed(options.anchor.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            sys.stderr.write("cap-chat: the anchor file cannot be read\n")
            return COULD_NOT
        moved = audit.anchor_fault(connection, kept)
        found += [moved] if moved else []
    if found:
        sys.stdout.write("".join(f"audit: {fault}\n" for fault in found))
        return FAULTY
    sys.stdout.write(f"audit: whole, {audit.anchor(connection).number} rows\n")
    return 0
