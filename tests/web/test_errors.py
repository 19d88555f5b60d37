"""The error table and what people and programs get of it."""

import asyncio
import logging

import pytest

from tests.web.site import Site
from vclass.core.refusals import Refusal, StaleError, TooManyError
from vclass.web.errors import TABLE, problem_of


def of_the_house(general: type[Refusal]) -> list[type[Refusal]]:
    return [each for direct in general.__subclasses__() for each in (direct, *of_the_house(direct))]


def test_every_refusal_has_a_row_of_its_own_or_of_its_kind() -> None:
    ours = [each for each in of_the_house(Refusal) if each.__module__.startswith(("vclass.", "rooms.", "schedules."))]
    rowless = [each for each in ours if not any(kind in TABLE for kind in each.__mro__[: each.__mro__.index(Refusal)])]
    assert ours
    assert rowless == []


def test_a_special_case_shares_the_row_of_its_kind() -> None:
    class OvertakenError(StaleError):
        pass

    assert problem_of(OvertakenError(), "id").status == 412


def test_facts_become_members_and_never_override_the_standard_ones() -> None:
    problem = problem_of(TooManyError("Wait.", retry_after=3), "id")
    assert (problem.status, problem.facts, problem.headers) == (429, {"retry_after": 3}, {"Retry-After": "3"})


async def test_h2_an_unknown_path_is_a_problem_document(site: Site) -> None:
    status, problem = await site.problem("GET", "/api/v1/nowhere")
    assert (status, problem["type"], problem["status"]) == (404, "not-found", 404)


async def test_h2_a_wrong_method_says_which_are_right(site: Site) -> None:
    response = await site.client.delete("/api/v1/institutions")
    assert (response.status, response.headers["Allow"]) == (405, "GET,HEAD,POST")


async def test_h2_an_unforeseen_error_shows_its_number_and_never_a_trace(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    response = await site.client.get("/broken")
    body = await response.text()
    assert response.status == 500
    assert "secret inside" not in body
    assert "Traceback" not in body
    assert response.headers["X-Request-Id"] in body
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert record.exc_info is not None
    assert record.request_id == response.headers["X-Request-Id"]  # type: ignore[attr-defined]  # an extra


async def test_h2_people_get_a_page_and_programs_a_document(site: Site) -> None:
    page = await site.client.get("/nowhere", headers={"Accept": "text/html"})
    assert (page.status, page.content_type, await page.text()) == (404, "text/html", "<h1>Not Found</h1>")
    status, _ = await site.problem("GET", "/api/v1/nowhere", headers={"Accept": "text/html"})
    assert status == 404


async def test_i7_a_silent_database_is_503_with_a_time_to_come_back(site: Site) -> None:
    response = await site.client.get("/unavailable")
    assert (response.status, response.headers["Retry-After"]) == (503, "2")
    assert "disk" not in await response.text()


async def test_fields_are_named_in_the_document(site: Site) -> None:
    headers = await site.bearer("institution_admin")
    status, problem = await site.problem("POST", "/api/v1/people", headers=headers, json={"email": "x", "rank": 1})
    assert status == 422
    assert {each["field"] for each in problem["errors"]} == {"name", "rank"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"\xff",
        b"[" * 5000,
        b'{"email": "a@b.example", "name": "\\ud800"}',
        b'{"email": "a@b.example", "name": "\\u0000"}',
        b'{"email": "\\u0000@b.example", "name": "A"}',
        b'{"email": "a@b.example", "name": "A", "institution": "\\u0000"}',
        b'{"email": "a@b.example", "name": "A", "zone": "../etc/passwd"}',
        b'{"email": "a@b.example", "name": "A", "zone": "\\u0000"}',
        b'{"email": "a@b.example", "name": "A", "roles": ["king"]}',
        b'{"email": 1e999, "name": "A"}',
        b'{"email": "a@b.example", "name": "A", "language": "' + b"x" * 60000 + b'"}',
    ],
)
async def test_h2_a_wrong_body_names_what_is_wrong(site: Site, body: bytes) -> None:
    headers = {**await site.bearer("platform_admin"), "Content-Type": "application/json"}
    status, problem = await site.problem("POST", "/api/v1/people", headers=headers, data=body)
    assert status == 422
    assert problem["errors"]


@pytest.mark.parametrize(
    "head",
    [
        b"Cookie: sid=\xff; visit=\xff; lang=\xff",
        b"Authorization: Bearer \xff",
        b"Accept-Language: en;q=nan, uk;q=-inf, \xff",
        b"X-Forwarded-For: \xff\r\nX-Forwarded-Proto: \xff",
        b"Sec-Fetch-Site: \xff\r\nX-CSRF-Token: \xff",
    ],
)
async def test_h2_no_header_makes_an_error_of_ours(site: Site, head: bytes) -> None:
    for line in (b"GET / HTTP/1.1", b"POST /change HTTP/1.1"):
        reader, writer = await asyncio.open_connection(site.client.host, site.client.port)
        writer.write(line + b"\r\nHost: x\r\n" + head + b"\r\nConnection: close\r\n\r\n")
        status = int((await reader.readline()).split()[1])
        assert status < 500
        writer.close()
