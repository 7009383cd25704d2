"""`cap-chat serve`: refuses what is unsafe, then serves until it is told to stop."""

import argparse

import uvloop

from web.app import serve
from web.settings import Settings


def run(_options: argparse.Namespace, settings: Settings) -> int:
    uvloop.run(serve(settings))
    return 0
