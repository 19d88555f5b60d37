"""Booking a joint lesson: the form, its preview while it is filled in, and the booking itself."""

from typing import Final

import msgspec
from aiohttp import web

from schedules import ClashError, Done, Replayed
from schedules.web import LESSONS
from vclass.core import idempotency
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.core.refusals import InvalidInputError, Refusal
from vclass.core.tokens import new_id
from vclass.web.guard import page
from vclass.web.pages import forms, reading
from vclass.web.pages.booking_view import (
    Asked,
    booking_page,
    chosen_partner,
    empty_form,
    is_dated,
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
    return await show(request, booking_page(empty_form(said_to(request), actor, stock), None), nav="book")


@routes.post("/lessons")
@page(action="lessons.create")
async def book(request: web.Request) -> web.Response:
    """Book all of it or nothing; refused, the form comes back with everything that was typed."""
    form = await request.post()
    values = forms.booking_values(form)
    if choice := str(form.get("alternative", "")):
        values = forms.with_alternative(values, choice)
    try:
        answer = await _book(request, values, str(form.get("key", "")))
    except REFUSALS as refusal:
        return await _again(request, values, refusal)
    lesson_id, people = _booked(answer)
    return see_other(request, f"/lessons/{lesson_id}", "booked", people)


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


async def _book(request: web.Request, values: BookingValues, form_key: str) -> Done | Replayed:
    actor = request[ACTOR]
    teaches = any(role == "teacher" for _, role in actor.roles)
    body = forms.new_lesson(values, actor.email if teaches else "")
    assert actor.person_id is not None, "the middleware lets nobody in who isn't signed in"
    key = idempotency.key_of(actor.person_id, form_key or new_id(), body)
    return await request.app[LESSONS].create(actor, body, key)


def _booked(answer: Done | Replayed) -> tuple[str, int]:
    """The lesson's id, and how many were invited."""
    if isinstance(answer, Done):
        return answer.lesson.public_id, len(answer.lesson.present)
    view = msgspec.json.decode(answer.body)
    return view["id"], len(view["teachers"]) + len(view["attendees"])


async def _again(request: web.Request, values: BookingValues, refusal: Refusal) -> web.Response:
    asked, trial = await _tried(request, values)
    status = CONFLICT if isinstance(refusal, ClashError) else UNPROCESSABLE
    return await show(request, booking_page(asked, trial, refusal), nav="book", status=status)


async def _tried(request: web.Request, values: BookingValues) -> tuple[Asked, reading.Trial | Refusal | None]:
    """What there is to choose from, and what the form would come to now."""
    actor, now, database = request[ACTOR], request.app[CLOCK](), request.app[DATABASE]
    asked = Asked(said_to(request), actor, await database.read(reading.stock, actor, now), values)
    if not is_dated(values):
        return asked, None
    try:
        body = forms.for_preview(values)
    except InvalidInputError as refusal:
        return asked, refusal
    return asked, await database.read(reading.booking_trial, actor, body, now)
