"""What is taken when, over HTTP."""

import msgspec
import sqlalchemy as sa
from aiohttp import web

from rooms import service
from rooms.model import Purpose, State
from rooms.store.occupancy import Occupied, Sought
from rooms.web.base import routes
from rooms.web.views import institution_ids
from vclass.core.keys import ACTOR, DATABASE, Actor
from vclass.core.paging import bounded
from vclass.core.zones import parse_rfc3339, rfc3339


class BookingView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stretch of a resource that is taken, setting up and clearing included; or that somebody would like to take.

    Who may not know by what gets only the stretch. ``booked_start`` and ``booked_end`` are the booking's own.
    """

    resource: str
    quantity: int
    start: str
    end: str
    id: str | None = None
    institution: str | None = None
    state: State | None = None
    purpose: Purpose | None = None
    booked_start: str | None = None
    booked_end: str | None = None
    hold_until: str | None = None
    reason: str | None = None


class BookingList(msgspec.Struct, frozen=True):
    """What is taken, by start; ``cursor`` asks for the next ones."""

    bookings: tuple[BookingView, ...]
    cursor: str | None = None


class Taken(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """Which bookings: in a span of instants (RFC 3339, 370 days at most), of one resource or of all.

    Without a ``state`` those that take something: held and confirmed ones. Bookings in other states are told to
    those alone who may know more of them.
    """

    from_: str
    to: str
    resource: str | None = None
    state: State | None = None
    cursor: str | None = None


@routes.operation(
    "GET",
    "/bookings",
    action="bookings.see",
    summary="What is taken when; details only where you may see them",
    problems=(403, 404),
)
async def list_bookings(request: web.Request, *, query: Taken) -> BookingList:
    span = bounded(parse_rfc3339(query.from_, "from"), parse_rfc3339(query.to, "to"))
    sought = Sought(span, query.resource, query.state)
    return await request.app[DATABASE].read(_booking_list, request[ACTOR], sought, query.cursor)


def _booking_list(connection: sa.Connection, actor: Actor, sought: Sought, cursor: str | None) -> BookingList:
    institutions = institution_ids(connection)
    found, following = service.see_bookings(connection, actor, sought, cursor)
    return BookingList(tuple(_booking_view(each, institutions, details=details) for each, details in found), following)


def _booking_view(each: Occupied, institutions: dict[int, str], *, details: bool) -> BookingView:
    busy = BookingView(
        resource=each.resource_public_id,
        quantity=each.quantity,
        start=rfc3339(each.starts),
        end=rfc3339(each.ends),
    )
    if not details:
        return busy
    return msgspec.structs.replace(
        busy,
        id=each.public_id,
        institution=institutions[each.institution_id],
        state=each.state,
        purpose=each.purpose,
        booked_start=rfc3339(each.booking_starts),
        booked_end=rfc3339(each.booking_ends),
        hold_until=None if each.hold_until is None else rfc3339(each.hold_until),
        reason=each.reason,
    )
