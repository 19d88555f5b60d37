"""What happens to every request on its way in: ``install`` puts the middlewares in their order.

Arrival (request id, the proxy's word), errors, identity, rate limits, the matrix, the body, the cross-site check.
"""

import asyncio
import ipaddress
import logging
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from aiohttp import BasicAuth, hdrs, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler, Middleware
from yarl import URL

from config import ConfigurationError
from config.settings import Server
from schedules import caldav
from vclass import people
from vclass.core import tokens
from vclass.core.db import DatabaseUnavailableError
from vclass.core.keys import ACTOR, ANONYMOUS, CLOCK, DATABASE, KEYRING, LANGUAGE, REQUEST_ID, SESSION, SETTINGS, Actor
from vclass.core.refusals import FieldError, InvalidInputError, NotSignedInError, UnsupportedTypeError
from vclass.core.wire import API, BODY_SECONDS
from vclass.people import may_ever
from vclass.web import cookies, errors, headers
from vclass.web.errors import BodyTooSlowError, BrokenBodyError, CrossSiteError, PageRenderer
from vclass.web.guard import action_of, is_free, largest, takes_files
from vclass.web.i18n import choose_language
from vclass.web.limits import LIMITER, Limiter, Limits, charge, charge_bad_link, charge_request, client

Networks: TypeAlias = Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]

BODY_LIMIT: Final = 64 * 1024
UNSAFE: Final = frozenset({hdrs.METH_POST, hdrs.METH_PUT, hdrs.METH_PATCH, hdrs.METH_DELETE})
BEARER: Final = re.compile(r"bearer +(\S+) *", re.IGNORECASE | re.ASCII)
SURROGATE: Final = re.compile("[\ud800-\udfff]")
FORM: Final = "application/x-www-form-urlencoded"
logger = logging.getLogger(__name__)


def install(app: web.Application, *, page: PageRenderer | None = None, limits: Limits | None = None) -> None:
    """Put the middlewares and the headers in place; settings, keyring, clock and database must be there already.

    Args:
        app: The application; its routes may come before or after.
        page: Renders problems for people.
        limits: Other rates than the usual ones.
    """
    server = app[SETTINGS].server
    app[LIMITER] = Limiter(limits or Limits())
    app.middlewares.extend(
        [arrival(server), errors.middleware(page), identity, limited, authorised, received, same_site]
    )
    app.on_response_prepare.append(headers.signal(server))


def arrival(server: Server) -> Middleware:
    """Give the request its id, a first guess of the language, and the client that a trusted proxy names."""
    trusted = networks(server.trusted_proxies)

    @web.middleware
    async def arrive(request: web.Request, handler: Handler) -> web.StreamResponse:
        scheme, remote = forwarded(request, trusted)
        arrived = request.clone(scheme=scheme, remote=remote, client_max_size=largest(request, BODY_LIMIT))
        arrived[REQUEST_ID] = secrets.token_hex(8)
        arrived[LANGUAGE] = _language(arrived, "")
        arrived[ACTOR] = ANONYMOUS
        arrived[cookies.CSRF] = ""
        return _departing(arrived, await handler(arrived), server)

    return arrive


def _departing(request: web.Request, response: web.StreamResponse, server: Server) -> web.StreamResponse:
    """Name the request, and give a new visitor's browser the cookie that the page's forms belong to."""
    if response.prepared:
        return response
    response.headers["X-Request-Id"] = request[REQUEST_ID]
    fresh = request.get(cookies.FRESH_VISIT)
    if fresh and response.content_type == "text/html":
        cookies.set_cookie(response, server, cookies.visit_name(server), fresh, None)
    return response


def networks(texts: Sequence[str]) -> Networks:
    """The networks whose forwarding headers count.

    Raises:
        ConfigurationError: One of them is no network.
    """
    try:
        return [ipaddress.ip_network(text, strict=False) for text in texts]
    except ValueError as error:
        raise ConfigurationError(f"server.trusted_proxies: {error}. Write networks such as 10.0.0.0/8.") from None


