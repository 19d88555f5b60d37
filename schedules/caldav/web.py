"""CalDAV over HTTP: read-only (RFC 4791), with what was refused told in its own way."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

import sqlalchemy as sa
from aiohttp import hdrs, web

from schedules.caldav import service, xml
from schedules.caldav.model import (
    ROOT,
    BrokenXmlError,
    PreconditionError,
    ReadOnlyError,
    address,
    finite_depth,
)
from schedules.caldav.service import Asked, Fetched
from schedules.caldav.xml import FreeBusy, dav
from schedules.feeds.service import zipped
from schedules.feeds.web import CALENDAR, http_date, site, takes_gzip
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.core.refusals import NotFoundError, NotSignedInError
from vclass.core.wire import BODY_SECONDS, guarded

Answering: TypeAlias = Callable[[web.Request, Asked], Awaitable[web.Response]]

CLASSES: Final = {"DAV": "1, 3, calendar-access"}
READING: Final = "OPTIONS, GET, HEAD, PROPFIND, REPORT"
OF_CALENDARS: Final = "OPTIONS, PROPFIND, REPORT"
"""What can be asked of whatever holds lessons; these alone can be fetched."""
WRITING: Final = frozenset(
    ("PUT", "POST", "PATCH", "DELETE", "PROPPATCH", "MKCOL", "MKCALENDAR", "MOVE", "COPY", "ACL")
)
MOST: Final = 1024 * 1024
"""Octets of a body: ten thousand addresses are well below that."""
WORTH_PACKING: Final = 1024
XML: Final = "application/xml; charset=utf-8"

routes = web.RouteTableDef()


@routes.route("*", "/.well-known/caldav")
@routes.route("PROPFIND", "/")
@guarded(action="calendars.read")
async def well_known(_request: web.Request) -> web.Response:
    """Where the calendars are (RFC 6764 section 5); some programs begin at the front page."""
    return web.Response(status=301, headers={hdrs.LOCATION: ROOT, hdrs.CACHE_CONTROL: "max-age=86400"})


@routes.route("*", r"/dav{rest:(?:/.*)?}")
@guarded(action="calendars.read", largest=MOST)
async def calendars(request: web.Request) -> web.Response:
    """Everything under /dav/; who doesn't come with an app password may only ask what is spoken here."""
    if request.method == hdrs.METH_OPTIONS:
        return web.Response(headers={hdrs.ALLOW: READING, **CLASSES})
    if not request[ACTOR].signed_in:
        raise NotSignedInError
    at = address(request.path)
    if request.method in WRITING:
        raise ReadOnlyError
    if at is None:
        raise NotFoundError("calendar")
    answering = ANSWERS.get(request.method)
    if answering is None or (answering is _get and at.kind != "lesson"):
        known = READING if at.kind == "lesson" else OF_CALENDARS
        raise web.HTTPMethodNotAllowed(request.method, known.split(", "))
    return await answering(request, Asked(site(request), request[ACTOR], at))


async def _get(request: web.Request, asked: Asked) -> web.Response:
    known = request.headers.get(hdrs.IF_NONE_MATCH, "")
    found = await request.app[DATABASE].read(service.fetch, asked, known)
    return _object(found)


def _object(found: Fetched) -> web.Response:
    headers = {
        "ETag": f'"{found.etag}"',
        hdrs.LAST_MODIFIED: http_date(found.modified),
        hdrs.CACHE_CONTROL: "private, no-cache",
        **CLASSES,
    }
    if found.body is None:
        return web.Response(status=304, headers=headers)
    return web.Response(body=found.body, headers=headers | {hdrs.CONTENT_TYPE: CALENDAR})


async def _propfind(request: web.Request, asked: Asked) -> web.Response:
    depth, body = request.headers.get("Depth", "0").strip(), await _body(request)
    if depth not in ("0", "1"):
        raise finite_depth()

    def answer(connection: sa.Connection) -> bytes:
        return service.propfind(connection, asked, xml.read_propfind(body), int(depth))

    return await _told(request, answer)


async def _report(request: web.Request, asked: Asked) -> web.Response:
    body, now = await _body(request), request.app[CLOCK]()
    free_busy = False

    def answer(connection: sa.Connection) -> bytes:
        nonlocal free_busy
        wish = xml.read_report(body)
        free_busy = isinstance(wish, FreeBusy)
        return service.report(connection, asked, wish, now)

    response = await _told(request, answer)
    if free_busy:
        response.set_status(200)
        response.headers[hdrs.CONTENT_TYPE] = CALENDAR
    return response


ANSWERS: Final[Mapping[str, Answering]] = {
    "GET": _get,
    "HEAD": _get,
    "PROPFIND": _propfind,
    "REPORT": _report,
}


async def _body(request: web.Request) -> bytes:
    """The body; it is taken apart in a reader's thread, since a large one takes its time."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise BrokenXmlError(f"it has more than {MOST} octets") from None


async def _told(request: web.Request, answer: Callable[[sa.Connection], bytes]) -> web.Response:
    packs = takes_gzip(request)

    def work(connection: sa.Connection) -> tuple[bytes, bool]:
        body = answer(connection)
        packed = packs and len(body) > WORTH_PACKING
        return (zipped(body), True) if packed else (body, False)

    body, packed = await request.app[DATABASE].read(work)
    headers = {hdrs.CONTENT_TYPE: XML, hdrs.VARY: hdrs.ACCEPT_ENCODING, **CLASSES}
    if packed:
        headers[hdrs.CONTENT_ENCODING] = "gzip"
    return web.Response(status=207, body=body, headers=headers)


def refused(
    request: web.Request, error: Exception, status: int, sentence: str, known: Mapping[str, str]
) -> web.Response:
    """A refusal as calendar programs read it: the name of the condition (RFC 4918 section 16), else the sentence."""
    headers = {**known, **CLASSES}
    if isinstance(error, NotSignedInError):
        headers[hdrs.WWW_AUTHENTICATE] = 'Basic realm="vclass", charset="UTF-8"'
        sentence = "Sign in with your address and an app password. You make one on the page of your calendars."
    if isinstance(error, web.HTTPMethodNotAllowed):
        sentence = "Give this address to a calendar program, with your mail address and an app password."
    if isinstance(error, PreconditionError):
        body = xml.error(error.name)
    elif isinstance(error, ReadOnlyError):
        body = _missing_privilege(request.path)
    else:
        return web.Response(status=status, text=f"{sentence}\n", headers=headers)
    return web.Response(status=status, body=body, headers={hdrs.CONTENT_TYPE: XML, **headers})


def _missing_privilege(path: str) -> bytes:
    """RFC 3744 section 7.1.1."""
    write = xml.element(dav("privilege"), xml.element(dav("write")))
    return xml.error(dav("need-privileges"), xml.element(dav("resource"), xml.href(path), write))
