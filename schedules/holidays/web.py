"""The API of public holidays: decode, one call, encode."""

import datetime as dt

import msgspec
import sqlalchemy as sa
from aiohttp import web

from schedules.holidays import service
from schedules.holidays.library import regions
from vclass.core.keys import ACTOR, CLOCK, DATABASE, LANGUAGE, Actor
from vclass.core.refusals import FieldError, InvalidInputError
from vclass.core.wire import Answer, Routes, if_match
from vclass.core.zones import Instant
from vclass.people import Institution

MOST_DAYS = 370

routes = Routes("calendar")


class HolidayQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """Whose holidays, one's own institution's unless given, and of which days; both are included."""

    from_: dt.date
    to: dt.date
    institution: str | None = None


class HolidayView(msgspec.Struct, frozen=True):
    """A holiday; ``worked`` where people go to work all the same."""

    date: dt.date
    name: str
    worked: bool


class HolidayList(msgspec.Struct, frozen=True):
    """Holidays in your language, the earliest first."""

    country: str
    region: str
    holidays: tuple[HolidayView, ...]


class Region(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A region with holidays of its own, by its ISO 3166-2 code without the country; empty for none."""

    region: str


class RegionView(msgspec.Struct, frozen=True):
    """In which region an institution is, and which there are."""

    country: str
    region: str
    regions: tuple[str, ...]


@routes.operation(
    "GET",
    "/holidays",
    action="calendar.see",
    summary="Public holidays of an institution's country and region; they warn and never block",
    problems=(404,),
)
async def list_holidays(request: web.Request, query: HolidayQuery) -> HolidayList:
    if not 0 <= (query.to - query.from_).days <= MOST_DAYS:
        raise InvalidInputError([FieldError("to", f"ask for 1 to {MOST_DAYS} days, the last one not before the first")])
    days, language = (query.from_, query.to), request[LANGUAGE]
    house, found = await request.app[DATABASE].read(
        service.holidays_seen, query.institution, request[ACTOR], days, language
    )
    return HolidayList(
        house.country, house.region, tuple(HolidayView(each.date, each.name, each.worked) for each in found)
    )


@routes.operation(
    "GET", "/holidays/region", action="calendar.see", summary="Your institution's region", problems=(404,)
)
async def see_region(request: web.Request) -> Answer[RegionView]:
    return await request.app[DATABASE].read(_seen, request[ACTOR])


@routes.operation(
    "PUT",
    "/holidays/region",
    action="calendar.manage",
    summary="Say in which region your institution is, whose holidays it keeps besides the country's",
    problems=(403, 404),
    versioned=True,
)
async def choose_region(request: web.Request, body: Region) -> Answer[RegionView]:
    version, now = if_match(request), request.app[CLOCK]()
    return await request.app[DATABASE].write(_chosen, request[ACTOR], body.region, version=version, now=now)


def _seen(connection: sa.Connection, actor: Actor) -> Answer[RegionView]:
    return _view(*service.region_of_house(connection, actor))


def _chosen(connection: sa.Connection, actor: Actor, region: str, *, version: int, now: Instant) -> Answer[RegionView]:
    return _view(*service.put_region(connection, actor, region, version=version, now=now))


def _view(house: Institution, version: int) -> Answer[RegionView]:
    """Not to be made on the event loop: which regions there are the library is asked, which is large."""
    return Answer(RegionView(house.country, house.region, regions(house.country)), version=version)
