"""The OpenAPI document of the whole application: complete, and true."""

import re
from collections.abc import Iterator
from typing import Any

from tests.web.api import Api, Json
from vclass.core.wire import API


async def document(api: Api) -> Json:
    reply = await api.ask("GET", "/openapi.json", who=None)
    assert reply.body["openapi"].startswith("3.1")
    return reply.body


def operations(told: Json) -> list[tuple[str, str]]:
    return [(method.upper(), path.removeprefix(API)) for path, each in told["paths"].items() for method in each]


def references(node: Any) -> Iterator[str]:  # noqa: ANN401  any JSON
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for each in node.values():
            yield from references(each)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)


async def test_the_document_names_every_route_of_the_api(api: Api) -> None:
    told = set(operations(await document(api)))
    served = {
        (route.method, route.resource.canonical.removeprefix(API))
        for route in api.client.app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith(API) and route.method != "HEAD"
    }
    assert served - told == {("GET", "/openapi.json")}
    assert told <= served


async def test_every_reference_of_the_document_resolves(api: Api) -> None:
    told = await document(api)
    found = set(references(told))
    assert found
    for each in found:
        node: Any = told
        for part in each.removeprefix("#/").split("/"):
            node = node[part]


async def test_every_operation_is_described_whole(api: Api) -> None:
    told = await document(api)
    names = []
    for path, methods in told["paths"].items():
        for method, each in methods.items():
            names.append(each["operationId"])
            assert each["summary"]
            assert {"401", "422", "429"} <= each["responses"].keys()
            in_path = {p["name"] for p in each["parameters"] if p["in"] == "path"}
            assert in_path == set(re.findall(r"{(\w+)}", path))
            assert ("requestBody" in each) == (method in {"post", "patch", "put"})
    assert len(set(names)) == len(names)


async def test_without_a_token_institutions_and_the_document_are_all_there_is(api: Api) -> None:
    for method, path in operations(await document(api)):
        reply = await api.ask(method, re.sub(r"{\w+}", "x", path), None if method == "GET" else {}, None)
        if (method, path) == ("GET", "/institutions"):
            assert reply.status == 200
        else:
            assert (reply.status, reply.headers["WWW-Authenticate"]) == (401, "Bearer")
