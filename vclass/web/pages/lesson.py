"""The page of one lesson, and what its people can do there: move, cancel, invite, remove, renew a link."""

from dataclasses import replace
from typing import Any, Final

from aiohttp import web

from schedules import AddedMeeting, AlreadyInvitedError, ClashError, Guest, Lesson, LessonPatch
from schedules.web import LESSONS
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.core.refusals import InvalidInputError, NotFoundError, Refusal, StaleError
from vclass.web.guard import page
from vclass.web.pages import forms, reading, reading_trials
from vclass.web.pages.contexts import MoveForm, MovePreviewFragment, Notice, PersonForm
from vclass.web.pages.day import link_for
from vclass.web.pages.framing import said_to, show, wants_fragment
from vclass.web.pages.lesson_view import Shown, lesson_page, move_errors, moving, person_errors
from vclass.web.pages.notices import done, see_other
from vclass.web.pages.sentences import REFUSALS

routes = web.RouteTableDef()

CONFLICT: Final = 409
STALE: Final = 412
UNPROCESSABLE: Final = 422
LONGEST_REASON: Final = 500


@routes.get("/lessons/{lesson}")
@page(action="lesson.see")
async def lesson(request: web.Request) -> web.Response:
    """The lesson as it is; an address with another time in it brings the form that moves it, filled in."""
    if "date" in request.query and "time" in request.query:
        shown, typed = await _tried(request, forms.move_form(request.query))
        return await show(request, lesson_page(shown, typed), nav="day")
    return await show(request, lesson_page(await _shown(request)), nav="day")


@routes.post("/lessons/{lesson}/move")
@page(action="lesson.change")
async def move(request: web.Request) -> web.Response:
    """Move the lesson, or all of its meetings; everybody is told."""
    form = await request.post()
    typed = forms.move_form(form)
    try:
        moved = await _change(request, forms.move_patch(typed), form)
    except REFUSALS as refusal:
        return await _move_refused(request, typed, refusal)
    return see_other(request, _path(request), done(moved, "moved"), len(moved.present))


@routes.post("/lessons/{lesson}/move/preview")
@page(action="lesson.change")
async def preview_move(request: web.Request) -> web.Response:
    """Both clocks of the new time; without JavaScript the whole page with them."""
    shown, typed = await _tried(request, forms.move_form(await request.post()))
    if wants_fragment(request):
        return await show(request, MovePreviewFragment(typed))
    return await show(request, lesson_page(shown, typed), nav="day")


@routes.post("/lessons/{lesson}/cancel")
@page(action="lesson.cancel")
async def cancel(request: web.Request) -> web.Response:
    """Cancel the lesson; everybody reads why."""
    form = await request.post()
    reason = str(form.get("reason", ""))[:LONGEST_REASON]
    try:
        gone = await request.app[LESSONS].cancel(
            request[ACTOR], request.match_info["lesson"], reason, forms.version(form)
        )
    except REFUSALS as refusal:
        return await _refused(request, refusal)
    return see_other(request, _path(request), "cancelled", len(gone.present))


@routes.post("/lessons/{lesson}/lost/drop")
@page(action="lesson.cancel")
async def drop_lost(request: web.Request) -> web.Response:
    """Go on without the dates that were approved too late."""
    form = await request.post()
    try:
        lesson = await request.app[LESSONS].drop_lost(request[ACTOR], request.match_info["lesson"], forms.version(form))
    except REFUSALS as refusal:
        return await _refused(request, refusal)
    return see_other(request, _path(request), "waits" if lesson.pending else "goeson", len(lesson.present))


@routes.post("/lessons/{lesson}/people")
@page(action="lesson.change")
async def invite(request: web.Request) -> web.Response:
    """Invite one more person."""
    form = await request.post()
    typed = forms.person_form(form)
    found = await _shown(request, "lesson.change")
    try:
        await _change(request, _with(found.lesson, forms.guest(typed)), form)
    except REFUSALS as refusal:
        return await _invite_refused(request, typed, refusal)
    return see_other(request, f"{_path(request)}#people", "invited")


@routes.post("/lessons/{lesson}/people/{attendee}/remove")
@page(action="lesson.change")
async def remove(request: web.Request) -> web.Response:
    """Withdraw an invitation: the link ends, the person is told."""
    form = await request.post()
    found = await _shown(request, "lesson.change")
    try:
        await _change(request, _without(found.lesson, request.match_info["attendee"]), form)
    except REFUSALS as refusal:
        return await _refused(request, refusal)
    return see_other(request, f"{_path(request)}#people", "removed")


