"""Feeds over HTTP: the links that programs come by, and the operations by which people make and revoke them."""

import datetime as dt
from email.utils import format_datetime
from typing import Final, Literal

import msgspec
import sqlalchemy as sa
from aiohttp import hdrs, web

from schedules.feeds import service
from schedules.feeds.model import PATHS, Detail, Kind
from schedules.feeds.service import Asked, Listed, Served, Wish
from schedules.feeds.sources import Site
from vclass.core import idempotency
from vclass.core.keys import ACTOR, CLOCK, DATABASE, KEYRING, SETTINGS
from vclass.core.paging import Page
from vclass.core.refusals import NotFoundError
from vclass.core.wire import API, Answer, Routes, guarded
from vclass.core.zones import rfc3339

CALENDAR: Final = "text/calendar; charset=utf-8"
KEPT: Final = "private, max-age=300"

routes = Routes("calendars")
links = web.RouteTableDef()


class NewFeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A calendar to subscribe to: your own lessons, a room's, or those of a lesson and what continues it.

    ``of`` is the id of the room or lesson. ``busy`` tells times and nothing else, ``freebusy`` the same as a
    free-busy answer.
    """

    kind: Kind
    of: str = ""
    detail: Detail = "full"


class FeedView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A link to a calendar. Whoever knows ``url`` reads it; there is none where the key that made it is gone."""

    id: str
    kind: Kind
    detail: Detail
    name: str
    created: str
    of: str | None = None
    url: str | None = None
    webcal: str | None = None
    used: str | None = None


class FeedList(msgspec.Struct, frozen=True):
    """Your calendar links, the newest first; ``cursor`` asks for the next ones."""

    feeds: tuple[FeedView, ...]
    cursor: str | None = None


@routes.operation("GET", "/feeds", action="feeds.manage", summary="Your links to calendars")
async def list_feeds(request: web.Request, *, query: Page) -> FeedList:
    here = site(request)
    found, cursor = await request.app[DATABASE].read(service.listed, request[ACTOR], here, query.cursor)
    return FeedList(tuple(feed_view(each, here.url) for each in found), cursor)


@routes.operation(
    "POST",
    "/feeds",
    action="feeds.manage",
    summary="Make a link to a calendar that you may see",
    status=201,
    problems=(403, 404, 409),
    creates=True,
)
async def create_feed(request: web.Request, *, body: NewFeed) -> Answer[FeedView]:
    actor, here, now = request[ACTOR], site(request), request.app[CLOCK]()
    key = idempotency.of_request(request, body)
    wish = Wish(body.kind, body.of, body.detail)

    def work(connection: sa.Connection) -> bytes:
        return service.create(connection, actor, here, wish, now).public_id.encode()

    def write(connection: sa.Connection) -> Listed:
        """Only the id is kept for repeats: the link stands nowhere."""
        made = idempotency.once(connection, key, now, lambda: work(connection)).decode()
        return service.told(connection, here, service.by_public_id(connection, actor, made))

    view = feed_view(await request.app[DATABASE].write(write), here.url)
    return Answer(view, location=f"{API}/feeds/{view.id}")


@routes.operation("GET", "/feeds/{feed_id}", action="feeds.manage", summary="One of your links", problems=(404,))
async def get_feed(request: web.Request, *, feed_id: str) -> FeedView:
    actor, here = request[ACTOR], site(request)

    def read(connection: sa.Connection) -> Listed:
        return service.told(connection, here, service.by_public_id(connection, actor, feed_id))

    return feed_view(await request.app[DATABASE].read(read), here.url)


@routes.operation(
    "DELETE",
    "/feeds/{feed_id}",
    action="feeds.manage",
    summary="Revoke a link: from now on it leads nowhere",
    status=204,
    problems=(404,),
)
async def revoke_feed(request: web.Request, *, feed_id: str) -> None:
    await request.app[DATABASE].write(
        service.revoke, request[ACTOR], request.app[KEYRING], feed_id, request.app[CLOCK]()
    )


@links.get(r"/cal/{token:[\w-]{1,64}}.ics")
@guarded(action="feeds.read")
async def calendar(request: web.Request) -> web.Response:
    """A calendar for a program that has the link."""
    return await _served(request, "calendar")


@links.get(r"/fb/{token:[\w-]{1,64}}.ifb")
@guarded(action="feeds.read")
async def free_and_busy(request: web.Request) -> web.Response:
    """Free and busy times for a program that has the link."""
    return await _served(request, "free-busy")


def site(request: web.Request) -> Site:
    """What links of this installation are made of."""
    return Site(request.app[SETTINGS].server.public_url, request.app[KEYRING])


def feed_view(each: Listed, base: str) -> FeedView:
    feed = each.feed
    url = None if each.token is None else base + PATHS[feed.detail].format(each.token)
    return FeedView(
        id=feed.public_id,
        kind=feed.kind,
        detail=feed.detail,
        name=each.name,
        created=rfc3339(feed.created_at),
        of=each.of or None,
        url=url,
        webcal=None if url is None else f"webcal://{url.partition('://')[2]}",
        used=None if feed.used_at is None else rfc3339(feed.used_at),
    )


async def _served(request: web.Request, purpose: Literal["calendar", "free-busy"]) -> web.Response:
    now, database = request.app[CLOCK](), request.app[DATABASE]
    known = request.headers.get(hdrs.IF_NONE_MATCH, "")
    asked = Asked(request.match_info["token"], purpose, known, takes_gzip(request))
    found = await database.read(service.serve, site(request), asked, now)
    if found is None:
        raise NotFoundError("calendar")
    if not service.is_noted(found.feed, now):
        await database.write(service.note_use, found.feed, now)
    return _response(found, compressed=asked.gzip)


def takes_gzip(request: web.Request) -> bool:
    """Whether gzip was named and not refused (RFC 9110 section 12.5.3)."""
    offers = request.headers.get(hdrs.ACCEPT_ENCODING, "").lower().replace(" ", "").split(",")
    return any(each.partition(";")[0] == "gzip" and not each.endswith((";q=0", ";q=0.0")) for each in offers)


def _response(found: Served, *, compressed: bool) -> web.Response:
    """The tag of the compressed body is another one, as strong tags must be (RFC 9110 section 8.8.3.3)."""
    headers = {
        "ETag": f'"{found.etag}{"-gzip" if compressed else ""}"',
        hdrs.LAST_MODIFIED: http_date(found.modified),
        hdrs.CACHE_CONTROL: KEPT,
        hdrs.VARY: hdrs.ACCEPT_ENCODING,
    }
    if found.body is None:
        return web.Response(status=304, headers=headers)
    headers[hdrs.CONTENT_TYPE] = CALENDAR
    if compressed:
        headers[hdrs.CONTENT_ENCODING] = "gzip"
    return web.Response(body=found.body, headers=headers)


def http_date(at: int) -> str:
    return format_datetime(dt.datetime.fromtimestamp(at, dt.UTC), usegmt=True)