def forwarded(request: web.BaseRequest, trusted: Networks) -> tuple[str, str]:
    """Scheme and client address: the connection's own, or what trusted proxies say, the nearest first."""
    remote = request.remote or ""
    if not trusted or not _within(remote, trusted):
        return request.scheme, remote
    hops = ",".join(request.headers.getall(hdrs.X_FORWARDED_FOR, [])).split(",")
    for hop in (each.strip() for each in reversed(hops)):
        if not _is_address(hop):
            break
        remote = hop
        if not _within(hop, trusted):
            break
    scheme = request.headers.get(hdrs.X_FORWARDED_PROTO, "").lower()
    return scheme if scheme in {"http", "https"} else request.scheme, remote


@web.middleware
async def identity(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find out who asks: a bearer token wins over a session, and a session over nobody."""
    if not is_free(request):
        actor = request[ACTOR] = await _actor(request)
        if actor.signed_in:
            request[LANGUAGE] = _language(request, actor.language)
        request[cookies.CSRF] = cookies.csrf_token(request.config_dict[KEYRING], _binding(request) or _fresh(request))
    return await handler(request)


@web.middleware
async def limited(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Hold back who asks too often; static files and the operator's checks are free."""
    if not is_free(request):
        charge_request(request, action_of(request))
    return await handler(request)


@web.middleware
async def authorised(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse early what no object could allow this actor; the services ask again with the object."""
    action = action_of(request)
    if action is not None and not may_ever(request[ACTOR], action):
        raise people.forbidden(action) if request[ACTOR].signed_in else NotSignedInError
    return await handler(request)


@web.middleware
async def received(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Take the body in and read the form before the work begins, within the limits of time and size."""
    _check_headers(request)
    if request.method in UNSAFE:
        if request.content_type.startswith("multipart/") and not takes_files(request):
            raise UnsupportedTypeError(FORM)
        limit = largest(request, BODY_LIMIT)
        if (request.content_length or 0) > limit:
            raise web.HTTPRequestEntityTooLarge(limit, request.content_length or 0)
        await _take_in(request)
    try:
        return await handler(request)
    finally:
        if takes_files(request):
            _close_files(await request.post())


async def _take_in(request: web.Request) -> None:
    """Read the body once; aiohttp keeps it and the form in it for whoever asks again.

    A form with files is read part by part: what is whole in memory can't be taken apart afterwards.
    """
    try:
        async with asyncio.timeout(BODY_SECONDS):
            if not takes_files(request):
                await request.read()
            await request.post()
    except TimeoutError:
        raise BodyTooSlowError from None
    except (web.RequestPayloadError, HttpProcessingError, LookupError, ValueError):
        raise BrokenBodyError from None


def _close_files(form: Mapping[str, object]) -> None:
    for each in form.values():
        if isinstance(each, web.FileField):
            each.file.close()


@web.middleware
async def same_site(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a browser change something only from a page of ours, with that page's token."""
    if request.method in UNSAFE and not _carries_own_authority(request) and request.match_info.http_exception is None:
        if not _from_own_page(request):
            raise CrossSiteError
        binding = _binding(request)
        if not binding or not cookies.csrf_holds(request.config_dict[KEYRING], binding, await _presented(request)):
            raise CrossSiteError
    return await handler(request)


def _check_headers(request: web.Request) -> None:
    """Refuse octets that are no UTF-8: aiohttp hands them on as surrogates, which no database takes."""
    broken = [name for name, value in request.headers.items() if not value.isascii() and SURROGATE.search(value)]
    if broken:
        raise InvalidInputError([FieldError(str(name), "not UTF-8; send ASCII") for name in broken])


def _carries_own_authority(request: web.Request) -> bool:
    """A bearer token is sent by a program, never by a browser on its own; an API call without session has nothing.

    Calendar programs have no session and can change nothing. A link that ends mails carries its own: mail programs post
    there without ever having seen a page (RFC 8058). Encoders and players have a bearer token or nothing.
    """
    return (
        caldav.speaks(request.path)
        or request.path.startswith((headers.ONE_CLICK, *headers.STREAMS))
        or bearer(request) is not None
        or (SESSION not in request and request.path.startswith(API + "/"))
    )


def _from_own_page(request: web.Request) -> bool:
    """What the browser says of the page: Sec-Fetch-Site, or Origin where that is missing (plain HTTP).

    Pages under ``no-referrer`` post with the origin "null" (Fetch section 3.2): there the token alone decides.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get(hdrs.ORIGIN)
    if origin == "null":
        return request.path.startswith(headers.LINKED)
    return origin == str(URL(request.config_dict[SETTINGS].server.public_url).origin())


async def _presented(request: web.Request) -> str:
    header = request.headers.get(cookies.HEADER)
    return header if header is not None else str((await request.post()).get(cookies.FIELD, ""))


async def _actor(request: web.Request) -> Actor:
    if caldav.speaks(request.path):
        return await _program(request)
    database, now = request.config_dict[DATABASE], request.config_dict[CLOCK]()
    token = bearer(request)
    if token is not None:
        return await database.read(people.actor_by_token, token, now) or _unknown_bearer(request)
    cookie = request.cookies.get(cookies.session_name(request.config_dict[SETTINGS].server))
    visit = await database.read(people.visit_by_session, cookie, now) if cookie else None
    if cookie is None or visit is None:
        return ANONYMOUS
    request[SESSION] = cookie
    if visit.renew:
        await _renew(request, cookie, now)
    return visit.actor


def _unknown_bearer(request: web.Request) -> Actor:
    """Outside the API a bearer token may be of another kind (WHIP's): its handler will know it."""
    if not request.path.startswith(API + "/"):
        return ANONYMOUS
    charge(request, "visitor", client(request))
    raise NotSignedInError


async def _program(request: web.Request) -> Actor:
    """A calendar program comes with an app password (RFC 7617), never with a session; who guesses is slowed down."""
    try:
        given = BasicAuth.decode(request.headers.get(hdrs.AUTHORIZATION, ""), "utf-8")
    except ValueError:
        return ANONYMOUS
    database, now = request.config_dict[DATABASE], request.config_dict[CLOCK]()
    found = await database.read(caldav.login, given.login, given.password, now)
    if found is None:
        charge_bad_link(request)
        return ANONYMOUS
    if found.fresh:
        await database.write(caldav.note_use, found, now)
    return found.actor


async def _renew(request: web.Request, cookie: str, now: int) -> None:
    try:
        await request.config_dict[DATABASE].write(people.renew_session, cookie, now)
    except DatabaseUnavailableError:
        logger.warning("session not renewed", exc_info=True, extra={"request_id": request[REQUEST_ID]})


def bearer(request: web.Request) -> str | None:
    """The bearer token that a request carries, of whatever kind."""
    match = BEARER.fullmatch(request.headers.get(hdrs.AUTHORIZATION, ""))
    return match[1] if match else None


def _language(request: web.Request, person: str) -> str:
    chosen = request.cookies.get(cookies.LANGUAGE_NAME, "")
    return choose_language(person, chosen, request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))


def _binding(request: web.Request) -> str:
    """What this reader's tokens belong to: the session, or else the visit."""
    return request.get(SESSION) or request.cookies.get(cookies.visit_name(request.config_dict[SETTINGS].server), "")


def _fresh(request: web.Request) -> str:
    request[cookies.FRESH_VISIT] = tokens.new_token()
    return request[cookies.FRESH_VISIT]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _within(text: str, trusted: Networks) -> bool:
    return _is_address(text) and any(ipaddress.ip_address(text) in network for network in trusted)
