"""The lesson API: decode, one call, encode."""

import msgspec
from aiohttp import web

from schedules import service
from schedules.clerks import Replayed
from schedules.lessons import Lessons
from schedules.wire import (
    Asked,
    Cancel,
    InvitationList,
    LessonList,
    LessonPatch,
    LessonView,
    NewLesson,
    OfLesson,
)
from vclass.core import idempotency
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.core.paging import LONGEST_SPAN, bounded
from vclass.core.spans import Span
from vclass.core.wire import API, Answer, Routes, if_match
from vclass.core.zones import Instant, parse_rfc3339

LESSONS = web.AppKey("lessons", Lessons)
DAY = 24 * 3600
FIRST_VERSION = 1

routes = Routes("lessons")


@routes.operation(
    "POST",
    "/lessons",
    action="lessons.create",
    summary="Book a lesson in all its rooms, or in none",
    status=201,
    problems=(403, 409),
    creates=True,
)
async def create_lesson(request: web.Request, body: NewLesson) -> Answer[LessonView]:
    actor = request[ACTOR]
    assert actor.person_id is not None, "the middleware lets nobody in who isn't signed in"
    key = idempotency.key_of(actor.person_id, request.headers.get("Idempotency-Key"), body)
    answer = await request.app[LESSONS].create(actor, body, key)
    if isinstance(answer, Replayed):
        view = msgspec.json.decode(answer.body, type=LessonView)
    else:
        view = await request.app[DATABASE].read(service.lesson_view, actor, answer.lesson, answer.skipped)
    return Answer(view, version=FIRST_VERSION, location=f"{API}/lessons/{view.id}")


@routes.operation("GET", "/lessons", action="lessons.list", summary="Lessons that you lead, attend or administer")
async def list_lessons(request: web.Request, query: Asked) -> LessonList:
    span = _span(query, request.app[CLOCK]())
    return await request.app[DATABASE].read(service.list_lessons, request[ACTOR], span, query.cursor)


@routes.operation("GET", "/lessons/{lesson_id}", action="lesson.see", summary="One lesson", problems=(404,))
async def get_lesson(request: web.Request, lesson_id: str) -> Answer[LessonView]:
    view, version = await request.app[DATABASE].read(service.see_lesson, request[ACTOR], lesson_id)
    return Answer(view, version=version)


@routes.operation(
    "PATCH",
    "/lessons/{lesson_id}",
    action="lesson.change",
    summary="Change a lesson's words, times, rooms or people; everyone concerned is told",
    problems=(403, 404, 409),
    versioned=True,
)
async def change_lesson(request: web.Request, lesson_id: str, body: LessonPatch) -> Answer[LessonView]:
    actor = request[ACTOR]
    lesson = await request.app[LESSONS].change(actor, lesson_id, body, if_match(request))
    view = await request.app[DATABASE].read(service.lesson_view, actor, lesson)
    return Answer(view, version=lesson.version)


@routes.operation(
    "DELETE",
    "/lessons/{lesson_id}",
    action="lesson.cancel",
    summary="Cancel a lesson; everyone is told why",
    problems=(403, 404, 409),
    versioned=True,
)
async def cancel_lesson(request: web.Request, lesson_id: str, query: Cancel) -> Answer[LessonView]:
    actor = request[ACTOR]
    lesson = await request.app[LESSONS].cancel(actor, lesson_id, query.reason, if_match(request))
    view = await request.app[DATABASE].read(service.lesson_view, actor, lesson)
    return Answer(view, version=lesson.version)


@routes.operation(
    "GET",
    "/invitations",
    action="invitations.see",
    summary="What was sent to each attendee of a lesson, and how it went",
    problems=(403, 404),
)
async def list_invitations(request: web.Request, query: OfLesson) -> InvitationList:
    return await request.app[DATABASE].read(service.list_invitations, request[ACTOR], query.lesson, query.cursor)


def _span(query: Asked, now: Instant) -> Span:
    starts = now - DAY if query.from_ is None else parse_rfc3339(query.from_, "from")
    return bounded(starts, starts + LONGEST_SPAN if query.to is None else parse_rfc3339(query.to, "to"))
