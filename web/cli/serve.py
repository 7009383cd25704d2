"""`cap-chat serve`: serves. Readies a development database; refuses an old one in production."""

import argparse
import sys

import uvloop

from chat.seed import seed
from models.migrate import current, newest, upgrade
from web.app import serve
from web.settings import Mode, Settings


def run(_options: argparse.Namespace, settings: Settings) -> int:
    match settings.mode:
        case Mode.DEVELOPMENT:
            upgrade(settings.database_url)
            seed(settings.database_url)
        case Mode.PRODUCTION:
            if current(settings.database_url) != newest():
                sys.stderr.write("cap-chat: the database is not at this version: migrate first\n")
                return 2
    uvloop.run(serve(settings))
    return 0
