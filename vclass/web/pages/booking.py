"""Booking a joint lesson: the form, its preview while it is filled in, and the booking itself."""

from typing import Any, Final

import msgspec
from aiohttp import web

from schedules import ClashError, Done, NewLesson, Replayed
from schedules.web import LESSONS
from vclass.core import idempotency
from vclass.core.keys import ACTOR, CLOCK, DATABASE, Actor
from vclass.core.refusals import InvalidInputError, Refusal
from vclass.core.tokens import new_id
from vclass.web.guard import page
from vclass.web.pages import forms, reading, reading_trials
from vclass.web.pages.booking_again import once_more
from vclass.web.pages.booking_view import (
    Asked,
    booking_page,
    chosen_partner,
    empty_form,
    is_dated,
    prefilled,
    preview_fragment,
)
from vclass.web.pages.contexts import BookingValues
from vclass.web.pages.framing import said_to, show, wants_fragment
from vclass.web.pages.notices import see_other
from vclass.web.pages.sentences import REFUSALS

routes = web.RouteTableDef()

CONFLICT: Final = 409
UNPROCESSABLE: Final = 422


@routes.get("/lessons/new")
@page(action="lessons.create")
async def new_lesson(request: web.Request) -> web.Response:
    actor = request[ACTOR]
    stock = await request.app[DATABASE].read(reading.stock, actor, request.app[CLOCK]())
    asked = prefilled(empty_form(said_to(request), actor, stock), request.query)
    if again := request.query.get("again"):
        known = await request.app[DATABASE].read(reading.one_lesson, actor, again, "lesson.change")
        asked = once_more(asked, known, request.app[CLOCK]())
    trial = await _trial(request, asked)
    return await show(request, booking_page(asked, trial, trial if isinstance(trial, Refusal) else None), nav="book")


@routes.post("/lessons")
@page(action="lessons.create")
async def book(request: web.Request) -> web.Response:
    """Book all of it or nothing; refused, the form comes back with everything that was typed."""
    form = await request.post()
    values = forms.booking_values(form)
    if choice := str(form.get("alternative", "")):
        values = forms.with_alternative(values, choice)
    try:
        answer = await _book(request, values, form)
    except REFUSALS as refusal:
        return await _again(request, values, refusal)
    lesson_id, people, state = _booked(answer)
    if state in ("requested", "held"):
        return see_other(request, f"/lessons/{lesson_id}", "asked", await _asked_of(request, answer))
    if state == "waiting" and isinstance(answer, Done):
        return see_other(request, f"/waiting/{answer.lesson.dates[0].booking_public_id}", "queued")
    return see_other(request, f"/lessons/{lesson_id}", "queued" if state == "waiting" else "booked", people)


@routes.post("/lessons/preview")
@page(action="lessons.create")
async def preview(request: web.Request) -> web.Response:
    """Both clocks of what is typed so far; without JavaScript the whole form with them."""
    form = await request.post()
    values = forms.with_slot(forms.booking_values(form), str(form.get("slot", "")))
    asked, trial = await _tried(request, values)
    if wants_fragment(request):
        return await show(request, preview_fragment(asked, trial))
    return await show(request, booking_page(asked, trial, trial if isinstance(trial, Refusal) else None), nav="book")


@routes.post("/lessons/partner")
@page(action="lessons.create")
async def partner(request: web.Request) -> web.Response:
    """The half of a partner that was just chosen."""
    asked, _ = await _tried(request, forms.booking_values(await request.post()))
    return await show(request, chosen_partner(asked))


async def _book(request: web.Request, values: BookingValues, form: Any) -> Done | Replayed:  # noqa: ANN401  aiohttp's multidict
    actor = request[ACTOR]
    body = _body(actor, values, str(form.get("on_clash", "")))
    assert actor.person_id is not None, "the middleware lets nobody in who isn't signed in"
    key = idempotency.key_of(actor.person_id, str(form.get("key", "")) or new_id(), body)
    return await request.app[LESSONS].create(actor, body, key)


def _body(actor: Actor, values: BookingValues, on_clash: str) -> NewLesson:
    """What to book: all or nothing, unless the dates that are free shall do, or all of it can wait."""
    teaches = any(role == "teacher" for _, role in actor.roles)
    body = forms.new_lesson(values, actor.email if teaches else "")
    return body if on_clash not in ("skip", "wait") else msgspec.structs.replace(body, on_clash=on_clash)


def _booked(answer: Done | Replayed) -> tuple[str, int, str]:
    """The lesson's id, how many were invited, and its state."""
    if isinstance(answer, Done):
        return answer.lesson.public_id, len(answer.lesson.present), answer.lesson.state
    view = msgspec.json.decode(answer.body)
    return view["id"], len(view["teachers"]) + len(view["attendees"]), view["state"]


async def _asked_of(request: web.Request, answer: Done | Replayed) -> int:
    """The house that must answer; 0 if there are several, or it was told once already."""
    if not isinstance(answer, Done):
        return 0
    bookings = [each.booking_id for each in answer.lesson.dates]
    houses = await request.app[DATABASE].read(reading.asked_houses, bookings)
    return houses.pop() if len(houses) == 1 else 0


async def _again(request: web.Request, values: BookingValues, refusal: Refusal) -> web.Response:
    asked, trial = await _tried(request, values)
    if not isinstance(refusal, ClashError):
        return await show(request, booking_page(asked, trial, refusal), nav="book", status=UNPROCESSABLE)
    foreseen = await request.app[LESSONS].preview(asked.actor, _body(asked.actor, values, ""))
    free = sum(each.state != "clash" for each in foreseen.occurrences)
    return await show(request, booking_page(asked, trial, refusal, free), nav="book", status=CONFLICT)


async def _tried(request: web.Request, values: BookingValues) -> tuple[Asked, reading_trials.Trial | Refusal | None]:
    """What there is to choose from, and what the form would come to now."""
    actor, now, database = request[ACTOR], request.app[CLOCK](), request.app[DATABASE]
    asked = Asked(said_to(request), actor, await database.read(reading.stock, actor, now), values)
    return asked, await _trial(request, asked)


async def _trial(request: web.Request, asked: Asked) -> reading_trials.Trial | Refusal | None:
    if not is_dated(asked.values):
        return None
    try:
        body = forms.for_preview(asked.values)
    except InvalidInputError as refusal:
        return refusal
    partners = () if asked.partner is None else (asked.partner.id,)
    now = request.app[CLOCK]()
    return await request.app[DATABASE].read(reading_trials.booking_trial, asked.actor, body, partners, now)
