"""The HTTP side of WHIP and WHEP: decode, ask the stream, encode."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

import msgspec
from aiohttp import hdrs, web

from signaling.hub import Hub
from signaling.model import Admitted
from signaling.protocol import SDP_CHARACTERS
from signaling.whip import fragment
from signaling.whip.offers import Purpose, checked
from signaling.whip.refusals import (
    BrokenSdpError,
    NotAcceptableError,
    StaleSessionError,
    UnavailableError,
    VersionlessError,
)
from signaling.whip.stream import Stream
from vclass.core.refusals import NotFoundError, NotSignedInError, TooManyError, UnsupportedTypeError
from vclass.core.tokens import digest
from vclass.core.wire import etag, guarded

logger: Final = logging.getLogger(__name__)

AdmitBearer: TypeAlias = Callable[[web.Request], Awaitable[Admitted]]
"""Who the request's bearer token is in the lesson of its path; raises a refusal of `vclass.core` if nobody."""

SDP: Final = "application/sdp"
FRAGMENT: Final = "application/trickle-ice-sdpfrag"
METHODS: Final = "POST, PATCH, DELETE, OPTIONS"
NO_STORE: Final[Mapping[str, str]] = {hdrs.CACHE_CONTROL: "no-store"}
NO_HEADERS: Final[Mapping[str, str]] = {}


class Door:
    """The routes of one purpose; `streams` are the sessions behind this and the other door, by id."""

    def __init__(self, hub: Hub, purpose: Purpose, admit: AdmitBearer, streams: dict[str, Stream]) -> None:
        self._hub = hub
        self._purpose: Final = purpose
        self._admit = admit
        self._streams = streams

    def routes(self) -> list[web.RouteDef]:
        endpoint = f"/{self._purpose}/{{lesson}}"
        session = f"{endpoint}/{{session}}"
        return [
            web.post(endpoint, self.begin),
            web.options(endpoint, self.tell_endpoint),
            web.patch(session, self.patch),
            web.delete(session, self.end),
            web.options(session, self.tell_session),
        ]

    @guarded(action="lesson.join", largest=SDP_CHARACTERS)
    async def begin(self, request: web.Request) -> web.Response:
        """A new session. The right to be here is looked at before the body is."""
        if len(self._streams) >= self._hub.settings.sockets:
            raise UnavailableError("Too many encoders and players are connected. Try again in a moment.")
        lesson, text = request.match_info["lesson"], await request.read()
        stream = Stream(self._hub, self._purpose, _holder(request), self._streams)
        answer = await stream.begin(lesson, self._admitted(request, stream, text))
        logger.info("- %s lesson=%s stream=%s seated", self._purpose, lesson, stream.id)
        path = f"/{self._purpose}/{lesson}/{stream.id}"
        return _answer(answer, SDP, stream, status=201, headers={hdrs.LOCATION: path})

    @guarded(action="lesson.join", largest=SDP_CHARACTERS)
    async def patch(self, request: web.Request) -> web.Response:
        """Candidates, which a lite agent doesn't need, or an ICE restart."""
        stream = self._stream(request)
        if not stream.may_patch():
            raise TooManyError("Too many fragments. Send all candidates in one.", retry_after=1)
        _check_types(request, FRAGMENT)
        news = fragment.parse(_text(await request.read()))
        _check_version(request, stream)
        if not news.restarts(stream.offer):
            return web.Response(status=204, headers=NO_STORE)
        return _answer(fragment.of_answer(await stream.restart(news)), FRAGMENT, stream)

    @guarded(action="lesson.join")
    async def end(self, request: web.Request) -> web.Response:
        self._stream(request).leave()
        return web.Response(headers=NO_STORE)

    @guarded(action="site.public")
    async def tell_endpoint(self, _request: web.Request) -> web.Response:
        return _told("POST", {"Accept-Post": SDP})

    @guarded(action="site.public")
    async def tell_session(self, _request: web.Request) -> web.Response:
        return _told("PATCH, DELETE", {"Accept-Patch": FRAGMENT})

    # -- parts of the above

    async def _admitted(self, request: web.Request, stream: Stream, body: bytes) -> Admitted:
        """Whose seat it is to be, beside one in a browser. The right to it is looked at before the body is."""
        admitted = await self._admit(request)
        _check_types(request, SDP)
        stream.take(checked(_text(body), self._purpose))
        sponsor = admitted.sponsor or admitted.identity
        return msgspec.structs.replace(admitted, identity=f"{admitted.identity}/{self._purpose}", sponsor=sponsor)

    def _stream(self, request: web.Request) -> Stream:
        """The session of the path, for who began it."""
        asked = (self._purpose, request.match_info["lesson"], _holder(request))
        stream = self._streams.get(request.match_info["session"])
        if stream is None or (stream.purpose, stream.lesson, stream.holder) != asked:
            raise NotFoundError("session")
        return stream


def _holder(request: web.Request) -> str:
    """Who sends a request, as a digest of what authorises it."""
    authorization = request.headers.get(hdrs.AUTHORIZATION)
    if authorization is None:
        raise NotSignedInError
    return digest(authorization)


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise BrokenSdpError("The body is no UTF-8. Send SDP as text.") from None


def _check_types(request: web.Request, kind: str) -> None:
    """What is sent and what is taken are of one type at both doors."""
    if request.content_type != kind:
        raise UnsupportedTypeError(kind)
    accepted = request.headers.get(hdrs.ACCEPT, "*/*")
    ranges = {each.partition(";")[0].strip().lower() for each in accepted.split(",")}
    if ranges.isdisjoint({kind, "application/*", "*/*"}):
        raise NotAcceptableError(kind)


def _check_version(request: web.Request, stream: Stream) -> None:
    """If-Match as RFC 9725 section 4.3.1 has it; a client in the field sends ETag instead, and tags without quotes."""
    header = request.headers.get(hdrs.IF_MATCH, request.headers.get(hdrs.ETAG))
    if header is None:
        raise VersionlessError
    tags = {each.strip().strip('"') for each in header.split(",")}
    if tags.isdisjoint({"*", etag(stream.revision).strip('"')}):
        raise StaleSessionError


def _answer(
    text: str, kind: str, stream: Stream, *, status: int = 200, headers: Mapping[str, str] = NO_HEADERS
) -> web.Response:
    told = {"ETag": etag(stream.revision), **NO_STORE, **headers}
    return web.Response(body=text.encode(), status=status, content_type=kind, headers=told)


def _told(methods: str, headers: Mapping[str, str]) -> web.Response:
    """The methods here, and those of the whole door where web clients look for PATCH; that lets no origin in (H7)."""
    told: dict[str, str] = {hdrs.ALLOW: f"{methods}, OPTIONS", hdrs.ACCESS_CONTROL_ALLOW_METHODS: METHODS}
    return web.Response(headers={**told, **headers})
