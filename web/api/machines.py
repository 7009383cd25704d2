"""For machines: alive, ready, measured. Carries no words, names or identifiers."""

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from chat import health
from web.keys import SERVICE


def add_routes(app: web.Application) -> None:
    app.add_routes(
        [
            web.get("/healthz", healthz),
            web.get("/readyz", readyz),
            web.get("/metrics", metrics),
        ]
    )


async def healthz(_request: web.Request) -> web.Response:
    return web.json_response({"ok": True})


async def readyz(request: web.Request) -> web.Response:
    """200 when store, bot and queue are well; 503 with the reasons otherwise.

    The service still takes enquiries.
    """
    faults = await health.faults(request.app[SERVICE])
    return web.json_response(
        {"ok": not faults, "reasons": list(faults)}, status=503 if faults else 200
    )


async def metrics(request: web.Request) -> web.Response:
    await health.measure(request.app[SERVICE])
    body = generate_latest(request.app[SERVICE].metrics.registry)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})
