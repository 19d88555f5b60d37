"""The OpenAPI 3.1 document, written from the operations themselves."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from vclass.core.refusals import FieldError
from vclass.core.wire import Operation, Routes

PROBLEM = "application/problem+json"
REF = "#/components/schemas/{name}"
REASONS = {
    401: "Not signed in",
    403: "Forbidden",
    404: "Not found",
    409: "Clash",
    412: "Changed in the meantime",
    413: "Too large",
    415: "Unsupported type",
    422: "Invalid input",
    428: "If-Match is missing",
    429: "Too many requests",
    503: "Unavailable for the moment",
}


class Problem(msgspec.Struct, frozen=True):
    """RFC 9457 problem details; further members are facts of the problem."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []


def document(
    features: Sequence[Routes], version: str, base_url: str, is_public: Callable[[str], bool] = lambda _: False
) -> dict[str, Any]:
    """Describe every operation, body and problem.

    Args:
        features: The operations, feature by feature.
        version: Version of the product.
        base_url: Where the server is reached.
        is_public: Whether an action needs nobody to be signed in.
    """
    operations = [each for routes in features for each in routes.operations]
    types = [
        t for each in operations for t in (each.body, each.or_json, each.answer) if t not in (None, type(None), bytes)
    ]
    schemas, components = msgspec.json.schema_components([*types, Problem], ref_template=REF)
    known = dict(zip(map(id, [*types, Problem]), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for routes in features:
        for each in routes.operations:
            described = _operation(each, routes.tag, known)
            paths.setdefault(each.path, {})[each.method.lower()] = described | _open(is_public(each.action))
    return {
        "openapi": "3.1.0",
        "info": {"title": "vclass", "version": version, "license": {"name": "MIT", "identifier": "MIT"}},
        "servers": [{"url": base_url}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(each: Operation, tag: str, known: dict[int, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": each.handler.__name__,
        "summary": each.summary,
        "tags": [tag],
        "parameters": [*_path_parameters(each), *_query_parameters(each), *_header_parameters(each)],
        "responses": {str(each.status): _success(each, known), **_unchanged(each), **_problems(each, known)},
    }
    if each.body is not None:
        content = {"application/json": {"schema": known[id(each.body)]}}
        described["requestBody"] = {"required": True, "content": content}
    if each.takes:
        content = {media: {} for media in each.takes}
        content |= {"application/json": {"schema": known[id(each.or_json)]}} if each.or_json else {}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _open(public: bool) -> dict[str, Any]:  # noqa: FBT001  private, a word would say no more
    """Who isn't known is served as well (OpenAPI: an empty requirement)."""
    return {"security": [{}, {"bearer": []}]} if public else {}


def _success(each: Operation, known: dict[int, Any]) -> dict[str, Any]:
    if each.gives:
        return {"description": "Done", "content": {media: {} for media in each.gives}}
    if each.answer in (None, type(None)):
        return {"description": "Done"}
    schema = known.get(id(each.answer), {})
    return {"description": "Done", "content": {"application/json": {"schema": schema}}}


def _unchanged(each: Operation) -> dict[str, Any]:
    """What is no JSON is cached by its reader, and asked for again with If-None-Match (RFC 9110 section 15.4.5)."""
    return {"304": {"description": "As the reader has it"}} if each.gives else {}


def _problems(each: Operation, known: dict[int, Any]) -> dict[str, Any]:
    always = (
        [401, 422, 429, 503] + ([412, 428] if each.versioned else []) + ([413, 415] if each.body or each.takes else [])
    )
    content = {PROBLEM: {"schema": known[id(Problem)]}}
    statuses = sorted({*always, *each.problems})
    return {str(status): {"description": REASONS[status], "content": content} for status in statuses}


def _path_parameters(each: Operation) -> list[dict[str, Any]]:
    return [{"name": n, "in": "path", "required": True, "schema": {"type": "string"}} for n in each.parameters]


def _query_parameters(each: Operation) -> list[dict[str, Any]]:
    if each.query is None:
        return []
    fields = msgspec.structs.fields(each.query)
    return [
        {
            "name": field.encode_name,
            "in": "query",
            "required": field.required,
            "schema": _without_default(msgspec.json.schema(field.type)),
        }
        for field in fields
    ]


def _without_default(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if not re.fullmatch("default", key)}


def _header_parameters(each: Operation) -> list[dict[str, Any]]:
    names = [("Idempotency-Key", False)] if each.creates else []
    names += [("If-Match", True)] if each.versioned else []
    return [{"name": n, "in": "header", "required": must, "schema": {"type": "string"}} for n, must in names]
