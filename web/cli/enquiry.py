"""`cap-chat enquiry`: hands out all that is held under one reference, or erases it on request."""

import argparse
import json
import sys

from chat import audit, records, retention
from models.engine import alone
from models.store import Transaction
from web.settings import Settings
from web.watch import Watch
from web.wiring import key_of


def run(options: argparse.Namespace, settings: Settings) -> int:
    dry = options.what == "erase" and options.dry_run
    with alone(settings.database_url, keep=not dry) as connection:
        tx = Transaction(connection, audit.seal_of(key_of(settings.var)))
        told = _erase(tx, options) if options.what == "erase" else _export(tx, options)
    sys.stdout.write(told + "\n")
    return 0


def _export(tx: Transaction, options: argparse.Namespace) -> str:
    found = records.export(tx, options.reference, now=Watch().now(), is_fhir=options.fhir)
    return json.dumps(found, ensure_ascii=False, indent=1, default=str)


def _erase(tx: Transaction, options: argparse.Namespace) -> str:
    order = retention.Order(options.by, retention.ON_REQUEST, options.reason)
    gone = retention.erase(tx, options.reference, order, now=Watch().now())
    return f"{options.reference}: {gone} rows {'would go' if options.dry_run else 'erased'}"