@routes.post("/lessons/{lesson}/people/{attendee}/link")
@page(action="lesson.invite")
async def renew_link(request: web.Request) -> web.Response:
    """Replace a personal link; the new one leaves by mail."""
    parts = request.match_info
    await request.app[LESSONS].renew_link(request[ACTOR], parts["lesson"], parts["attendee"])
    return see_other(request, f"{_path(request)}#people", "link")


@routes.post("/lessons/{lesson}/occurrences/{recurrence}/add")
@page(action="lesson.change")
async def add_date(request: web.Request) -> web.Response:
    """Let a date take place that was left out; whoever presses the button has read why it was."""
    form, parts = await request.post(), request.match_info
    body = AddedMeeting(parts["recurrence"], closures="ignore")
    try:
        lesson = await request.app[LESSONS].add_meeting(request[ACTOR], parts["lesson"], body, forms.version(form))
    except REFUSALS as refusal:
        return await _refused(request, refusal)
    return see_other(request, f"{_path(request)}#dates", done(lesson, "added"), len(lesson.present))


async def _change(request: web.Request, patch: LessonPatch, form: Any) -> Lesson:  # noqa: ANN401  aiohttp's multidict
    return await request.app[LESSONS].change(request[ACTOR], request.match_info["lesson"], patch, forms.version(form))


async def _shown(request: web.Request, action: str = "lesson.see") -> Shown:
    actor, public_id = request[ACTOR], request.match_info["lesson"]
    now = request.app[CLOCK]()
    found = await request.app[DATABASE].read(reading.one_lesson, actor, public_id, action, now)
    return Shown(said_to(request), actor, found, link_for(request), now)


async def _tried(request: web.Request, typed: MoveForm) -> tuple[Shown, MoveForm]:
    """The lesson, and the form with what it would come to."""
    shown = await _shown(request, "lesson.change")
    try:
        patch = forms.move_patch(typed)
    except InvalidInputError as refusal:
        return shown, moving(shown, typed, refusal)
    outcome = await request.app[DATABASE].read(reading_trials.move_trial, shown.actor, shown.lesson, patch, shown.now)
    return shown, moving(shown, typed, outcome)


async def _move_refused(request: web.Request, typed: MoveForm, refusal: Refusal) -> web.Response:
    shown, tried = await _tried(request, typed)
    form = replace(tried, errors=move_errors(shown.said, refusal, typed))
    return await show(request, lesson_page(shown, form), nav="day", status=_status(refusal))


async def _invite_refused(request: web.Request, typed: PersonForm, refusal: Refusal) -> web.Response:
    shown = await _shown(request)
    form = replace(typed, errors=person_errors(shown.said, refusal))
    return await show(request, lesson_page(shown, person=form), nav="day", status=_status(refusal))


async def _refused(request: web.Request, refusal: Refusal) -> web.Response:
    """The page as it is now, and why nothing was done."""
    shown = await _shown(request)
    text = " ".join(move_errors(shown.said, refusal, MoveForm()).values())
    return await show(request, lesson_page(shown), nav="day", status=_status(refusal), notice=Notice(text, "bad"))


def _with(lesson: Lesson, added: Guest) -> LessonPatch:
    if any(each.email == added.email for each in lesson.present):
        raise AlreadyInvitedError
    guests = (Guest(each.email, each.name) for each in lesson.present if not each.teaches)
    return LessonPatch(attendees=(*guests, added))


def _without(lesson: Lesson, attendee_id: str) -> LessonPatch:
    """The lesson's people but one.

    Raises:
        NotFoundError: Nobody of this id is invited.
    """
    staying = [each for each in lesson.present if each.public_id != attendee_id]
    if len(staying) == len(lesson.present):
        raise NotFoundError("attendee")
    return LessonPatch(
        teachers=tuple(each.email for each in staying if each.teaches),
        attendees=tuple(Guest(each.email, each.name) for each in staying if not each.teaches),
    )


def _path(request: web.Request) -> str:
    return f"/lessons/{request.match_info['lesson']}"


def _status(refusal: Refusal) -> int:
    if isinstance(refusal, StaleError):
        return STALE
    return CONFLICT if isinstance(refusal, ClashError) else UNPROCESSABLE
