"""`cap-chat enquiry export`: all that is held under one reference, as JSON or HL7 FHIR R4."""

import argparse
import json
import sys

from chat import audit, records
from models.engine import alone
from models.store import Transaction
from web.settings import Settings
from web.watch import Watch
from web.wiring import key_of


def run(options: argparse.Namespace, settings: Settings) -> int:
    with alone(settings.database_url) as connection:
        tx = Transaction(connection, audit.seal_of(key_of(settings.var)))
        found = records.export(tx, options.reference, now=Watch().now(), is_fhir=options.fhir)
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return 0
