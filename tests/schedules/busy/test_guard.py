"""F1: nothing is fetched from within, under whichever spelling; real sockets listen where nobody may come."""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from schedules.busy.fetching import Fetched, Fetcher, FetchError
from schedules.busy.guard import Reach, WrongAddressError, is_public, parsed
from schedules.busy.model import Mark, Problem
from tests.icsreader.files import one
from tests.schedules.busy.names import Names

CALENDAR = one("DTSTART:20261005T080000Z", "DURATION:PT1H")
WITHIN = [
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "192.88.99.1",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "2001::1",
    "100::1",
    "5f00::1",
    "3fff::1",
]
OPEN = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001:80b::200e"]


@pytest.mark.parametrize("address", WITHIN)
def test_f1_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OPEN)
def test_f1_hosts_in_the_open_are(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "http://calendar.example/a.ics",
        "ftp://calendar.example/a.ics",
        "file:///etc/passwd",
        "gopher://calendar.example/",
        "https://calendar.example:8443/a.ics",
        "https://calendar.example:22/",
        "https://anna:secret@calendar.example/a.ics",
        "https://127.0.0.1@calendar.example/a.ics",
        "https:///a.ics",
        "//calendar.example/a.ics",
        "calendar.example/a.ics",
        "https://calendar.example/\r\nX-Injected: 1",
        "https://[::1/",
        "https://calendar.example:99999/",
        "javascript:alert(1)",
        "https://" + "a" * 3000,
        "",
    ],
)
async def test_f1_an_address_of_another_kind_is_refused(address: str) -> None:
    assert await problem(Fetcher(), address) == "address"


@pytest.mark.parametrize("address", ["webcal://calendar.example/a.ics", "webcals://calendar.example/a.ics"])
def test_f1_webcal_means_https(address: str) -> None:
    assert str(Reach().checked(parsed(address))) == "https://calendar.example/a.ics"


def test_f1_plain_http_is_refused_unless_the_installation_allows_it() -> None:
    with pytest.raises(WrongAddressError):
        Reach().checked(parsed("http://calendar.example/a.ics"))


@dataclass
class Canary:
    """A server on this machine that nobody may reach, and how many came."""

    port: int
    came: list[object] = field(default_factory=list)


@pytest.fixture
def canary() -> Iterator[Canary]:
    """Listens on IPv4 and IPv6 of the loopback network; what connects stays in the queue to be counted."""
    with listening(socket.AF_INET, "127.0.0.1", 0) as four, listening_too(four) as six:
        found = Canary(four.getsockname()[1])
        yield found
        for each in (four, *six):
            each.setblocking(False)
            with pytest.raises(BlockingIOError):
                each.accept()


@contextmanager
def listening(family: int, host: str, port: int) -> Iterator[socket.socket]:
    with socket.socket(family, socket.SOCK_STREAM) as made:
        made.bind((host, port))
        made.listen()
        yield made


@contextmanager
def listening_too(four: socket.socket) -> Iterator[list[socket.socket]]:
    """The same port of IPv6, where the machine has it."""
    try:
        with listening(socket.AF_INET6, "::1", four.getsockname()[1]) as six:
            yield [six]
    except OSError:
        yield []


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "0x7f000001",
        "2130706433",
        "0177.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "127.0.0.1.",
        "①②⑦.⓪.⓪.①",
    ],
)
async def test_f1_no_spelling_of_this_machine_is_connected_to(canary: Canary, host: str) -> None:
    fetcher = Fetcher(Reach({"http": canary.port}))
    assert await problem(fetcher, f"http://{host}:{canary.port}/a.ics") in {"forbidden", "unknown_host", "address"}


async def test_f1_a_name_that_leads_to_this_machine_is_not_connected_to(canary: Canary) -> None:
    reach = Reach({"http": canary.port}, resolver=Names("127.0.0.2", {"rebound.example": ["127.0.0.1", "::1"]}))
    assert await problem(Fetcher(reach), f"http://rebound.example:{canary.port}/") == "forbidden"


@dataclass
class Host:
    """A calendar's host in the open, for once on this machine."""

    fetcher: Fetcher
    port: int
    asked: list[web.Request]

    def address(self, path: str = "/a.ics", host: str = "calendar.example") -> str:
        return f"http://{host}:{self.port}{path}"


@asynccontextmanager
async def host(answer: Callable[[web.Request], Any], seconds: float = 10) -> AsyncIterator[Host]:
    """Serve, and let the fetcher reach this one server alone."""
    asked: list[web.Request] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        asked.append(request)
        found: web.StreamResponse = await answer(request)
        return found

    app = web.Application()
    app.router.add_get("/{tail:.*}", handle)
    async with TestServer(app, host="127.0.0.2") as server:
        assert server.port is not None
        names = Names("127.0.0.2", {"within.example": ["127.0.0.1"]})
        reach = Reach({"http": server.port}, lambda address: str(address) == "127.0.0.2", names)
        yield Host(Fetcher(reach, seconds), server.port, asked)


