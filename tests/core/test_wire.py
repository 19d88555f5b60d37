"""Operations over HTTP: typed in and out, every wrong field named."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, make_mocked_request

from vclass.core.openapi import document
from vclass.core.refusals import InvalidInputError, Refusal, StaleError, UnsupportedTypeError, VersionMissingError
from vclass.core.wire import Answer, Routes, convert, if_match

Client = TestClient[web.Request, web.Application]


class Guest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who comes."""

    email: str
    seats: Annotated[int, msgspec.Meta(ge=1, le=9)] = 1


class Party(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body with everything that can go wrong."""

    title: Annotated[str, msgspec.Meta(min_length=1)]
    guests: tuple[Guest, ...]
    minutes: Annotated[int, msgspec.Meta(ge=5)] = 45


class Which(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A query."""

    from_: int
    deep: bool = False


class Echo(msgspec.Struct, frozen=True):
    """An answer."""

    text: str


routes = Routes("parties")


@routes.operation("POST", "/parties", action="site.public", summary="Give a party", status=201, creates=True)
async def create_party(request: web.Request, *, body: Party) -> Answer[Echo]:
    assert request.path == "/api/v1/parties"
    return Answer(Echo(body.title), version=3, location="/api/v1/parties/1")


@routes.operation("GET", "/parties/{party_id}", action="site.public", summary="A party", problems=(404,))
async def get_party(request: web.Request, *, party_id: str, query: Which) -> Echo:
    assert request.method == "GET"
    return Echo(f"{party_id} {query.from_} {query.deep}")


@routes.operation("DELETE", "/parties/{party_id}", action="site.public", summary="Call it off", versioned=True)
async def delete_party(request: web.Request, *, party_id: str) -> None:
    assert (party_id, if_match(request)) == ("p1", 7)


@routes.operation("PUT", "/pictures/{name}", action="site.public", summary="Hang it", takes=("image/png",), largest=9)
async def put_picture(request: web.Request, *, name: str) -> None:
    assert (name, await request.read()) == ("p1", b"png")


@routes.operation("GET", "/pictures/{name}", action="site.public", summary="Look at it", gives=("image/png",))
async def get_picture(request: web.Request, *, name: str) -> web.Response:
    return web.Response(body=f"{request.method} {name}".encode(), content_type="image/png")


@web.middleware
async def telling(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer a refusal with its class and fields, without the table of the roof."""
    try:
        return await handler(request)
    except Refusal as refusal:
        fields = [each.field for each in refusal.facts.get("errors", [])]
        return web.json_response([refusal.slug, *fields], status=400)


@pytest.fixture
async def client(aiohttp_client: Callable[[web.Application], Awaitable[Client]]) -> Client:
    app = web.Application(middlewares=[telling])
    app.add_routes(routes.table())
    return await aiohttp_client(app)


def fields(raw: object) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        convert(raw, Party)
    return [each.field for each in caught.value.errors]


def test_every_wrong_field_is_named() -> None:
    wrong = {"title": "", "guests": [{"email": "a"}, {"email": 5}], "minutes": 1, "colour": "red"}
    assert fields(wrong) == ["colour", "title", "guests[1].email", "minutes"]


def test_missing_fields_are_named() -> None:
    assert fields({}) == ["title", "guests"]


def test_a_field_of_a_nested_object_that_is_unknown_is_located() -> None:
    assert fields({"title": "x", "guests": [{"email": "a", "age": 3}]}) == ["guests[0]"]


@pytest.mark.parametrize("raw", [None, [], "party", 5])
def test_anything_but_an_object_is_refused(raw: object) -> None:
    assert fields(raw) == ["body"]


def test_a_right_body_becomes_its_struct() -> None:
    assert convert({"title": "x", "guests": [{"email": "a"}]}, Party) == Party("x", (Guest("a"),))


async def test_an_answer_carries_version_and_location(client: Client) -> None:
    response = await client.post("/api/v1/parties", json={"title": "x", "guests": []})
    assert (response.status, await response.json()) == (201, {"text": "x"})
    assert (response.headers["ETag"], response.headers["Location"]) == ('"v3"', "/api/v1/parties/1")
    assert response.headers["Cache-Control"] == "no-store"


async def test_query_and_path_are_typed(client: Client) -> None:
    response = await client.get("/api/v1/parties/p1?from=5&deep=true")
    assert await response.json() == {"text": "p1 5 True"}


@pytest.mark.parametrize(
    ("query", "wrong"), [("", ["from"]), ("?from=x", ["from"]), ("?from=1&deep=maybe&up=1", ["up", "deep"])]
)
async def test_a_wrong_query_is_named(client: Client, query: str, wrong: list[str]) -> None:
    assert await (await client.get(f"/api/v1/parties/p1{query}")).json() == ["invalid", *wrong]


@pytest.mark.parametrize("body", [b"", b"{", b'{"title": "x"', b"\xff\xfe", b"[" * 100_000, b"NaN"])
async def test_what_is_not_json_is_refused(client: Client, body: bytes) -> None:
    response = await client.post("/api/v1/parties", data=body, headers={"Content-Type": "application/json"})
    assert await response.json() == ["invalid", "body"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_another_content_type_than_json_is_refused(client: Client, kind: str) -> None:
    response = await client.post("/api/v1/parties", data=b"{}", headers={"Content-Type": kind})
    assert await response.json() == [UnsupportedTypeError.slug]


async def test_an_empty_answer_has_no_body(client: Client) -> None:
    response = await client.delete("/api/v1/parties/p1", headers={"If-Match": '"v7"'})
    assert (response.status, await response.read()) == (204, b"")


async def test_a_change_without_if_match_is_refused(client: Client) -> None:
    assert await (await client.delete("/api/v1/parties/p1")).json() == [VersionMissingError.slug]


@pytest.mark.parametrize("header", ["*", '"v"', 'W/"v7"', '"v7", "v8"', "v7", '"v' + "9" * 40 + '"'])
def test_an_if_match_that_is_none_of_ours_is_stale(header: str) -> None:
    with pytest.raises(StaleError):
        if_match(make_mocked_request("PATCH", "/", headers={"If-Match": header}))


def test_the_document_describes_every_operation() -> None:
    described = document([routes], "1.0", "http://localhost:8080")
    assert {(path, method) for path, methods in described["paths"].items() for method in methods} == {
        ("/api/v1/parties", "post"),
        ("/api/v1/parties/{party_id}", "get"),
        ("/api/v1/parties/{party_id}", "delete"),
        ("/api/v1/pictures/{name}", "put"),
        ("/api/v1/pictures/{name}", "get"),
    }


def test_the_document_names_body_answer_and_problems() -> None:
    described = document([routes], "1.0", "http://localhost:8080")
    post = described["paths"]["/api/v1/parties"]["post"]
    schema = {"$ref": "#/components/schemas/Party"}
    assert post["requestBody"]["content"]["application/json"]["schema"] == schema
    assert post["responses"]["201"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Echo"}
    assert sorted(post["responses"]) == ["201", "401", "413", "415", "422", "429", "503"]
    assert {"Party", "Guest", "Echo", "Problem", "FieldError"} <= described["components"]["schemas"].keys()


def test_the_document_names_bodies_and_answers_that_are_no_json() -> None:
    methods = document([routes], "1.0", "http://localhost:8080")["paths"]["/api/v1/pictures/{name}"]
    assert list(methods["put"]["requestBody"]["content"]) == ["image/png"]
    assert list(methods["get"]["responses"]["200"]["content"]) == ["image/png"]
    assert "304" in methods["get"]["responses"]


async def test_other_bodies_and_answers_than_json_go_through_as_they_are(client: Client) -> None:
    png, text = {"Content-Type": "image/png"}, {"Content-Type": "text/plain"}
    assert (await client.put("/api/v1/pictures/p1", data=b"png", headers=png)).status == 204
    assert await (await client.put("/api/v1/pictures/p1", data=b"png", headers=text)).json() == ["unsupported-type"]
    answer = await client.get("/api/v1/pictures/p1")
    assert (answer.content_type, await answer.read()) == ("image/png", b"GET p1")


async def test_nul_is_in_no_field_and_in_no_address(client: Client) -> None:
    party = {"title": "T", "guests": [{"email": "a\0b"}]}
    assert await (await client.post("/api/v1/parties", json=party)).json() == ["invalid", "guests"]
    assert await (await client.get("/api/v1/parties/a%00b?from=1")).json() == ["not-found"]


def test_the_document_names_parameters_of_path_query_and_head() -> None:
    paths = document([routes], "1.0", "http://localhost:8080")["paths"]
    get, delete = paths["/api/v1/parties/{party_id}"]["get"], paths["/api/v1/parties/{party_id}"]["delete"]
    assert [(p["name"], p["in"], p["required"]) for p in get["parameters"]] == [
        ("party_id", "path", True),
        ("from", "query", True),
        ("deep", "query", False),
    ]
    assert [p["name"] for p in delete["parameters"]] == ["party_id", "If-Match"]
    assert [p["name"] for p in paths["/api/v1/parties"]["post"]["parameters"]] == ["Idempotency-Key"]


def test_every_reference_in_the_document_leads_somewhere() -> None:
    described = document([routes], "1.0", "http://localhost:8080")
    text = msgspec.json.encode(described).decode()
    named = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= described["components"]["schemas"].keys()
