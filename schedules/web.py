"""The lesson API: decode, one call, encode."""

import msgspec
from aiohttp import web

from schedules import leftovers, service
from schedules.answers import doctor
from schedules.clerks import Replayed
from schedules.lessons import Lessons
from schedules.model import Lesson
from schedules.wire import (
    AddedMeeting,
    Asked,
    Cancel,
    CancelWhich,
    InvitationList,
    LessonList,
    LessonPatch,
    LessonPreview,
    LessonView,
    LostDates,
    NewLesson,
    OfLesson,
    RoomSwap,
    Swapped,
    Which,
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
    key = idempotency.of_request(request, body)
    answer = await request.app[LESSONS].create(actor, body, key)
    if isinstance(answer, Replayed):
        view = msgspec.json.decode(answer.body, type=LessonView)
    else:
        now = request.app[CLOCK]()
        view = await request.app[DATABASE].read(service.lesson_view, actor, answer.lesson, now)
    return Answer(view, version=FIRST_VERSION, location=f"{API}/lessons/{view.id}")


@routes.operation(
    "POST",
    "/lessons/preview",
    action="lessons.create",
    summary="See a lesson on every side's clock before it is booked, with all that stands in its way",
    problems=(403, 409),
)
async def preview_lesson(request: web.Request, body: NewLesson) -> LessonPreview:
    return await request.app[LESSONS].preview(request[ACTOR], body)


@routes.operation("GET", "/lessons", action="lessons.list", summary="Lessons that you lead, attend or administer")
async def list_lessons(request: web.Request, query: Asked) -> LessonList:
    now = request.app[CLOCK]()
    return await request.app[DATABASE].read(service.list_lessons, request[ACTOR], _span(query, now), query.cursor, now)


@routes.operation("GET", "/lessons/{lesson_id}", action="lesson.see", summary="One lesson", problems=(404,))
async def get_lesson(request: web.Request, lesson_id: str) -> Answer[LessonView]:
    now = request.app[CLOCK]()
    view, version = await request.app[DATABASE].read(service.see_lesson, request[ACTOR], lesson_id, now)
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
    return await _shown(request, await request.app[LESSONS].change(request[ACTOR], lesson_id, body, if_match(request)))


@routes.operation(
    "DELETE",
    "/lessons/{lesson_id}",
    action="lesson.cancel",
    summary="Cancel a lesson; everyone is told why",
    problems=(403, 404, 409),
    versioned=True,
)
async def cancel_lesson(request: web.Request, lesson_id: str, query: Cancel) -> Answer[LessonView]:
    version = if_match(request)
    return await _shown(request, await request.app[LESSONS].cancel(request[ACTOR], lesson_id, query.reason, version))


@routes.operation(
    "PATCH",
    "/lessons/{lesson_id}/occurrences/{recurrence}",
    action="lesson.change",
    summary="Change one meeting's time, rooms or kit; everyone is told",
    problems=(403, 404, 409),
    versioned=True,
)
async def change_meeting(
    request: web.Request, lesson_id: str, recurrence: str, query: Which, body: LessonPatch
) -> Answer[LessonView]:
    lessons, version = request.app[LESSONS], if_match(request)
    lesson = await lessons.change_meeting(request[ACTOR], lesson_id, recurrence, body, query.scope, version)
    return await _shown(request, lesson)


@routes.operation(
    "POST",
    "/lessons/{lesson_id}/occurrences",
    action="lesson.change",
    summary="Let a date take place after all that was skipped, left out or cancelled",
    problems=(403, 404, 409),
    versioned=True,
)
async def add_meeting(request: web.Request, lesson_id: str, body: AddedMeeting) -> Answer[LessonView]:
    version = if_match(request)
    return await _shown(request, await request.app[LESSONS].add_meeting(request[ACTOR], lesson_id, body, version))


@routes.operation(
    "POST",
    "/lessons/swap",
    action="lesson.change",
    summary="Let two lessons exchange rooms, at one meeting of each or from now on",
    problems=(403, 404, 409, 412),
)
async def swap_rooms(request: web.Request, body: RoomSwap) -> Swapped:
    one, other = await request.app[LESSONS].swap(request[ACTOR], body)
    shown = [(await _shown(request, each)).body for each in (one, other)]
    return Swapped((shown[0], shown[1]))


@routes.operation(
    "DELETE",
    "/lessons/{lesson_id}/occurrences/{recurrence}",
    action="lesson.cancel",
    summary="Cancel one meeting, or it and all that follow; everyone is told why",
    problems=(403, 404, 409),
    versioned=True,
)
async def cancel_meeting(
    request: web.Request, lesson_id: str, recurrence: str, query: CancelWhich
) -> Answer[LessonView]:
    lessons, version = request.app[LESSONS], if_match(request)
    lesson = await lessons.cancel_meeting(request[ACTOR], lesson_id, recurrence, query.scope, query.reason, version)
    return await _shown(request, lesson)


@routes.operation(
    "GET",
    "/lessons/{lesson_id}/lost",
    action="lesson.change",
    summary="The dates that were approved too late, with what is free instead",
    problems=(403, 404),
)
async def list_lost(request: web.Request, lesson_id: str) -> LostDates:
    now = request.app[CLOCK]()
    return await request.app[DATABASE].read(leftovers.lost_dates, request[ACTOR], lesson_id, now)


@routes.operation(
    "DELETE",
    "/lessons/{lesson_id}/lost",
    action="lesson.cancel",
    summary="Go on without the dates that were approved too late; they can be added again later",
    problems=(403, 404, 409),
    versioned=True,
)
async def drop_lost(request: web.Request, lesson_id: str) -> Answer[LessonView]:
    return await _shown(request, await request.app[LESSONS].drop_lost(request[ACTOR], lesson_id, if_match(request)))


@routes.operation(
    "GET",
    "/invitations",
    action="invitations.see",
    summary="What was sent to each attendee of a lesson, how it went, and what was answered",
    problems=(403, 404),
)
async def list_invitations(request: web.Request, query: OfLesson) -> InvitationList:
    return await request.app[DATABASE].read(doctor.list_invitations, request[ACTOR], query.lesson, query.cursor)


async def _shown(request: web.Request, lesson: Lesson) -> Answer[LessonView]:
    """A lesson after a change, as whoever made it sees it."""
    now = request.app[CLOCK]()
    view = await request.app[DATABASE].read(service.lesson_view, request[ACTOR], lesson, now)
    return Answer(view, version=lesson.version)


def _span(query: Asked, now: Instant) -> Span:
    starts = now - DAY if query.from_ is None else parse_rfc3339(query.from_, "from")
    return bounded(starts, starts + LONGEST_SPAN if query.to is None else parse_rfc3339(query.to, "to"))
