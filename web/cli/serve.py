"""`cap-chat serve`: serves. Readies a development database; refuses an old one in production."""

import argparse
import sys

import uvloop

from chat.seed import seed, seed_directory
from models.migrate import current, newest, upgrade
from web.app import serve
from web.settings import Mode, Settings
from web.watch import Watch


def run(_options: argparse.Namespace, settings: Settings) -> int:
    match settings.mode:
        case Mode.DEVELOPMENT:
            upgrade(settings.database_url)
            seed(settings.database_url)
        case Mode.PRODUCTION:
            if current(settings.database_url) != newest():
                sys.stderr.write("cap-chat: the database is not at this version: migrate first\n")
                return 2
    is_demo = settings.mode is Mode.DEVELOPMENT
    seed_directory(settings.database_url, demo=is_demo, now=Watch().now())
    uvloop.run(serve(settings))
    return 0
