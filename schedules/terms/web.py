"""The API of terms, closures and working hours: decode, one call, encode."""

import datetime as dt
from typing import Any, TypeAlias

import msgspec
import sqlalchemy as sa
from aiohttp import web

from schedules.terms import service
from schedules.terms.model import ClosurePatch, Days, NewClosure, NewTerm, TermPatch, WorkingWeek
from schedules.terms.store import Kind
from vclass.core import idempotency
from vclass.core.keys import ACTOR, CLOCK, DATABASE, Actor
from vclass.core.paging import page
from vclass.core.wire import API, Answer, Routes, if_match
from vclass.core.zones import Instant
from vclass.people import institutions

FIRST_VERSION = 1

routes = Routes("calendar")

Shown: TypeAlias = tuple[str, str, str, dt.date, dt.date]
"""What a view is made of: the ids of it and its institution, its name, its first and last day."""


class TermView(msgspec.Struct, frozen=True):
    """A term of an institution, the last day included."""

    id: str
    institution: str
    name: str
    first_day: dt.date
    last_day: dt.date


class ClosureView(msgspec.Struct, frozen=True):
    """Days on which an institution is closed, the last one included."""

    id: str
    institution: str
    reason: str
    first_day: dt.date
    last_day: dt.date


class TermList(msgspec.Struct, frozen=True):
    """Some terms, the earliest first; ``cursor`` asks for the next ones."""

    terms: tuple[TermView, ...]
    cursor: str | None = None


class ClosureList(msgspec.Struct, frozen=True):
    """Some closures, the earliest first; ``cursor`` asks for the next ones."""

    closures: tuple[ClosureView, ...]
    cursor: str | None = None


