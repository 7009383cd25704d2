"""The OpenAPI document says what is there: every route, every body, who may ask."""

import aiohttp
import pytest

from tests.service import running_service
from web.api.document import BODIES, BODILESS, QUERIES, described, document


@pytest.fixture
async def service(tmp_path):
    async with running_service(tmp_path) as running:
        yield running


async def test_the_document_is_there_for_anyone(service):
    async with aiohttp.ClientSession(service.url) as http, http.get("/openapi.json") as answer:
        assert answer.status == 200
        told = await answer.json()
    assert told["openapi"].startswith("3.1")
    assert told["paths"]["/api/conversations"]["post"]["requestBody"]


async def test_every_route_for_programs_is_in_it_with_its_words(service):
    told = document(service.app)
    for name, route in described(service.app):
        method, path = name.split(" ")
        operation = told["paths"][path][method.lower()]
        assert operation["responses"], name
        assert (route.method, operation["operationId"]) == (method, operation["operationId"])
    identities = [
        operation["operationId"] for path in told["paths"].values() for operation in path.values()
    ]
    assert len(identities) >= 20


async def test_every_write_names_the_shape_of_its_body(service):
    writes = {name for name, _ in described(service.app) if not name.startswith("GET")}
    assert writes == {*BODIES, *BODILESS}, "add it to web/api/document.py"


async def test_what_it_names_is_there(service):
    told = document(service.app)
    names = {name for name, _ in described(service.app)}
    assert set(QUERIES) <= names
    defined = set(told["components"]["schemas"])
    assert set(references(told)) <= {f"#/components/schemas/{name}" for name in defined}


async def test_bodies_refuse_what_the_document_does_not_name(service):
    schemas = document(service.app)["components"]["schemas"]
    for shape in BODIES.values():
        assert schemas[shape.__name__]["additionalProperties"] is False


async def test_who_may_ask_is_said(service):
    paths = document(service.app)["paths"]
    assert paths["/api/conversations"]["post"]["security"] == []
    assert paths["/api/conversation/messages"]["get"]["security"] == [{"person": []}]
    assert paths["/api/staff/queue"]["get"]["security"] == [{"staff": []}]


def references(part):
    if isinstance(part, dict):
        yield from ([part["$ref"]] if "$ref" in part else [])
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)
