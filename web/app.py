"""The application: builds it, runs it, takes it down in order.

Serves HTTP and Socket.IO on one address.
"""

import asyncio
import contextlib
import json
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from aiohttp import web
from sqlalchemy import Connection, select

from bot.dialogue import Dialogue
from bot.rasa_client import RasaDialogue
from chat import seed
from chat.neighbours import Neighbours
from chat.reader import ReadingPool
from chat.service import Service
from chat.staff import CLOCK_OFFSET
from chat.ticker import Ticker
from chat.worker import Worker
from models.tables import tallies
from web import files, guard, middlewares, turns
from web.api import (
    development,
    document,
    machines,
    open_referral,
    oversight,
    person,
    reports,
    staff,
    staff_directory,
    tasks,
    unmet_need,
)
from web.bus import Bus
from web.doors import DOORS, listen, open_doors, while_asked
from web.errors import Sentences
from web.keys import CONSOLE, FOLLOWER, SENTENCES, SERVICE, SETTINGS, TICKER, WATCH, WORKER
from web.logs import set_up_logs
from web.pages import add_pages
from web.rasa_process import RasaProcess
from web.reading_process import ReadingProcess
from web.realtime.boundary import Edge
from web.realtime.console import ConsoleEdge
from web.realtime.follow import Follower
from web.realtime.person import PersonEdge
from web.realtime.publish import Publisher
from web.realtime.server import BODY_LIMIT, open_sockets, say_goodbye
from web.realtime.sockets import SOCKETS, bounded
from web.realtime.standing import Standing
from web.settings import Mode, Settings, unsafe
from web.watch import Watch
from web.wiring import build_service