class OfInstitution(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose calendar; left out: that of one's own institution."""

    institution: str | None = None
    cursor: str | None = None


class Whose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose working hours; left out: those of one's own institution."""

    institution: str | None = None


@routes.operation("GET", "/terms", action="calendar.see", summary="Terms of an institution", problems=(404,))
async def list_terms(request: web.Request, query: OfInstitution) -> TermList:
    found, cursor = await _listed(request, "term", query)
    return TermList(tuple(TermView(*each) for each in found), cursor)


@routes.operation(
    "POST",
    "/terms",
    action="calendar.manage",
    summary="Tell a term of your institution",
    status=201,
    problems=(403, 409),
    creates=True,
)
async def create_term(request: web.Request, body: NewTerm) -> Answer[TermView]:
    view = TermView(*await _created(request, "term", body, body.name))
    return Answer(view, version=FIRST_VERSION, location=f"{API}/terms/{view.id}")


@routes.operation(
    "PATCH",
    "/terms/{term_id}",
    action="calendar.manage",
    summary="Change a term of your institution; lessons stay as they are",
    problems=(403, 404, 409),
    versioned=True,
)
async def change_term(request: web.Request, term_id: str, body: TermPatch) -> Answer[TermView]:
    shown, version = await _changed(request, "term", term_id, msgspec.structs.asdict(body))
    return Answer(TermView(*shown), version=version)


@routes.operation(
    "DELETE",
    "/terms/{term_id}",
    action="calendar.manage",
    summary="Delete a term of your institution; lessons stay as they are",
    status=204,
    problems=(403, 404),
    versioned=True,
)
async def delete_term(request: web.Request, term_id: str) -> None:
    await _removed(request, "term", term_id)


@routes.operation(
    "GET", "/closures", action="calendar.see", summary="Days on which an institution is closed", problems=(404,)
)
async def list_closures(request: web.Request, query: OfInstitution) -> ClosureList:
    found, cursor = await _listed(request, "closure", query)
    return ClosureList(tuple(ClosureView(*each) for each in found), cursor)


@routes.operation(
    "POST",
    "/closures",
    action="calendar.manage",
    summary="Tell when your institution is closed; series booked from now on leave these days out",
    status=201,
    problems=(403,),
    creates=True,
)
async def create_closure(request: web.Request, body: NewClosure) -> Answer[ClosureView]:
    view = ClosureView(*await _created(request, "closure", body, body.reason))
    return Answer(view, version=FIRST_VERSION, location=f"{API}/closures/{view.id}")


@routes.operation(
    "PATCH",
    "/closures/{closure_id}",
    action="calendar.manage",
    summary="Change a closure of your institution; lessons stay as they are, and their owners are told",
    problems=(403, 404),
    versioned=True,
)
async def change_closure(request: web.Request, closure_id: str, body: ClosurePatch) -> Answer[ClosureView]:
    wanted = msgspec.structs.asdict(body)
    wanted["name"] = wanted.pop("reason")
    shown, version = await _changed(request, "closure", closure_id, wanted)
    return Answer(ClosureView(*shown), version=version)


@routes.operation(
    "DELETE",
    "/closures/{closure_id}",
    action="calendar.manage",
    summary="Delete a closure of your institution; lessons stay as they are",
    status=204,
    problems=(403, 404),
    versioned=True,
)
async def delete_closure(request: web.Request, closure_id: str) -> None:
    await _removed(request, "closure", closure_id)


@routes.operation(
    "GET", "/working-hours", action="calendar.see", summary="Working hours of an institution", problems=(404,)
)
async def see_hours(request: web.Request, query: Whose) -> Answer[WorkingWeek]:
    week, version = await request.app[DATABASE].read(service.hours_of_house, request[ACTOR], query.institution)
    return Answer(week, version=version)


@routes.operation(
    "PUT",
    "/working-hours",
    action="calendar.manage",
    summary="Set the working hours of your institution",
    problems=(403,),
    versioned=True,
)
async def put_hours(request: web.Request, body: WorkingWeek) -> Answer[WorkingWeek]:
    version, now = if_match(request), request.app[CLOCK]()
    week, after = await request.app[DATABASE].write(
        service.put_house_hours, request[ACTOR], body, version=version, now=now
    )
    return Answer(week, version=after)


@routes.operation("GET", "/me/working-hours", action="me.see", summary="Your own working hours")
async def see_own_hours(request: web.Request) -> Answer[WorkingWeek]:
    week, version = await request.app[DATABASE].read(service.own_hours, request[ACTOR])
    return Answer(week, version=version)


@routes.operation("PUT", "/me/working-hours", action="me.change", summary="Set your own working hours", versioned=True)
async def put_own_hours(request: web.Request, body: WorkingWeek) -> Answer[WorkingWeek]:
    version, now = if_match(request), request.app[CLOCK]()
    week, after = await request.app[DATABASE].write(
        service.put_own_hours, request[ACTOR], body, version=version, now=now
    )
    return Answer(week, version=after)


async def _listed(request: web.Request, kind: Kind, query: OfInstitution) -> tuple[list[Shown], str | None]:
    shown = await request.app[DATABASE].read(_seen, request[ACTOR], kind, query.institution)
    found, cursor = page(shown, query.cursor)
    return list(found), cursor


async def _created(request: web.Request, kind: Kind, body: NewTerm | NewClosure, name: str) -> Shown:
    """Add it once, whatever the request's Idempotency-Key was used for before."""
    actor, now = request[ACTOR], request.app[CLOCK]()
    key = idempotency.of_request(request, body)

    def write(connection: sa.Connection) -> bytes:
        return idempotency.once(connection, key, now, lambda: msgspec.json.encode(add(connection)))

    def add(connection: sa.Connection) -> object:
        made = service.add(connection, actor, kind, name, body.first_day, body.last_day, now)
        return _shown(connection, made)

    stored = await request.app[DATABASE].write(write)
    shown: Shown = msgspec.json.decode(stored, type=Shown)
    return shown


async def _changed(request: web.Request, kind: Kind, public_id: str, wanted: dict[str, Any]) -> tuple[Shown, int]:
    version, now = if_match(request), request.app[CLOCK]()
    return await request.app[DATABASE].write(_change, request[ACTOR], kind, public_id, wanted, version, now)


async def _removed(request: web.Request, kind: Kind, public_id: str) -> None:
    version, now = if_match(request), request.app[CLOCK]()
    await request.app[DATABASE].write(service.remove, request[ACTOR], kind, public_id, version=version, now=now)


def _change(
    connection: sa.Connection,
    actor: Actor,
    kind: Kind,
    public_id: str,
    wanted: dict[str, Any],
    version: int,
    now: Instant,
) -> tuple[Shown, int]:
    after = service.change(connection, actor, kind, public_id, wanted, version=version, now=now)
    return _shown(connection, after), after.version


def _seen(connection: sa.Connection, actor: Actor, kind: Kind, institution: str | None) -> list[Shown]:
    return [_shown(connection, each) for each in service.see(connection, actor, kind, institution)]


def _shown(connection: sa.Connection, days: Days) -> Shown:
    """What a view of a term or a closure is made of."""
    places = {each.id: each.public_id for each in institutions(connection)}
    return days.public_id, places[days.institution_id], days.name, days.first_day, days.last_day
