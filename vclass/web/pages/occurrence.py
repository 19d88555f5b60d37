"""Changing one date of a lesson, it and those that follow, or all that are to come: when, where, or not at all."""

from dataclasses import replace
from typing import Any, Final, get_args

from aiohttp import web

from schedules import (
    ClashError,
    FoldError,
    Lesson,
    LessonPatch,
    Reach,
    Trial,
)
from schedules.web import LESSONS
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.core.refusals import Refusal, StaleError
from vclass.core.zones import parse_rfc3339
from vclass.web.guard import page
from vclass.web.pages import forms
from vclass.web.pages.contexts import MoveForm
from vclass.web.pages.contexts.occurrence import Change
from vclass.web.pages.framing import said_to, show, wants_fragment
from vclass.web.pages.notices import done, see_other
from vclass.web.pages.occurrence_view import (
    ROOM,
    Shown,
    Tried,
    Typed,
    as_it_is,
    occurrence_page,
    patch_of,
    preview_fragment,
    reach,
    with_alternative,
)
from vclass.web.pages.reading_occurrence import one_date
from vclass.web.pages.sentences import REFUSALS

routes = web.RouteTableDef()

ONE: Final = "/lessons/{lesson}/occurrences/{recurrence}"
LONGEST_REASON: Final = 500
CONFLICT: Final = 409
STALE: Final = 412
UNPROCESSABLE: Final = 422
CHANGES: Final[tuple[Change, ...]] = get_args(Change)
REACHES: Final[tuple[Reach, ...]] = get_args(Reach)


@routes.get(ONE)
@page(action="lesson.change")
async def occurrence(request: web.Request) -> web.Response:
    """The form as the date is now, or with the time that the address names; cancelling needs nothing typed."""
    typed = Typed(change=_one_of(CHANGES, request.query.get("change")))
    shown = await _shown(request, typed)
    filled = typed.change == "move" and {"zone", "date", "time", "minutes"} <= set(request.query)
    typed = replace(typed, move=forms.move_form(request.query) if filled else as_it_is(shown))
    tried = await _tried(request, shown, typed) if filled or typed.change == "cancel" else Tried()
    return await show(request, occurrence_page(shown, typed, tried), nav="day")


@routes.post(ONE + "/move")
@page(action="lesson.change")
async def move_occurrence(request: web.Request) -> web.Response:
    return await _changed(request, "move", "moved")


@routes.post(ONE + "/room")
@page(action="lesson.change")
async def change_room(request: web.Request) -> web.Response:
    return await _changed(request, "room", "roomed")


@routes.post(ONE + "/cancel")
@page(action="lesson.cancel")
async def cancel_occurrence(request: web.Request) -> web.Response:
    return await _changed(request, "cancel", "cancelled")


@routes.post(ONE + "/preview")
@page(action="lesson.change")
async def preview_change(request: web.Request) -> web.Response:
    """What would come of what is typed so far; without JavaScript the whole page with it."""
    form = await request.post()
    shown, typed = await _asked(request, form, _one_of(CHANGES, form.get("change")))
    tried = await _tried(request, shown, typed)
    if wants_fragment(request):
        return await show(request, preview_fragment(shown, typed, tried))
    return await show(request, occurrence_page(shown, typed, tried), nav="day")


async def _changed(request: web.Request, change: Change, code: str) -> web.Response:
    """Do what was typed; refused, the form comes back with all of it."""
    form = await request.post()
    shown, typed = await _asked(request, form, change)
    try:
        lesson = await _do(request, shown, typed, forms.version(form))
    except REFUSALS as refusal:
        return await _refused(request, typed, refusal)
    return see_other(request, f"/lessons/{lesson.public_id}#dates", done(lesson, code), len(lesson.present))


async def _do(request: web.Request, shown: Shown, typed: Typed, version: int) -> Lesson:
    """One call for each reach; the lesson that comes of it, another one where it was cut in two."""
    patch, how_far = patch_of(shown, typed), reach(shown, typed)
    actor, lessons, parts = request[ACTOR], request.app[LESSONS], request.match_info
    one, name = parts["lesson"], parts["recurrence"]
    if patch is None:
        if how_far == "all":
            return await lessons.cancel(actor, one, typed.reason, version)
        return await lessons.cancel_meeting(actor, one, name, how_far, typed.reason, version)
    if how_far == "all":
        return await lessons.change(actor, one, patch, version)
    return await lessons.change_meeting(actor, one, name, patch, how_far, version)


async def _asked(request: web.Request, form: Any, change: Change) -> tuple[Shown, Typed]:  # noqa: ANN401  aiohttp's multidict
    """The date, and what was typed about it."""
    typed = Typed(
        change=change,
        scope=_one_of(REACHES, form.get("scope")),
        rooms={name: str(text) for name, text in form.items() if name.startswith(ROOM)},
        reason=str(form.get("reason", ""))[:LONGEST_REASON],
    )
    shown = await _shown(request, typed)
    typed = replace(typed, move=forms.move_form(form) if change == "move" else as_it_is(shown))
    choice = str(form.get("alternative", ""))
    return shown, with_alternative(shown, typed, choice) if choice else typed


async def _shown(request: web.Request, typed: Typed) -> Shown:
    actor, now, parts = request[ACTOR], request.app[CLOCK](), request.match_info
    found = await request.app[DATABASE].read(one_date, actor, parts["lesson"], parts["recurrence"], typed.scope, now)
    return Shown(said_to(request), actor, found, now)


async def _tried(request: web.Request, shown: Shown, typed: Typed) -> Tried:
    """What it would come to; of a doubled start the first reading, until one is chosen."""
    try:
        return Tried(await _attempt(request, shown, replace(typed, move=_folded(typed.move, ""))))
    except FoldError as refusal:
        early, late = (parse_rfc3339(each["start"]) for each in refusal.facts["readings"])
    except REFUSALS as refusal:
        return Tried(refusal=refusal)
    try:
        chosen = replace(typed, move=_folded(typed.move, typed.move.fold or "0"))
        return Tried(await _attempt(request, shown, chosen), (early, late))
    except REFUSALS as refusal:
        return Tried(refusal=refusal)


def _folded(move: MoveForm, fold: str) -> MoveForm:
    return replace(move, fold=fold)


async def _attempt(request: web.Request, shown: Shown, typed: Typed) -> Trial:
    patch: LessonPatch | None = patch_of(shown, typed)
    lesson, name = shown.lesson, request.match_info["recurrence"]
    return await request.app[LESSONS].attempt(
        request[ACTOR], lesson.public_id, name, patch, reach(shown, typed), lesson.version
    )


async def _refused(request: web.Request, typed: Typed, refusal: Refusal) -> web.Response:
    """The form with everything typed, the date as it is now, and why nothing was done."""
    shown = await _shown(request, typed)
    tried = await _tried(request, shown, typed)
    return await show(request, occurrence_page(shown, typed, tried, refusal), nav="day", status=_status(refusal))


def _status(refusal: Refusal) -> int:
    if isinstance(refusal, StaleError):
        return STALE
    return CONFLICT if isinstance(refusal, ClashError) else UNPROCESSABLE


def _one_of(known: tuple[Any, ...], said: object) -> Any:  # noqa: ANN401  one of a literal type's values
    """What a form or an address says, if it is known; else the first."""
    return said if said in known else known[0]