RUN_FILE = "run.json"
LOOK_EVERY = timedelta(milliseconds=100)
OWN_BOT, OTHERS_BOT = timedelta(minutes=1), timedelta(seconds=3)
"""How long a start waits for the bot: ours is starting too, another one is there or not."""
EVERY_REQUEST = (
    while_asked,
    *middlewares.EVERY_REQUEST,
    bounded,
    turns.in_turn,
    guard.check_access,
)
"""In this order: bounds before anybody is asked who they are."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Parts:
    """What an application is built around; tests bring their own dialogue and pool."""

    settings: Settings
    pool: ReadingPool
    dialogue: Dialogue
    watch: Watch


def build(parts: Parts) -> web.Application:
    """The whole application, not yet started."""
    settings = parts.settings
    sockets = open_sockets(settings)
    publisher = Publisher(sockets)
    neighbours = (
        Neighbours(secrets.token_hex(4), now=parts.watch.now) if settings.redis_url else None
    )
    service = build_service(
        settings,
        pool=parts.pool,
        dialogue=parts.dialogue,
        now=parts.watch.now,
        tell=publisher.tell,
        neighbours=neighbours,
    )
    app = web.Application(middlewares=EVERY_REQUEST, client_max_size=BODY_LIMIT)
    sentences = Sentences.load()
    app[SETTINGS], app[SERVICE], app[WATCH] = settings, service, parts.watch
    app[SENTENCES], app[SOCKETS] = sentences, sockets
    turns.share(app)
    app[WORKER] = publisher.worker = Worker(service)
    app[TICKER] = publisher.ticker = Ticker(service)
    app[CONSOLE] = ConsoleEdge(service, sentences=sentences)
    edges = (app[CONSOLE], PersonEdge(service, sentences=sentences))
    for edge in edges:
        sockets.register_namespace(edge)
    app.on_response_prepare.append(middlewares.add_headers)
    _add_routes(app)
    sockets.attach(app)
    app.on_shutdown.append(say_goodbye(sockets))
    if neighbours is not None:
        _join(app, neighbours, publisher, edges)
    app.cleanup_ctx.append(_running(publisher))
    return app


def _join(
    app: web.Application, neighbours: Neighbours, publisher: Publisher, edges: Sequence[Edge]
) -> None:
    """Make this one of many nodes: it hints at what it commits, and tells what the others do."""
    bus = Bus(str(app[SETTINGS].redis_url), node=neighbours.node)
    publisher.hint = bus.hint
    for edge in edges:
        edge.linked = bus
    app[FOLLOWER] = Follower(app[SERVICE], neighbours, bus, tell=publisher.repeat)


def _add_routes(app: web.Application) -> None:
    for module in (
        person,
        staff,
        staff_directory,
        tasks,
        oversight,
        machines,
        open_referral,
        unmet_need,
        document,
        reports,
    ):
        module.add_routes(app)
    if app[SETTINGS].mode is Mode.DEVELOPMENT:
        development.add_routes(app)
    add_pages(app)
    files.add_routes(app)


def _running(publisher: Publisher) -> Callable[[web.Application], AsyncIterator[None]]:
    async def run(app: web.Application) -> AsyncIterator[None]:
        service = app[SERVICE]
        service.store.start()
        await _keep_clock(service, app[WATCH])
        publisher.start()
        await app[WORKER].take_over(all_leases=app[SETTINGS].redis_url is None)
        app[WORKER].start()
        app[TICKER].start()
        standing = Standing(app[CONSOLE])
        standing.start()
        app[SOCKETS].start()
        follower = app.get(FOLLOWER)
        if follower is not None:
            follower.start()
        yield
        if follower is not None:
            await follower.stop()
        await app[SOCKETS].stop()
        await standing.stop()
        await app[TICKER].stop()
        await app[WORKER].stop()
        await publisher.stop()
        service.reader.stop()
        await service.store.stop()

    return run


async def _keep_clock(service: Service, watch: Watch) -> None:
    """A development clock that was moved on does not fall back when the service starts again."""

    def look(db: Connection) -> int:
        found = db.execute(select(tallies.c.value).where(tallies.c.name == CLOCK_OFFSET))
        return int(found.scalar_one())

    watch.advance(timedelta(seconds=await service.store.read(look)))


async def serve(settings: Settings) -> None:
    """Serve until told to stop.

    Refuses an unsafe production; starts our own Rasa unless another is named.
    """
    set_up_logs()
    faults = unsafe(
        settings,
        demo_accounts=seed.demo_accounts(settings.database_url),
        demo_services=seed.demo_services(settings.database_url),
    )
    if faults:
        raise SystemExit("\n".join(("cap-chat refuses to serve:", *(f"  - {f}" for f in faults))))
    pool = ReadingProcess(settings.practices)
    try:
        async with _dialogue(settings) as dialogue:
            await asyncio.wrap_future(pool.pid)
            await _serve(build(Parts(settings, pool, dialogue, Watch())), settings, dialogue)
    finally:
        pool.stop()


@contextlib.asynccontextmanager
async def _dialogue(settings: Settings) -> AsyncIterator[RasaDialogue]:
    if settings.bot_url is not None:
        token = settings.bot_token.get_secret_value() if settings.bot_token else ""
        async with RasaDialogue([settings.bot_url], token=token) as dialogue:
            yield dialogue
        return
    async with (
        RasaProcess.supervised(settings.var) as rasa,
        RasaDialogue([rasa.url], token=rasa.token) as dialogue,
    ):
        yield dialogue


async def _serve(app: web.Application, settings: Settings, dialogue: Dialogue) -> None:
    app[DOORS] = doors = open_doors(settings)
    idle = settings.time_idle.total_seconds()
    runner = web.AppRunner(
        app, access_log=None, shutdown_timeout=3, keepalive_timeout=idle, lingering_time=1.0
    )
    await runner.setup()
    server = await listen(runner, doors, settings)
    doors.start()
    try:
        url = f"http://{settings.host}:{server.sockets[0].getsockname()[1]}"
        await _until_ready(dialogue, patience=OWN_BOT if settings.bot_url is None else OTHERS_BOT)
        run_file = settings.var / RUN_FILE
        _announce(settings, url, run_file)
        await _told_to_stop()
        run_file.unlink(missing_ok=True)
    finally:
        server.close()
        await runner.cleanup()
        await doors.stop()


async def _until_ready(dialogue: Dialogue, *, patience: timedelta) -> None:
    """Wait for the dialogue; without it we serve all the same, towards people."""
    for _ in range(int(patience / LOOK_EVERY)):
        if await dialogue.ready():
            return
        await asyncio.sleep(LOOK_EVERY.total_seconds())
    log.error("bot_not_ready")


def _announce(settings: Settings, url: str, run_file: Path) -> None:
    demo = settings.mode is Mode.DEVELOPMENT
    staff_sign_ins: Sequence[dict[str, object]] = (
        [person.sign_in() for person in seed.DEMO] if demo else []
    )
    run_file.parent.mkdir(parents=True, exist_ok=True)
    told = {"url": url, "pid": os.getpid(), "staff": staff_sign_ins}
    written = run_file.with_suffix(".new")
    written.write_text(json.dumps(told, indent=1), encoding="utf-8")
    written.replace(run_file)
    lines = [f"Chat     {url}/chat", f"Console  {url}/staff"]
    if demo:
        lines.append("Sign in  one of these, password " + seed.DEMO_PASSWORD)
        lines += [f"         {person.username:8} {person.title}" for person in seed.DEMO]
    sys.stdout.write("\n".join(lines) + "\nCtrl-C stops everything.\n")
    sys.stdout.flush()


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()
