"""`cap-chat migrate`: brings the database to this version. Safe to run again."""

import argparse
import sys

from models.migrate import upgrade
from web.settings import Settings


def run(_options: argparse.Namespace, settings: Settings) -> int:
    changed = upgrade(settings.database_url)
    sys.stdout.write(f"database: {'brought to' if changed else 'already at'} this version\n")
    return 0
