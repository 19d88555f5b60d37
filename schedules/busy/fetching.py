"""A calendar from an address: one client, which asks hosts in the open alone and takes no more than it can use."""

import asyncio
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import aiohttp
from aiohttp import hdrs
from yarl import URL

from schedules.busy.guard import ForbiddenAddressError, Reach, WrongAddressError, parsed
from schedules.busy.model import Mark, Problem
from vclass.icsreader.model import LARGEST

SECONDS: Final = 10
MOST_REDIRECTS: Final = 3
MOST_AT_ONCE: Final = 4
CHUNK: Final = 64 * 1024
LONGEST_MARK: Final = 500
AGENT: Final = "vclass (reads busy times)"
TYPES: Final = "text/calendar, application/ics;q=0.9, */*;q=0.5"
LED_ON: Final = frozenset({301, 302, 303, 307, 308})
SIGN_IN: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED})


class FetchError(Exception):
    """An address gave no calendar."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.why)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave, and how its host will know it again."""

    content: bytes
    mark: Mark = field(default_factory=Mark)


class Fetcher:
    """Fetches calendars, a few at once.

    Args:
        reach: Whom it may ask.
        seconds: How long one calendar may take in all.
    """

    def __init__(self, reach: Reach | None = None, seconds: float = SECONDS) -> None:
        self._reach = reach or Reach()
        self._seconds = seconds
        self._free = asyncio.Semaphore(MOST_AT_ONCE)

    async def fetch(self, address: str, mark: Mark | None = None) -> Fetched | None:
        """The calendar at an address; None where it still is as it was marked.

        Raises:
            FetchError: There is none to be had.
        """
        async with self._free:
            try:
                async with asyncio.timeout(self._seconds), self._session() as session:
                    return await self._followed(session, self._reach.checked(parsed(address)), mark or Mark())
            except (OSError, WrongAddressError, aiohttp.ClientError, ValueError) as error:
                raise FetchError(problem_of(error)) from None

    def _session(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            socket_factory=self._reach.open, resolver=self._reach.resolver, use_dns_cache=False, force_close=True
        )
        return aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False, auto_decompress=False
        )

    async def _followed(self, session: aiohttp.ClientSession, url: URL, mark: Mark) -> Fetched | None:
        """Follow redirects, each looked at as the first address was."""
        for _ in range(MOST_REDIRECTS + 1):
            async with session.get(url, headers=_headers(mark), allow_redirects=False) as response:
                if response.status not in LED_ON:
                    return await _taken(response)
                url = self._reach.checked(url.join(URL(response.headers.get(hdrs.LOCATION, ""))))
        raise FetchError(Problem("redirects"))


def _headers(mark: Mark) -> dict[str, str]:
    marks = {hdrs.IF_NONE_MATCH: mark.etag, hdrs.IF_MODIFIED_SINCE: mark.modified}
    usual: dict[str, str] = {hdrs.ACCEPT: TYPES, hdrs.ACCEPT_ENCODING: "identity", hdrs.USER_AGENT: AGENT}
    return usual | {name: value for name, value in marks.items() if value}


async def _taken(response: aiohttp.ClientResponse) -> Fetched | None:
    """The body, whatever the host calls it; HTML, say, is told from a calendar when it is read."""
    if response.status == HTTPStatus.NOT_MODIFIED:
        return None
    if response.status != HTTPStatus.OK:
        why = "sign_in" if response.status in SIGN_IN else "status"
        raise FetchError(Problem(why, response.status))  # type: ignore[arg-type]  # one of two reasons
    if response.headers.get(hdrs.CONTENT_ENCODING, "identity") != "identity":
        raise FetchError(Problem("encoded"))
    content = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        content += chunk
        if len(content) > LARGEST:
            raise FetchError(Problem("large"))
    return Fetched(bytes(content), Mark(_mark(response, hdrs.ETAG), _mark(response, hdrs.LAST_MODIFIED)))


def _mark(response: aiohttp.ClientResponse, name: str) -> str:
    value = response.headers.get(name, "")
    return value if len(value) <= LONGEST_MARK and value.isprintable() else ""


def problem_of(error: Exception) -> Problem:
    """What went wrong, told by what was raised."""
    if isinstance(error, TimeoutError):
        return Problem("slow")
    if isinstance(error, WrongAddressError | aiohttp.InvalidURL):
        return Problem("address")
    if isinstance(error, ForbiddenAddressError) or _was_forbidden(error):
        return Problem("forbidden")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Problem("unknown_host")
    if isinstance(error, aiohttp.ClientSSLError):
        return Problem("certificate")
    return Problem("unreachable")


def _was_forbidden(error: Exception) -> bool:
    return isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, ForbiddenAddressError)
