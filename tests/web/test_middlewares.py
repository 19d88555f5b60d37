"""What happens to a request on its way in, with a real server, client and database."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import WSMsgType

from config import ConfigurationError
from config.settings import Server
from tests.support import SettableClock
from tests.web.conftest import Serve
from tests.web.site import BROWSER, Site
from vclass import people
from vclass.core.db import Database
from vclass.web.cookies import csrf_holds, csrf_token
from vclass.web.limits import Limits, Rate
from vclass.web.middlewares import FORM, networks


async def who(site: Site, **headers: str) -> list[str]:
    """Name, language, scheme and address, as the front page saw them."""
    response = await site.client.get("/", headers=headers)
    text = await response.text()
    return text.partition('<p id="who">')[2].partition("<")[0].split("|")


async def post(site: Site, path: str = "/change", token: str = "", **headers: str) -> int:
    response = await site.client.post(path, data={"csrf": token}, headers={**BROWSER, **headers})
    return response.status


async def test_a1_a_bearer_token_says_who_acts(site: Site) -> None:
    response = await site.client.get("/api/v1/me", headers=await site.bearer("teacher"))
    me = await response.json()
    assert (response.status, me["email"], me["institution"]) == (
        200,
        "teacher@vienna.example",
        site.institution.public_id,
    )
    assert me["roles"] == [{"role": "teacher", "institution": site.institution.public_id}]


async def test_a1_a_session_says_who_acts(site: Site) -> None:
    await site.sign_in("student")
    assert (await (await site.client.get("/api/v1/me")).json())["name"] == "student"


async def test_a1_a_token_wins_over_a_session(site: Site) -> None:
    await site.sign_in("student")
    response = await site.client.get("/api/v1/me", headers=await site.bearer("teacher"))
    assert (await response.json())["name"] == "teacher"


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic YTpi"}])
async def test_a1_without_a_valid_token_nobody_is_signed_in(site: Site, header: dict[str, str]) -> None:
    response = await site.client.get("/api/v1/me", headers=header)
    assert (response.status, response.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("field", ["person_id", "role", "institution_id", "id"])
async def test_a1_identity_in_a_body_is_refused(site: Site, field: str) -> None:
    headers = await site.bearer("institution_admin")
    status, problem = await site.problem("POST", "/api/v1/people", headers=headers, json={**site.ben, field: 1})
    assert (status, problem["errors"][0]["field"]) == (422, field)


async def test_a3_a_session_ended_elsewhere_ends_here(site: Site) -> None:
    cookie = await site.sign_in("student")
    await site.database.write(people.end_session, cookie)
    assert (await site.client.get("/api/v1/me")).status == 401


async def test_a_session_in_use_is_renewed(site: Site, clock: SettableClock) -> None:
    await site.sign_in("student")
    for _ in range(10):
        clock.advance(3 * 86400 - 1)
        answer = await site.client.get("/api/v1/me")
    assert answer.status == 200


async def test_a5_a_form_from_the_own_page_passes(site: Site) -> None:
    await site.sign_in("student")
    assert await post(site, token=await site.csrf()) == 200


async def test_a5_a_script_sends_the_token_as_a_header(site: Site) -> None:
    await site.sign_in("student")
    headers = {**BROWSER, "X-CSRF-Token": await site.csrf()}
    assert (await site.client.post("/change", json={}, headers=headers)).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
async def test_a5_a_form_from_another_site_is_refused_even_with_the_token(site: Site, headers: dict[str, str]) -> None:
    await site.sign_in("student")
    assert await post(site, token=await site.csrf(), **headers) == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:8080", 200),
        ("https://127.0.0.1:8080", 403),
        ("http://evil.example", 403),
        ("null", 403),
        (None, 403),
    ],
)
async def test_a5_an_old_browser_is_judged_by_its_origin(site: Site, origin: str | None, status: int) -> None:
    await site.sign_in("student")
    headers = {} if origin is None else {"Origin": origin}
    answer = await site.client.post("/change", data={"csrf": await site.csrf()}, headers=headers)
    assert answer.status == status


@pytest.mark.parametrize(("honest", "status"), [(True, 200), (False, 403)])
async def test_a5_a_personal_links_page_hides_its_origin_and_is_judged_by_the_token(
    site: Site, honest: bool, status: int
) -> None:
    token = await site.csrf() if honest else "guessed"
    answer = await site.client.post("/join/valid", data={"csrf": token}, headers={"Origin": "null"})
    assert answer.status == status


async def test_a5_a_form_without_the_token_is_refused(site: Site) -> None:
    await site.sign_in("student")
    assert await post(site, token="") == 403
    assert await post(site, token="ї") == 403


async def test_a5_the_token_of_another_session_is_refused(site: Site) -> None:
    await site.sign_in("student")
    token = await site.csrf()
    await site.sign_in("teacher")
    assert await post(site, token=token) == 403


async def test_a5_a_visitors_first_form_passes(site: Site) -> None:
    assert await post(site, "/sign-in", token=await site.csrf()) == 200


async def test_a5_a_visitors_token_ends_with_the_sign_in(site: Site) -> None:
    token = await site.csrf()
    await site.sign_in("student")
    assert await post(site, token=token) == 403


async def test_a5_a_form_without_any_cookie_is_refused(site: Site) -> None:
    token = await site.csrf()
    site.client.session.cookie_jar.clear()
    assert await post(site, "/sign-in", token=token) == 403


async def test_a5_a_visitors_first_page_gives_the_cookie_of_its_forms_even_if_it_is_an_error(site: Site) -> None:
    answer = await site.client.get("/nowhere", headers=BROWSER)
    assert "visit" in answer.cookies
    assert "visit" not in (await site.client.get("/nowhere", headers=BROWSER)).cookies


async def test_a5_the_api_with_a_session_needs_the_token_too(site: Site) -> None:
    await site.sign_in("institution_admin")
    assert (await site.client.post("/api/v1/people", json=site.ben)).status == 403
    headers = {"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": await site.csrf()}
    assert (await site.client.post("/api/v1/people", json=site.ben, headers=headers)).status == 201


async def test_a5_a_program_with_a_bearer_token_needs_no_csrf_token(site: Site) -> None:
    headers = await site.bearer("institution_admin")
    assert (await site.client.post("/api/v1/people", json=site.ben, headers=headers)).status == 201


async def test_a5_a_wrong_bearer_token_does_not_open_a_session_to_other_sites(site: Site) -> None:
    await site.sign_in("student")
    assert await post(site, Authorization="Bearer wrong") == 401


async def test_a7_a_token_with_any_letter_changed_is_refused(site: Site) -> None:
    token = csrf_token(site.keyring, "session")
    others = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token) - 1)]
    assert csrf_holds(site.keyring, "session", token)
    assert not [other for other in others if csrf_holds(site.keyring, "session", other)]


async def test_b2_what_no_role_of_the_caller_allows_is_refused_before_the_body_is_read(site: Site) -> None:
    headers = await site.bearer("student")
    status, problem = await site.problem("POST", "/api/v1/people", headers=headers, data=b"not json")
    assert (status, problem["type"]) == (403, "forbidden")
    assert (await site.client.post("/api/v1/people", data=b"not json")).status == 401


async def test_a4_creating_a_person_twice_is_a_conflict(site: Site) -> None:
    headers = await site.bearer("institution_admin")
    answers = [await site.client.post("/api/v1/people", json=site.ben, headers=headers) for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 409]


async def test_i2_the_same_key_gets_the_same_answer(site: Site) -> None:
    headers = {**await site.bearer("institution_admin"), "Idempotency-Key": "once"}
    answers = [await site.client.post("/api/v1/people", json=site.ben, headers=headers) for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 201]
    assert await answers[0].json() == await answers[1].json()
    status, problem = await site.problem("POST", "/api/v1/people", json={**site.ben, "name": "Eve"}, headers=headers)
    assert (status, problem["type"]) == (422, "key-reused")


async def test_a_platforms_administrator_creates_an_institution(site: Site) -> None:
    wish = {"slug": "kpi", "code": "KYI", "name": "KPI", "city": "Kyiv", "zone": "Europe/Kiev", "country": "UA"}
    headers = await site.bearer("platform_admin")
    made = await site.client.post("/api/v1/institutions", json=wish, headers=headers)
    assert (made.status, (await made.json())["zone"]) == (201, "Europe/Kyiv")
    listed = (await (await site.client.get("/api/v1/institutions")).json())["institutions"]
    assert [each["code"] for each in listed] == ["KYI", "VIE"]


async def test_the_reader_is_spoken_to_in_the_own_language(site: Site) -> None:
    assert (await who(site, **{"Accept-Language": "uk;q=0.9, fr"}))[1] == "uk"
    assert (await who(site, **{"Accept-Language": "uk", "Cookie": "lang=en"}))[1] == "en"


async def test_h1_every_answer_carries_the_security_headers(site: Site) -> None:
    for path in ("/", "/healthz", "/nowhere", "/broken", "/api/v1/me"):
        headers = (await site.client.get(path)).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "connect-src 'self' ws://127.0.0.1:8080" in headers["Content-Security-Policy"]
        assert "require-trusted-types-for 'script'; trusted-types htmx" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert "Server" not in headers


async def test_h1_personal_links_go_nowhere_as_a_referer(site: Site) -> None:
    assert (await site.client.get("/join/valid")).headers["Referrer-Policy"] == "no-referrer"
    assert (await site.client.get("/")).headers["Referrer-Policy"] == "same-origin"


async def test_a_socket_passes_with_the_headers_on(site: Site) -> None:
    async with site.client.ws_connect("/live/ws") as socket:
        await socket.send_str("hello")
        assert await socket.receive_str() == "hello"
        assert socket._response.headers["Referrer-Policy"] == "no-referrer"
        assert "Server" not in socket._response.headers


async def test_a_socket_that_falls_over_is_closed_and_logged(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    async with site.client.ws_connect("/live/ws") as socket:
        await socket.send_str("fall")
        message = await socket.receive(timeout=5)
    assert message.type in {WSMsgType.CLOSED, WSMsgType.CLOSE, WSMsgType.ERROR}
    assert "request failed" in caplog.messages


async def test_h1_behind_tls_cookies_and_headers_are_bound_to_it(serve: Serve) -> None:
    site = await serve(Server(base_url="https://vclass.example"))
    answer = await site.client.get("/", headers=BROWSER)
    cookie = answer.cookies["__Host-visit"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, True, "Lax", "/")
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert "wss://vclass.example" in answer.headers["Content-Security-Policy"]


async def test_h4_a_strangers_forwarding_headers_count_for_nothing(site: Site) -> None:
    seen = await who(site, **{"X-Forwarded-For": "192.0.2.9", "X-Forwarded-Proto": "https"})
    assert seen[2:] == ["http", "127.0.0.1"]


@pytest.mark.parametrize(
    ("hops", "client"),
    [
        ("192.0.2.9", "192.0.2.9"),
        ("203.0.113.1, 192.0.2.9", "192.0.2.9"),
        ("192.0.2.9, 10.1.2.3", "192.0.2.9"),
        ("evil", "127.0.0.1"),
        ("192.0.2.9, evil", "127.0.0.1"),
    ],
)
async def test_h4_a_trusted_proxy_names_the_client(serve: Serve, hops: str, client: str) -> None:
    site = await serve(Server(trusted_proxies=("127.0.0.0/8", "10.0.0.0/8")))
    seen = await who(site, **{"X-Forwarded-For": hops, "X-Forwarded-Proto": "https"})
    assert seen[2:] == ["https", client]


def test_h4_a_proxy_that_is_no_network_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match=r"server\.trusted_proxies"):
        networks(["nginx"])


async def test_h5_a_body_over_64_kib_is_refused(site: Site) -> None:
    headers = await site.bearer("institution_admin")
    status, _ = await site.problem("POST", "/api/v1/people", headers=headers, json={"name": "x" * 70_000})
    assert status == 413


async def test_h5_a_body_of_unknown_length_over_64_kib_is_refused(site: Site) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b"x" * 8192

    status, _ = await site.problem(
        "POST", "/api/v1/people", headers=await site.bearer("institution_admin"), data=endless()
    )
    assert status == 413


async def test_h5_a_body_that_does_not_arrive_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vclass.web.middlewares.BODY_SECONDS", 0.05)
    reader, writer = await asyncio.open_connection(site.client.host, site.client.port)
    bearer = (await site.bearer("institution_admin"))["Authorization"]
    head = f"POST /api/v1/people HTTP/1.1\r\nHost: x\r\nAuthorization: {bearer}\r\nContent-Length: 10\r\n\r\n"
    writer.write(head.encode())
    assert b"408" in await reader.readline()
    writer.close()


async def test_h2_a_form_in_an_unknown_charset_is_no_error_of_ours(site: Site) -> None:
    headers = {**BROWSER, "Content-Type": "application/x-www-form-urlencoded; charset=klingon"}
    await site.sign_in("student")
    assert (await site.client.post("/change", data=b"csrf=x", headers=headers)).status == 400


async def test_h2_a_forms_charset_is_looked_at_even_if_the_token_is_in_a_header(site: Site) -> None:
    headers = {**BROWSER, "X-CSRF-Token": await site.csrf(), "Content-Type": f"{FORM}; charset=undefined"}
    response = await site.client.post("/sign-in", data=b"email=a", headers=headers)
    assert response.status == 400


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=B", "multipart/mixed"])
async def test_h2_a_form_in_parts_is_refused_with_the_kind_to_send(site: Site, kind: str) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": await site.csrf(), "Content-Type": kind}
    status, problem = await site.problem("POST", "/sign-in", data=b"--B\r\ngarbage", headers=headers)
    assert (status, FORM in problem["detail"]) == (415, True)


async def test_h2_a_header_that_is_no_text_is_named(site: Site) -> None:
    reader, writer = await asyncio.open_connection(site.client.host, site.client.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nIdempotency-Key: \xff\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 422")
    assert b'"field":"Idempotency-Key"' in answer
    writer.close()


async def test_h6_a_visitor_is_held_back_after_the_burst(serve: Serve) -> None:
    site = await serve(limits=Limits(visitor=Rate(0.1, 2)))
    statuses = [(await site.client.get("/")).status for _ in range(3)]
    assert statuses == [200, 200, 429]
    response = await site.client.get("/")
    assert 1 <= int(response.headers["Retry-After"]) <= 10


async def test_h6_the_operators_checks_are_never_held_back(serve: Serve) -> None:
    site = await serve(limits=Limits(visitor=Rate(0.1, 1)))
    assert {(await site.client.get("/healthz")).status for _ in range(20)} == {200}


async def test_h6_three_hundred_bookings_of_one_teacher_at_once_are_not_too_many(site: Site) -> None:
    headers = await site.bearer("teacher")
    answers = await asyncio.gather(*[site.client.get("/api/v1/me", headers=headers) for _ in range(300)])
    assert {answer.status for answer in answers} == {200}


async def test_h6_a_classroom_behind_one_address_joins(site: Site) -> None:
    answers = await asyncio.gather(*[site.client.get(f"/join/valid{each}") for each in range(500)])
    assert {answer.status for answer in answers} == {200}


async def test_h6_guessing_links_is_slow_and_holds_nobody_else_up(site: Site) -> None:
    guesses = [(await site.client.get(f"/join/guess{each}")).status for each in range(32)]
    assert (guesses[:30], guesses[30:]) == ([404] * 30, [429] * 2)
    assert (await site.client.get("/join/valid")).status == 200


async def test_h6_a_mailbox_gets_five_sign_in_links_a_minute(site: Site) -> None:
    token = await site.csrf()
    wishes = [{"csrf": token, "email": each} for each in ["Anna@x.example", *["anna@x.example"] * 5, "ben@x.example"]]
    answers = [await site.client.post("/sign-in", data=wish, headers=BROWSER) for wish in wishes]
    assert [answer.status for answer in answers] == [200] * 5 + [429, 200]


async def test_i7_a_database_that_is_gone_is_unavailable_not_broken(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    site = await serve()
    gone = Database(f"sqlite:///{tmp_path_factory.mktemp('gone')}/not/there.db")
    monkeypatch.setattr(site.database, "_reading", gone._reading)
    response = await site.client.get("/api/v1/institutions")
    assert (response.status, response.headers["Retry-After"]) == (503, "2")
