"""`cap-chat seed`: demo staff for a development database. Never runs in production."""

import argparse
import sys

from chat.seed import seed, seed_directory
from web.settings import Mode, Settings
from web.watch import Watch


def run(_options: argparse.Namespace, settings: Settings) -> int:
    if settings.mode is Mode.PRODUCTION:
        sys.stderr.write("cap-chat: demo accounts are for development; MODE is production\n")
        return 2
    added = seed(settings.database_url)
    services = seed_directory(settings.database_url, demo=True, now=Watch().now())
    sys.stdout.write(f"demo staff: {added} added\ndirectory: {services} services added\n")
    return 0
