"""A house will be closed on days on which lessons meet there: their owners are told, and nothing is moved.

What to do is the owner's to say: a room may be open all the same, and the lesson goes on online without it.
"""

import datetime as dt
from collections.abc import Iterator

import sqlalchemy as sa

from schedules import notices, store
from schedules.model import Held, Lesson
from schedules.notices import News
from schedules.terms.model import Calendar, Days
from vclass.core.spans import Span
from vclass.core.zones import Instant
from vclass.people import institutions

MARGIN = 24 * 3600
"""No clock is further from UTC than that."""


def tell(connection: sa.Connection, closed: Days, before: Days | None, now: Instant) -> None:
    """Tell the owners of lessons that meet on newly closed days; ``before`` are the days as they were, if they were."""
    house = next(each for each in institutions(connection) if each.id == closed.institution_id)
    after, earlier = (
        Calendar(house.id, house.name, house.zone, closures=(each,) if each else ()) for each in (closed, before)
    )
    ids = store.ids_at_house(connection, house.id, _around(closed, now))
    concerned = [(each, list(_newly_closed(each, after, earlier, now))) for each in store.lessons(connection, ids)]
    news = [
        News(
            "closed",
            lesson,
            dates,
            by=house.name,
            reason=closed.name,
            about=f"{closed.public_id}|{closed.version}",
        )
        for lesson, dates in concerned
        if dates
    ]
    notices.tell(connection, news, now)


def _around(closed: Days, now: Instant) -> Span:
    """All instants that are on those days somewhere, from now on."""
    first, last = (
        int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp()) for day in (closed.first_day, closed.last_day)
    )
    return max(now, first - MARGIN), last + 2 * MARGIN


def _newly_closed(lesson: Lesson, after: Calendar, before: Calendar, now: Instant) -> Iterator[Held]:
    for each in lesson.dates:
        span = (each.starts, each.ends)
        if each.stands and each.starts > now and after.closed(span) and not before.closed(span):
            yield each
