"""The booking form for a lesson once more: all of it as it was, in the weeks after it."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from schedules import Attendee, Lesson
from vclass.core import zones
from vclass.core.zones import Instant
from vclass.web.pages.booking_view import Asked, with_things
from vclass.web.pages.forms import ONCE
from vclass.web.pages.parts import is_weekly, others_of
from vclass.web.pages.reading import OneLesson

WEEK: Final = 7
BRACKETS: Final = str.maketrans("<>", "  ")


def once_more(asked: Asked, known: OneLesson, now: Instant) -> Asked:
    """The form with a known lesson in it, from the first week on that neither it nor the present has reached."""
    lesson = known.lesson
    draft, weekly = lesson.draft, is_weekly(lesson.draft.timing.rule)
    values = replace(
        asked.values,
        title=draft.title,
        description=draft.description,
        minors="yes" if draft.minors else "",
        zone=draft.timing.zone,
        date=_next_date(lesson, now),
        time=f"{draft.timing.start.time:%H:%M}",
        minutes=str(draft.timing.minutes),
        repeat="weekly" if weekly else ONCE,
        count=str(len(lesson.dates)) if weekly else asked.values.count,
        partner=_partner(asked, known),
    )
    values = with_things(values, known.lesson, asked.actor, asked.stock, known.around)
    met = {asked.actor.email, values.partner_teacher}
    return replace(asked, values=replace(values, guests="\n".join(_guests(lesson, met))))


def _next_date(lesson: Lesson, now: Instant) -> str:
    """The same weekday, after today and after the last date that wasn't called off; its own first if all were."""
    timing = lesson.draft.timing
    first = timing.start.date
    before = timing.start.plus_days(-1).date
    last = max(zones.local(now, timing.zone).date, before, *(e.start.date for e in lesson.dates if e.stands))
    return str(timing.start.plus_days(((last - first).days // WEEK + 1) * WEEK).date)


def _partner(asked: Asked, known: OneLesson) -> str:
    """The id of the first institution beside the own one; "" where there is none."""
    codes = [each.code for each in others_of(known.lesson, known.around, asked.own)]
    ids = {each.code: each.public_id for each in asked.homes.values()}
    return ids[codes[0]] if codes else ""


def _guests(lesson: Lesson, met: Collection[str]) -> Iterator[str]:
    """Everybody else, a line each: who books and the partner's teacher have places of their own."""
    for each in lesson.present:
        if each.email not in met:
            yield _line(each)


def _line(attendee: Attendee) -> str:
    name, email = attendee.name.translate(BRACKETS), attendee.email
    return f"{name} <{email}>" if name and name != email else email
