"""What a change of law moved, over HTTP, and the one press that tells everybody."""

from typing import Annotated

import msgspec
from aiohttp import web

from schedules.law import telling
from schedules.law.store import Move
from schedules.law.telling import Waiting
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.core.paging import Page, page
from vclass.core.wire import Routes
from vclass.core.zones import rfc3339

routes = Routes("lessons")


class ClockView(msgspec.Struct, frozen=True):
    """What a clock showed by the old rules of a date's start, and shows by the new ones."""

    zone: str
    before: str
    after: str


class MoveView(msgspec.Struct, frozen=True):
    """A date that moved: its instants, and what the clocks of all who come say of them."""

    recurrence: str
    release: str
    before: str
    after: str
    clocks: tuple[ClockView, ...]


class MovedLesson(msgspec.Struct, frozen=True):
    """A lesson that people know at its old time."""

    id: str
    title: str
    zone: str
    invited: int
    moved: tuple[MoveView, ...]


class MovedLessons(msgspec.Struct, frozen=True):
    """Lessons that a change of law moved, of which nobody invited was told."""

    lessons: tuple[MovedLesson, ...]
    cursor: str | None = None


class Telling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which lessons everybody invited is told; of all that wait if none is named."""

    lessons: Annotated[tuple[str, ...], msgspec.Meta(max_length=500)] = ()


class Told(msgspec.Struct, frozen=True):
    """The lessons of which everybody is told now."""

    lessons: tuple[str, ...]


@routes.operation(
    "GET", "/law-changes", action="lessons.list", summary="Your lessons that a change of clock law moved, not yet told"
)
async def list_law_changes(request: web.Request, *, query: Page) -> MovedLessons:
    found = await request.app[DATABASE].read(telling.waiting, request[ACTOR])
    shown, cursor = page(found, query.cursor)
    return MovedLessons(tuple(map(_view, shown)), cursor)


@routes.operation(
    "POST", "/law-changes/tell", action="lessons.list", summary="Tell everybody invited of the new times; twice is once"
)
async def tell_law_changes(request: web.Request, *, body: Telling) -> Told:
    now = request.app[CLOCK]()
    told = await request.app[DATABASE].write(telling.tell, request[ACTOR], body.lessons, now)
    return Told(tuple(each.public_id for each in told))


def _view(waiting: Waiting) -> MovedLesson:
    lesson = waiting.lesson
    return MovedLesson(
        id=lesson.public_id,
        title=lesson.draft.title,
        zone=lesson.draft.timing.zone,
        invited=len(lesson.present),
        moved=tuple(_move(waiting, each) for each in waiting.moves),
    )


def _move(waiting: Waiting, each: Move) -> MoveView:
    clocks = tuple(ClockView(*clock) for clock in telling.clocks_of(waiting, each))
    return MoveView(each.recurrence, each.release, rfc3339(each.before), rfc3339(each.after), clocks)
