"""`cap-chat retention`: erases what has been kept long enough; holds records back, or lets go."""

import argparse
import sys

from chat import audit, keeping, retention
from handoff import policy as policies
from models.engine import alone
from models.store import Transaction
from web.settings import Settings
from web.watch import Watch
from web.wiring import key_of


def run(options: argparse.Namespace, settings: Settings) -> int:
    if options.what == "run":
        return _run(settings, dry=options.dry_run)
    now = Watch().now()
    with alone(settings.database_url) as connection:
        tx = Transaction(connection, audit.seal_of(key_of(settings.var)))
        act = retention.hold if options.what == "hold" else retention.release
        act(tx, options.reference, by=options.by, reason=options.reason, now=now)
    sys.stdout.write(f"{options.reference}: {'held' if options.what == 'hold' else 'released'}\n")
    return 0


def _run(settings: Settings, *, dry: bool) -> int:
    """A line a conversation; a page a transaction, so that what runs beside it can go on."""
    policy, now, count = policies.load(settings.policy), Watch().now(), 0
    while True:
        with alone(settings.database_url, keep=not dry) as connection:
            tx = Transaction(connection, audit.seal_of(key_of(settings.var)))
            look = keeping.due(connection, policy, now=now)
            found = look if dry else retention.erase_due(tx, policy, now=now)
        count += len(found)
        for kept in found:
            sys.stdout.write(f"{kept.reference}  {kept.rule}  kept until {kept.until:%Y-%m-%d}\n")
        if dry or not found:
            break
    sys.stdout.write(f"{count} {'would be erased' if dry else 'erased'}\n")
    return 0
