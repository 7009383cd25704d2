"""The names under which an application holds its parts."""

from aiohttp import web

from chat.service import Service
from chat.ticker import Ticker
from chat.worker import Worker
from web.errors import Sentences
from web.realtime.console import ConsoleEdge
from web.realtime.follow import Follower
from web.settings import Settings
from web.watch import Watch

SERVICE = web.AppKey("service", Service)
SETTINGS = web.AppKey("settings", Settings)
WATCH = web.AppKey("watch", Watch)
WORKER = web.AppKey("worker", Worker)
TICKER = web.AppKey("ticker", Ticker)
CONSOLE = web.AppKey("console", ConsoleEdge)
FOLLOWER = web.AppKey("follower", Follower)
SENTENCES = web.AppKey("sentences", Sentences)
