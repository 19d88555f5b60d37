"""The connection test: which ways sound and picture have from where the reader is.

Anybody may try the direct ways. Relays take part for who is signed in or holds a personal link (rule E3): whoever has
credentials of theirs sends through them.
"""

from typing import Final

from aiohttp import web
from yarl import URL

from config import Settings
from schedules import entrant_by_token
from signaling import IceServer, ice_servers
from vclass.core.keys import ACTOR, CLOCK, DATABASE, SETTINGS
from vclass.core.refusals import FieldError, InvalidInputError
from vclass.web.guard import page
from vclass.web.limits import charge, charge_bad_link, client
from vclass.web.pages.contexts import ConnectionPage
from vclass.web.pages.framing import show
from vclass.web.pages.keys import LIVE
from vclass.web.pages.seats import seat_of

routes = web.RouteTableDef()

CREDENTIAL_SECONDS: Final = 120
LARGEST_OFFER: Final = 32 * 1024


@routes.get("/connection")
@page(action="site.public")
async def connection_test(request: web.Request) -> web.Response:
    """The test for anybody; who is signed in tries the relays, too."""
    actor = request[ACTOR]
    return await _shown(request, f"person-{actor.person_id}" if actor.signed_in else "")


@routes.get("/join/{token}/connection")
@page(action="lesson.join")
async def connection_test_by_link(request: web.Request) -> web.Response:
    """The test for who holds a personal link."""
    now = request.app[CLOCK]()
    entrant = await request.app[DATABASE].read(entrant_by_token, request.match_info["token"], now)
    if entrant is None:
        charge_bad_link(request)
    return await _shown(request, "" if entrant is None else entrant.public_id)


@routes.get("/live/{lesson}/connection")
@page(action="lesson.join")
async def connection_test_by_seat(request: web.Request) -> web.Response:
    """The test for who has a seat in the lesson."""
    seat = await seat_of(request)
    return await _shown(request, "" if seat is None else seat.entrant.public_id)


@routes.post("/connection/probe")
@page(action="site.public", largest=LARGEST_OFFER)
async def probe(request: web.Request) -> web.Response:
    """Answer the offer of a connection that only finds out whether it can be."""
    charge(request, "probe", client(request))
    try:
        offer = (await request.read()).decode()
    except UnicodeDecodeError:
        raise InvalidInputError([FieldError("body", "send SDP as UTF-8")]) from None
    return web.Response(text=await request.app[LIVE].probe(offer), content_type="application/sdp")


async def _shown(request: web.Request, holder: str) -> web.Response:
    settings = request.app[SETTINGS]
    request.app[LIVE].warm()
    expires = request.app[CLOCK]() + CREDENTIAL_SECONDS
    relays = ice_servers(settings.turn, f"test:{holder}", expires) if holder else ()
    return await show(request, ConnectionPage(_data(settings, relays)))


def _data(settings: Settings, relays: tuple[IceServer, ...]) -> dict[str, object]:
    """What ``connection.js`` starts from; its shape is ``ConnectionData`` in the client."""
    return {
        "socket_path": "/live/test/ws",
        "probe_path": "/connection/probe",
        "host": URL(settings.server.public_url).host or "",
        "udp_port": settings.media.udp_port,
        "has_relay": bool(settings.turn.urls),
        "relays": [
            {"urls": url, "username": each.username, "credential": each.credential}
            for each in relays
            for url in each.urls
        ],
    }
