"""The API of quotas: decode, one call, encode."""

import msgspec
import sqlalchemy as sa
from aiohttp import web

from rooms.quotas import service
from rooms.quotas.model import NewQuota, Period, Quota, QuotaPatch, Subject, Term
from rooms.waiting import WAITING_LIST
from vclass import people
from vclass.core import idempotency
from vclass.core.keys import ACTOR, CLOCK, DATABASE, Actor
from vclass.core.paging import Page, page
from vclass.core.wire import API, Answer, Routes, if_match

routes = Routes("quotas")


class QuotaView(msgspec.Struct, frozen=True, omit_defaults=True):
    """What each person, or each other institution, may hold of a house's rooms and kit in a week or the term.

    Weeks are ISO weeks on the house's clocks; a booking counts once, in the period in which it starts.
    """

    id: str
    institution: str
    subject: Subject
    period: Period
    term: Term | None = None
    minutes: int | None = None
    bookings: int | None = None


class QuotaList(msgspec.Struct, frozen=True):
    """The quotas of your institution; ``cursor`` asks for the next ones."""

    quotas: tuple[QuotaView, ...]
    cursor: str | None = None


@routes.operation(
    "GET", "/quotas", action="rooms.see", summary="What may be booked at most at your institution", problems=(403,)
)
async def list_quotas(request: web.Request, *, query: Page) -> QuotaList:
    shown, cursor = page(await request.app[DATABASE].read(_list, request[ACTOR]), query.cursor)
    return QuotaList(tuple(shown), cursor)


@routes.operation("GET", "/quotas/{quota_id}", action="rooms.see", summary="One quota", problems=(403, 404))
async def get_quota(request: web.Request, *, quota_id: str) -> Answer[QuotaView]:
    return await request.app[DATABASE].read(_see, request[ACTOR], quota_id)


@routes.operation(
    "POST",
    "/quotas",
    action="quotas.manage",
    summary="Limit what each person or each other institution may book at your institution",
    status=201,
    problems=(403,),
    creates=True,
)
async def create_quota(request: web.Request, *, body: NewQuota) -> Answer[QuotaView]:
    actor, now = request[ACTOR], request.app[CLOCK]()
    key = idempotency.of_request(request, body)

    def write(connection: sa.Connection) -> bytes:
        return idempotency.once(connection, key, now, lambda: msgspec.json.encode(_add(connection, actor, body, now)))

    view = msgspec.json.decode(await request.app[DATABASE].write(write), type=QuotaView)
    return Answer(view, version=service.FIRST_VERSION, location=f"{API}/quotas/{view.id}")


@routes.operation(
    "PATCH",
    "/quotas/{quota_id}",
    action="quotas.manage",
    summary="Change a quota; what is booked already stays booked",
    problems=(403, 404),
    versioned=True,
)
async def change_quota(request: web.Request, *, quota_id: str, body: QuotaPatch) -> Answer[QuotaView]:
    version, now = if_match(request), request.app[CLOCK]()
    answer = await request.app[DATABASE].write(_change, request[ACTOR], quota_id, body, version, now)
    await request.app[WAITING_LIST].wake()
    return answer


@routes.operation(
    "DELETE",
    "/quotas/{quota_id}",
    action="quotas.manage",
    summary="Lift a quota; the answer tells what it was",
    problems=(403, 404),
    versioned=True,
)
async def delete_quota(request: web.Request, *, quota_id: str) -> QuotaView:
    version, now = if_match(request), request.app[CLOCK]()
    lifted = await request.app[DATABASE].write(_delete, request[ACTOR], quota_id, version, now)
    await request.app[WAITING_LIST].wake()
    return lifted


def _list(connection: sa.Connection, actor: Actor) -> list[QuotaView]:
    return [_view(connection, each) for each in service.see_quotas(connection, actor)]


def _see(connection: sa.Connection, actor: Actor, quota_id: str) -> Answer[QuotaView]:
    found = service.see_quota(connection, actor, quota_id)
    return Answer(_view(connection, found), version=found.version)


def _add(connection: sa.Connection, actor: Actor, body: NewQuota, now: int) -> QuotaView:
    return _view(connection, service.add_quota(connection, actor, body, now))


def _change(
    connection: sa.Connection, actor: Actor, quota_id: str, body: QuotaPatch, version: int, now: int
) -> Answer[QuotaView]:
    after = service.change_quota(connection, actor, quota_id, body, version=version, now=now)
    return Answer(_view(connection, after), version=after.version)


def _delete(connection: sa.Connection, actor: Actor, quota_id: str, version: int, now: int) -> QuotaView:
    return _view(connection, service.delete_quota(connection, actor, quota_id, version=version, now=now))


def _view(connection: sa.Connection, each: Quota) -> QuotaView:
    house = people.institution(connection, each.institution_id)
    assert house is not None, "a quota's institution is a foreign key"
    return QuotaView(
        id=each.public_id,
        institution=house.public_id,
        subject=each.subject,
        period=each.period,
        term=each.wish.term,
        minutes=each.minutes,
        bookings=each.bookings,
    )
