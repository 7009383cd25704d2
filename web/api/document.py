"""`GET /openapi.json`: what other programs may ask, generated from the routes, their handlers' own
words and the shapes that bodies are read by. Pages, sockets and files are no part of it.
"""

import inspect
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from pydantic.json_schema import models_json_schema

from chat.roles import Open, roles
from web import commands as c
from web import task_commands as t
from web.errors import Sentences
from web.keys import SENTENCES

PATH = "/openapi.json"
MACHINES = ("/healthz", "/readyz", "/metrics", PATH)
PREFIXES = ("/api/", "/open-referral")

BODIES: Mapping[str, type[c.Command]] = {
    "POST /api/conversation/leave": c.Leave,
    "POST /api/conversation/messages": c.SendMessage,
    "POST /api/conversations": c.StartConversation,
    "POST /api/conversations/resume": c.Resume,
    "POST /api/dev/clock": c.AdvanceClock,
    "POST /api/staff/enquiries": t.LogEnquiry,
    "POST /api/staff/enquiries/{reference}/break-glass": c.BreakGlass,
    "POST /api/staff/sign-in": c.SignIn,
}
"""The shape that each route's body is read by."""
BODILESS = frozenset({"POST /api/conversation/person", "POST /api/staff/sign-out"})

_NUMBER, _TEXT = {"type": "integer", "minimum": 0}, {"type": "string"}
QUERIES: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "GET /api/conversation/messages": {"since": _NUMBER},
    "GET /api/staff/audit": {
        "reference": _TEXT,
        "staff": _TEXT,
        "day": {"type": "string", "format": "date"},
        "action": _TEXT,
        "before": _NUMBER,
    },
    "GET /api/staff/directory": {"q": _TEXT},
    "GET /api/staff/reports/unmet_need": {"format": {"enum": ["json", "csv"]}},
    "GET /api/staff/reports/{name}": {"format": {"enum": ["json", "csv"]}},
    "GET /api/staff/tasks": {"list": _TEXT},
    "GET /open-referral/service_at_locations": {"page": _NUMBER, "per_page": _NUMBER},
    "GET /open-referral/services": {
        "page": _NUMBER,
        "per_page": _NUMBER,
        "search": _TEXT,
        "taxonomy_term_id": _TEXT,
        "minimum_age": _NUMBER,
        "maximum_age": _NUMBER,
    },
    "GET /open-referral/taxonomies": {"page": _NUMBER, "per_page": _NUMBER},
    "GET /open-referral/taxonomy_terms": {"page": _NUMBER, "per_page": _NUMBER},
}
DONE = {"POST /api/conversations": "201", "POST /api/conversations/resume": "201"}
DONE["POST /api/conversation/messages"] = DONE["POST /api/staff/enquiries"] = "201"


def add_routes(app: web.Application) -> None:
    app.add_routes([web.get(PATH, openapi)])


async def openapi(request: web.Request) -> web.Response:
    """This document."""
    return web.json_response(document(request.app))


def document(app: web.Application) -> dict[str, Any]:
    """OpenAPI 3.1 for the routes that this application has."""
    _, defined = models_json_schema(
        [(shape, "validation") for shape in sorted(set(BODIES.values()), key=str)],
        ref_template="#/components/schemas/{model}",
    )
    schemas = {**defined.get("$defs", {}), "Error": _error(app[SENTENCES])}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Central Access Point chat", "version": "1"},
        "paths": _paths(app),
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "person": {"type": "http", "scheme": "bearer"},
                "staff": {"type": "apiKey", "in": "cookie", "name": "cap_staff"},
            },
        },
    }


def described(app: web.Application) -> list[tuple[str, web.AbstractRoute]]:
    """`METHOD /path` of each route that the document is about."""
    found = []
    for route in app.router.routes():
        path = route.resource.canonical if route.resource is not None else ""
        ours = path in MACHINES or path.startswith(PREFIXES)
        if ours and route.method not in {"HEAD", "OPTIONS"}:
            found.append((f"{route.method} {path}", route))
    return found


def _paths(app: web.Application) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for name, route in described(app):
        method, path = name.split(" ")
        paths.setdefault(path, {})[method.lower()] = _operation(name, route)
    return paths


def _operation(name: str, route: web.AbstractRoute) -> dict[str, Any]:
    method, path = name.split(" ")
    told = inspect.getdoc(route.handler)
    operation: dict[str, Any] = {
        "operationId": f"{route.handler.__module__.rsplit('.', 1)[-1]}_{route.handler.__name__}",
        "parameters": _parameters(name, path),
        "responses": {
            DONE.get(name, "200"): {"description": "Done."},
            "default": {
                "description": "Refused, with the reason.",
                "content": {"application/json": {"schema": _ref("Error")}},
            },
        },
        "security": _security(roles().rule_of(method, path)),
    }
    if told:
        operation["description"] = told
    if name in BODIES:
        shape = {"schema": _ref(BODIES[name].__name__)}
        operation["requestBody"] = {"content": {"application/json": shape}}
    return operation


def _parameters(name: str, path: str) -> list[dict[str, Any]]:
    gaps = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    in_path = [{"name": gap, "in": "path", "required": True, "schema": _TEXT} for gap in gaps]
    asked = QUERIES.get(name, {})
    return [*in_path, *({"name": key, "in": "query", "schema": asked[key]} for key in asked)]


def _security(rule: str) -> list[dict[str, list[str]]]:
    match rule:
        case Open.ANYONE:
            return []
        case Open.PERSON:
            return [{"person": []}]
        case _:
            return [{"staff": []}]


def _error(sentences: Sentences) -> dict[str, Any]:
    fields = {
        "code": {"enum": sentences.codes()},
        "message": {"type": "string"},
        "retry_after": {"type": "integer"},
        "field": {"type": "string"},
    }
    inner = {"type": "object", "properties": fields, "required": ["code", "message"]}
    return {"type": "object", "properties": {"error": inner}, "required": ["error"]}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
