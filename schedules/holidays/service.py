"""Which holidays an institution keeps, and how it says in which region it is."""

import datetime as dt
import zlib

import sqlalchemy as sa

from schedules.holidays.library import Holiday, holidays_between, regions
from vclass.core import audit
from vclass.core.keys import Actor
from vclass.core.refusals import FieldError, InvalidInputError, NotFoundError, StaleError
from vclass.core.spans import Span
from vclass.core.zones import Instant, local
from vclass.people import Institution, Subject, institutions, require, set_region


def holidays_of(house: Institution, span: Span, language: str = "en") -> tuple[Holiday, ...]:
    """The holidays of an institution between two instants, on its own clocks."""
    first, last = (local(each, house.zone).date for each in span)
    return holidays_between(house.country, house.region, first, last, language)


def holidays_seen(
    connection: sa.Connection, public_id: str | None, actor: Actor, days: tuple[dt.date, dt.date], language: str
) -> tuple[Institution, tuple[Holiday, ...]]:
    """The holidays of an institution; without one, of the actor's own."""
    house = _house(connection, actor, public_id)
    return house, holidays_between(house.country, house.region, *days, language)


def region_of_house(connection: sa.Connection, actor: Actor) -> tuple[Institution, int]:
    """The actor's institution with its region, and the region's version."""
    house = _house(connection, actor, None)
    return house, version_of_region(house)


def version_of_region(house: Institution) -> int:
    """A number that tells a region from others."""
    return zlib.crc32(house.region.encode())


def put_region(
    connection: sa.Connection, actor: Actor, region: str, *, version: int, now: Instant
) -> tuple[Institution, int]:
    """Say in which region of its country the actor's institution is; "" for none.

    Raises:
        InvalidInputError: The country has no such region with holidays of its own.
        StaleError: It was changed since it was read.
    """
    require(actor, "calendar.manage", Subject(institution=actor.institution_id))
    house, standing = region_of_house(connection, actor)
    if standing != version:
        raise StaleError
    if region and region not in regions(house.country):
        known = ", ".join(regions(house.country)) or "none"
        raise InvalidInputError([FieldError("region", f"regions of {house.country} with own holidays are: {known}")])
    set_region(connection, house.id, region)
    facts = {"before": {"region": house.region}, "after": {"region": region}}
    audit.append(
        connection, [audit.Entry(now, actor.person_id, house.id, "calendar.manage", "institution", house.id, facts)]
    )
    return region_of_house(connection, actor)


def _house(connection: sa.Connection, actor: Actor, public_id: str | None) -> Institution:
    wanted = (
        (lambda each: each.id == actor.institution_id)
        if public_id is None
        else (lambda each: each.public_id == public_id)
    )
    found = next(filter(wanted, institutions(connection)), None)
    if found is None:
        raise NotFoundError("institution")
    return found