async def plain(_request: web.Request) -> web.Response:
    return web.Response(body=CALENDAR, content_type="text/plain", headers={"ETag": '"v1"', "Last-Modified": "today"})


async def test_a_calendar_in_the_open_is_fetched_whatever_its_host_calls_it() -> None:
    async with host(plain) as there:
        found = await there.fetcher.fetch(there.address())
    assert found == Fetched(CALENDAR, Mark('"v1"', "today"))


async def test_f1_neither_cookies_nor_names_are_sent_and_nothing_compressed_is_wanted() -> None:
    async with host(plain) as there:
        await there.fetcher.fetch(there.address())
        [asked] = there.asked
    assert not {"Cookie", "Authorization", "Referer"}.intersection(asked.headers)
    assert asked.headers["Accept-Encoding"] == "identity"


async def test_a_host_is_told_which_version_is_known() -> None:
    async def unchanged(request: web.Request) -> web.Response:
        assert request.headers["If-None-Match"] == '"v1"'
        assert request.headers["If-Modified-Since"] == "today"
        return web.Response(status=304)

    async with host(unchanged) as there:
        assert await there.fetcher.fetch(there.address(), Mark('"v1"', "today")) is None


def leading_to(location: str) -> Callable[[web.Request], Any]:
    async def lead(request: web.Request) -> web.Response:
        if request.path == "/end.ics":
            return web.Response(body=CALENDAR)
        return web.Response(status=302, headers={"Location": location.format(port=request.url.port)})

    return lead


async def test_a_redirect_is_followed() -> None:
    async with host(leading_to("/end.ics")) as there:
        assert await there.fetcher.fetch(there.address()) == Fetched(CALENDAR)


async def test_f1_three_redirects_are_followed_and_no_more() -> None:
    async with host(leading_to("/a.ics")) as there:
        assert await problem(there.fetcher, there.address()) == "redirects"
        assert len(there.asked) == 4


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://within.example:{port}/", "forbidden"),
        ("http://127.0.0.1:{port}/", "forbidden"),
        ("http://[::1]:{port}/", "forbidden"),
        ("http://calendar.example:22/", "address"),
        ("file:///etc/passwd", "address"),
        ("http://a:b@calendar.example:{port}/", "address"),
        ("gopher://calendar.example/", "address"),
    ],
)
async def test_f1_each_redirect_is_looked_at(location: str, why: str) -> None:
    async with host(leading_to(location)) as there:
        assert await problem(there.fetcher, there.address()) == why
        assert len(there.asked) == 1


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        (401, Problem("sign_in", 401)),
        (403, Problem("sign_in", 403)),
        (404, Problem("status", 404)),
        (500, Problem("status", 500)),
        (204, Problem("status", 204)),
    ],
)
async def test_a_host_without_a_calendar_is_named_by_its_status(status: int, wanted: Problem) -> None:
    async def refuse(_request: web.Request) -> web.Response:
        return web.Response(status=status)

    async with host(refuse) as there:
        with pytest.raises(FetchError) as raised:
            await there.fetcher.fetch(there.address())
    assert raised.value.problem == wanted


async def test_f1_no_more_than_a_mebibyte_is_taken() -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"X" * 65536)

    async with host(endless) as there:
        assert await problem(there.fetcher, there.address()) == "large"


async def test_f1_nothing_compressed_is_unpacked() -> None:
    async def packed(_request: web.Request) -> web.Response:
        return web.Response(body=b"\x1f\x8b" + b"0" * 100, headers={"Content-Encoding": "gzip"})

    async with host(packed) as there:
        assert await problem(there.fetcher, there.address()) == "encoded"


async def test_f1_a_slow_host_is_left_when_the_time_is_up() -> None:

    async def stopping(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(CALENDAR[:20])
        await asyncio.Event().wait()
        return response

    async with host(stopping, seconds=0.3) as there:
        assert await problem(there.fetcher, there.address()) == "slow"


async def test_a_host_that_is_not_there_is_named() -> None:
    async with host(plain) as there:
        assert await problem(there.fetcher, there.address(host="nowhere.example")) == "unknown_host"


async def test_a_host_that_does_not_answer_is_named() -> None:
    async with host(plain) as there:
        pass
    assert await problem(there.fetcher, there.address()) == "unreachable"


async def test_f1_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch, canary: Canary) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    async with host(plain) as there:
        assert await there.fetcher.fetch(there.address())


async def problem(fetcher: Fetcher, address: str) -> str:
    with pytest.raises(FetchError) as raised:
        await fetcher.fetch(address)
    return raised.value.problem.why
